from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import StageGateError
from .process_common import ProcessCommon


@tagged('post_install', '-at_install')
class TestStageApprovals(ProcessCommon):
    """Asking for an approval, giving it, refusing it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.approval_needed = cls.criterion(
            cls.first, "The price is approved", kind='approval',
            approver_ids=[Command.set((cls.manager | cls.lead_seller).ids)])
        cls.opportunity = cls.lead()

    def ask(self, lead=None, user=None):
        lead = self.as_user(lead or self.opportunity, user or self.salesperson)
        lead.action_meet_criterion(self.approval_needed.id)
        return self.env['crm.stage.approval'].search([('lead_id', '=', lead.id)], limit=1)

    def decide(self, approval, user, state='approved', reason=False):
        return self.env['crm.stage.approval.decide'].with_user(user).create({
            'approval_ids': approval.ids, 'state': state, 'reason': reason,
        }).action_decide()

    def move(self):
        self.opportunity.with_user(self.salesperson).write({'stage_id': self.second.id})

    def test_asked_and_approved(self):
        with self.assertRaises(StageGateError) as refusal, self.env.cr.savepoint():
            self.move()
        self.assertIn(self.manager.name, str(refusal.exception))
        approval = self.ask()
        self.assertEqual(approval.state, 'asked')
        self.assertEqual(approval.requester_id, self.salesperson)
        self.assertEqual(
            self.opportunity.activity_ids.user_id, approval.approver_id)
        with self.assertRaises(StageGateError) as refusal, self.env.cr.savepoint():
            self.move()
        [data] = refusal.exception.context['leads']
        self.assertEqual(data['criteria'][0]['approval']['state'], 'asked')
        self.decide(approval, self.manager, reason="Good margin")
        self.assertEqual(approval.state, 'approved')
        self.assertEqual(approval.decider_id, self.manager)
        self.assertFalse(self.opportunity.activity_ids)
        message = self.opportunity.message_ids[0]
        self.assertIn("Good margin", message.body)
        self.assertEqual(message.author_id, self.manager.partner_id)
        self.assertIn(self.salesperson.partner_id, message.partner_ids)
        self.move()

    def test_holds_for_the_amount_approved(self):
        self.opportunity.expected_revenue = 1000
        self.decide(self.ask(), self.manager)
        self.opportunity.expected_revenue = 1500
        with self.assertRaises(StageGateError) as refusal, self.env.cr.savepoint():
            self.move()
        [data] = refusal.exception.context['leads']
        self.assertIn('1,000', data['criteria'][0]['approval']['amount'])
        again = self.ask()
        self.assertEqual(again.state, 'asked')
        self.decide(again, self.manager)
        self.move()
        self.assertEqual(self.opportunity.stage_id, self.second)

    def test_may_hold_for_any_amount(self):
        self.approval_needed.for_any_amount = True
        self.decide(self.ask(), self.manager)
        self.opportunity.expected_revenue += 500
        self.move()
        self.assertEqual(self.opportunity.stage_id, self.second)

    def test_refused_and_asked_again(self):
        approval = self.ask()
        with self.assertRaises(UserError):
            self.decide(approval, self.manager, 'refused', "  ")
        self.decide(approval, self.manager, 'refused', "Too cheap")
        with self.assertRaises(StageGateError), self.env.cr.savepoint():
            self.move()
        [item] = self.opportunity.with_user(self.salesperson).stage_checklist
        self.assertEqual(item['approval']['state'], 'refused')
        self.assertEqual(item['approval']['reason'], "Too cheap")
        again = self.ask()
        self.assertNotEqual(again, approval)
        self.decide(again, self.lead_seller)
        self.move()

    def test_asking_twice_asks_once(self):
        first = self.ask()
        self.assertEqual(self.ask(), first)
        self.assertEqual(len(self.opportunity.activity_ids), 1)

    def test_who_is_asked(self):
        others = self.lead("Other") | self.lead("Another")
        asked = self.ask().approver_id | self.ask(others[0]).approver_id
        self.assertEqual(asked, self.manager | self.lead_seller, "who has less to answer")
        self.team.user_id = self.lead_seller
        self.assertEqual(self.ask(others[1]).approver_id, self.lead_seller, "the team's head")

    def test_a_group_may_answer(self):
        group = self.env['res.groups'].create({
            'name': "Directors", 'user_ids': [Command.set(self.colleague.ids)]})
        self.approval_needed.write({
            'approver_ids': [Command.clear()], 'approver_group_id': group.id})
        approval = self.ask()
        self.assertEqual(approval.approver_id, self.colleague)
        self.assertTrue(approval.with_user(self.colleague).may_decide)
        self.assertFalse(approval.with_user(self.manager).may_decide)
        # the approver is asked about a colleague's opportunity, which they may not open
        self.decide(approval, self.colleague)
        self.move()

    def test_nobody_left_to_ask(self):
        self.approval_needed.approver_ids = self.colleague
        self.colleague.active = False
        with self.assertRaises(UserError):
            self.ask()

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_others_do_not_answer(self):
        approval = self.ask()
        with self.assertRaises(AccessError):
            self.decide(approval, self.salesperson)
        with self.assertRaises(AccessError):
            self.decide(approval, self.colleague)
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).write({'state': 'approved'})
        with self.assertRaises(AccessError):
            self.env['crm.stage.approval'].with_user(self.manager).create({
                'lead_id': self.opportunity.id, 'criterion_id': self.approval_needed.id,
                'state': 'approved'})
        with self.assertRaises(AccessError):
            self.ask(user=self.colleague)
        self.assertEqual(approval.state, 'asked')

    def test_answered_once(self):
        approval = self.ask()
        self.decide(approval, self.manager)
        with self.assertRaises(UserError):
            self.decide(approval, self.lead_seller, 'refused', "No")
        self.assertEqual(approval.state, 'approved')

    def test_who_sees_approvals(self):
        mine = self.ask()
        theirs = self.ask(self.lead(user_id=self.colleague.id), self.colleague)
        abroad = self.ask(
            self.lead(company_id=self.company_b.id, user_id=False), self.manager)
        found = self.env['crm.stage.approval']
        domain = [('id', 'in', (mine | theirs | abroad).ids)]
        self.assertEqual(self.as_user(found, self.salesperson).search(domain).ids, mine.ids)
        self.assertEqual(
            self.as_user(found, self.manager, self.company).search(domain), theirs | mine)
        self.assertEqual(
            self.as_user(found, self.manager, self.company_b).search(domain), abroad)
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self.as_user(found, self.outsider).search(domain)
