from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..exceptions import StageGateError
from .process_common import ProcessCommon


@tagged('post_install', '-at_install')
class TestStageGates(ProcessCommon):
    """What has to be met before opportunities move on, by whichever door they go."""

    def assertRefused(self, lead, stage, *missing, user=None):
        """The lead cannot move, and the error names these criteria alone."""
        before = lead.stage_id
        with self.assertRaises(StageGateError) as refusal, self.env.cr.savepoint():
            lead.with_user(user or self.salesperson).write({'stage_id': stage.id})
        lead.invalidate_recordset()
        self.assertEqual(lead.stage_id, before)
        [data] = refusal.exception.context['leads']
        self.assertEqual([criterion['name'] for criterion in data['criteria']], list(missing))
        for name in missing:
            self.assertIn(name, str(refusal.exception))
        return refusal.exception

    def move(self, leads, stage, user=None, **values):
        self.as_user(leads, user or self.salesperson).write({'stage_id': stage.id, **values})
        self.assertEqual(leads.stage_id, stage)

    # ------------------------------------------------------------
    # KINDS OF CRITERIA
    # ------------------------------------------------------------

    def test_field(self):
        self.criterion(self.first, "The revenue is known")
        lead = self.lead()
        error = self.assertRefused(lead, self.second, "The revenue is known")
        self.assertEqual(str(error), (
            '"Lead" cannot move to "Second" yet. Still missing:\n'
            '- The revenue is known: fill in "Expected Revenue"'))
        lead.expected_revenue = 10
        self.move(lead, self.second)

    def test_field_of_text(self):
        notes = self.env['ir.model.fields']._get('crm.lead', 'description')
        self.criterion(self.first, "Notes were taken", kind='field', field_id=notes.id)
        lead = self.lead(description='<p><br></p>')
        self.assertRefused(lead, self.second, "Notes were taken")
        lead.description = "<p>Two presses</p>"
        self.move(lead, self.second)

    def test_field_written_together_with_the_stage(self):
        self.criterion(self.first)
        self.move(self.lead(), self.second, expected_revenue=10)

    def test_a_lead_takes_no_way_round_by_being_converted(self):
        self.criterion(self.first)
        begin = self.env.ref('crm.stage_lead1')
        lead, other = (self.lead(name, type='lead', stage=begin) for name in ("Lead", "Other"))
        self.move(lead, self.third)
        with self.assertRaisesRegex(StageGateError, "The revenue is known"), \
                self.env.cr.savepoint():
            self.as_user(lead, self.salesperson).convert_opportunity(self.customer)
        lead.invalidate_recordset()
        self.assertEqual(lead.type, 'lead')
        self.as_user(other, self.salesperson).convert_opportunity(self.customer)
        self.assertEqual((other.type, other.stage_id), ('opportunity', begin))

    def test_filter(self):
        self.criterion(
            self.first, "Worth the effort", kind='domain',
            domain="[('expected_revenue', '>=', 100), ('partner_id', '!=', False)]")
        lead = self.lead(revenue=99)
        self.assertRefused(lead, self.second, "Worth the effort")
        lead.expected_revenue = 100
        self.move(lead, self.second)

    def test_quotation(self):
        self.criterion(self.first, "Quotation sent", kind='document', document='quotation')
        lead = self.lead()
        order = self.make_order(self.customer, 10, '2026-01-01 10:00:00', confirm=False)
        order.opportunity_id = lead
        self.assertRefused(lead, self.second, "Quotation sent")
        order.state = 'sent'
        self.move(lead, self.second)

    def test_order(self):
        self.criterion(self.first, "Order confirmed", kind='document', document='order')
        lead = self.lead()
        order = self.make_order(self.customer, 10, '2026-01-01 10:00:00', confirm=False)
        order.write({'opportunity_id': lead.id, 'state': 'sent'})
        self.assertRefused(lead, self.second, "Order confirmed")
        order.action_confirm()
        self.move(lead, self.second)

    def test_attachment(self):
        self.criterion(
            self.first, "Drawing there", kind='document', document='attachment',
            attachment_name="drawing")
        lead, other = self.lead(), self.lead("Other")
        attachment = {'res_model': 'crm.lead', 'raw': b'x'}
        self.env['ir.attachment'].create([
            {**attachment, 'name': "photo.png", 'res_id': lead.id},
            {**attachment, 'name': "Drawing 1.pdf", 'res_id': other.id},
        ])
        self.assertRefused(lead, self.second, "Drawing there")
        self.move(other, self.second)

    def test_activity(self):
        call = self.env.ref('mail.mail_activity_data_call')
        self.criterion(
            self.first, "Called", kind='activity', activity_type_id=call.id)
        lead = self.lead()
        for activity_type in ('mail.mail_activity_data_todo', 'mail.mail_activity_data_call'):
            self.assertRefused(lead, self.second, "Called")
            activity = lead.activity_schedule(activity_type, user_id=self.salesperson.id)
            self.assertRefused(lead, self.second, "Called")
            activity.with_user(self.salesperson).action_feedback("Done")
        self.move(lead, self.second)

    def test_incomplete_criteria_cannot_be_saved(self):
        for values in (
            {'kind': 'field'}, {'kind': 'domain'}, {'kind': 'document'}, {'kind': 'activity'},
            {'kind': 'approval'}, {'kind': 'domain', 'domain': "[('nonsense', '=', 1)]"},
            {'kind': 'domain', 'domain': "[("}, {'kind': 'domain', 'domain': "__import__('os')"},
            {'kind': 'field', 'field_id': self.env['ir.model.fields']._get(
                'res.partner', 'name').id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.criterion(self.first, **values)

    # ------------------------------------------------------------
    # WAYS
    # ------------------------------------------------------------

    def test_all_stages_on_the_way_count(self):
        self.criterion(self.first, "One")
        self.criterion(self.second, "Two")
        self.criterion(self.third, "Three")
        lead = self.lead()
        self.assertRefused(lead, self.third, "One", "Two")
        self.assertRefused(lead, self.won, "One", "Two", "Three")

    def test_winning_and_the_button(self):
        self.criterion(self.second)
        lead = self.lead()
        with self.assertRaises(StageGateError):
            lead.with_user(self.salesperson).action_set_won_rainbowman()
        lead.invalidate_recordset()
        self.won.gate_free = True
        lead.with_user(self.salesperson).action_set_won()
        self.assertEqual(lead.won_status, 'won')

    def test_backwards_and_losing_are_free(self):
        self.criterion(self.first)
        self.criterion(self.second)
        self.criterion(self.third)
        lead = self.lead(stage=self.first, revenue=5)
        self.move(lead, self.third)
        lead.expected_revenue = 0
        self.move(lead, self.second)
        lead.with_user(self.salesperson).action_set_lost()
        self.assertEqual(lead.won_status, 'lost')
        lead.with_user(self.salesperson).action_restore()
        self.assertEqual(lead.stage_id, self.second)

    def test_only_those_concerned(self):
        team = self.env['crm.team'].create({'name': "Other", 'company_id': False})
        self.criterion(self.first, "Other team", team_ids=[Command.set(team.ids)],
                       kind='domain', domain="[('id', '=', 0)]")
        self.criterion(self.first, "Other company", company_id=self.company_b.id,
                       kind='domain', domain="[('id', '=', 0)]")
        self.criterion(self.first, "Archived", active=False,
                       kind='domain', domain="[('id', '=', 0)]")
        self.move(self.lead(), self.second)

    def test_stages_of_other_teams_are_not_on_the_way(self):
        team = self.env['crm.team'].create({'name': "Other", 'company_id': False})
        between = self.env['crm.stage'].create({
            'name': "Between", 'sequence': 1001, 'team_ids': [Command.set(team.ids)]})
        self.criterion(between)
        self.move(self.lead(), self.third)

    def test_leads_are_free(self):
        self.criterion(self.first)
        self.move(self.lead(type='lead'), self.third)

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    def test_creation(self):
        self.criterion(self.first)
        self.lead(stage=self.first)
        self.lead(stage=self.second, revenue=5)
        with self.assertRaises(StageGateError) as refusal:
            self.lead(stage=self.second)
        self.assertFalse(refusal.exception.context['lead_ids'])
        self.assertFalse(refusal.exception.context['can_override'])
        with self.assertRaises(StageGateError):
            self.env['crm.lead'].with_context(default_stage_id=self.second.id).create({
                'name': "Quick", 'type': 'opportunity', 'team_id': self.team.id})

    def test_a_copy_begins_anew(self):
        lead = self.lead(stage=self.second)
        self.criterion(self.first)
        self.assertNotEqual(lead.copy().stage_id, self.second)

    def test_merging(self):
        self.criterion(self.first)
        leads = self.lead("One") | self.lead("Two", stage=self.second, revenue=7)
        merged = leads.with_user(self.manager).merge_opportunity()
        self.assertEqual(merged.stage_id, self.second)
        self.assertEqual(merged.expected_revenue, 7)

    def test_merging_keeps_the_log(self):
        self.criterion(self.first)
        lead, other = self.lead("One"), self.lead("Two")
        self.move(lead, self.third, self.manager, stage_override_reason="Because")
        self.move(other, self.second, self.manager, stage_override_reason="Therefore")
        merged = (lead | other).with_user(self.manager).merge_opportunity()
        log = self.env['crm.stage.override'].search([('lead_id', '=', merged.id)])
        self.assertEqual(set(log.mapped('reason')), {"Because", "Therefore"})

    def test_bulk_moves_all_or_nobody(self):
        self.criterion(self.first)
        good = self.lead("Good one", revenue=1) | self.lead("Good two", revenue=1)
        bad = self.lead("Bad one") | self.lead("Bad two")
        leads = (good | bad).with_user(self.salesperson)
        with self.assertRaises(StageGateError) as refusal, self.env.cr.savepoint():
            leads.write({'stage_id': self.second.id})
        leads.invalidate_recordset()
        self.assertEqual(leads.stage_id, self.first)
        text, data = str(refusal.exception), refusal.exception.context
        self.assertIn('"Bad one"', text)
        self.assertIn('"Bad two"', text)
        self.assertNotIn("Good", text)
        self.assertEqual(data['other_ids'], good.ids)
        self.assertEqual(data['lead_ids'], sorted(bad.ids))
        leads.browse(data['other_ids']).write({'stage_id': data['stage_id']})
        self.assertEqual(good.stage_id, self.second)
        self.assertEqual(bad.stage_id, self.first)

    def test_others_are_not_offered_when_more_was_written(self):
        self.criterion(self.first)
        leads = self.lead(revenue=1) | self.lead()
        with self.assertRaises(StageGateError) as refusal:
            leads.with_user(self.salesperson).write({'stage_id': self.second.id, 'color': 3})
        self.assertEqual(refusal.exception.context['other_ids'], [])

    def test_many_refused_are_counted(self):
        self.criterion(self.first)
        leads = self.env['crm.lead'].union(*(self.lead(f"Lead {n}") for n in range(23)))
        with self.assertRaises(StageGateError) as refusal:
            leads.with_user(self.salesperson).write({'stage_id': self.second.id})
        self.assertEqual(len(refusal.exception.context['leads']), 20)
        self.assertIn("3 more opportunities", str(refusal.exception))

    def load(self, rows, fields=('name', 'type', 'team_id/.id', 'stage_id/.id',
                                 'expected_revenue'), user=None):
        return self.env['crm.lead'].with_user(user or self.salesperson).with_context(
            import_file=True).load(list(fields), rows)

    def test_import_says_it_of_each_row(self):
        self.criterion(self.first, "The revenue is known")
        team, first, second = str(self.team.id), str(self.first.id), str(self.second.id)
        rows = [
            ["Row 1", 'opportunity', team, first, '0'],
            ["Row 2", 'opportunity', team, second, '0'],
            ["Row 3", 'opportunity', team, second, '5'],
            ["Row 4", 'opportunity', team, second, '0'],
        ]
        result = self.load(rows)
        self.assertFalse(result['ids'])
        errors = {message['rows']['from']: message['message'] for message in result['messages']
                  if 'Still missing' in message['message'] and message['record'] in (1, 3)}
        self.assertEqual(set(errors), {1, 3})
        self.assertIn('"Row 2"', errors[1])
        self.assertIn("The revenue is known", errors[3])
        self.assertTrue(self.load([rows[0], rows[2]])['ids'])

    @mute_logger('odoo.models')
    def test_import_with_reasons(self):
        self.criterion(self.first)
        fields = ('name', 'type', 'team_id/.id', 'stage_id/.id', 'stage_override_reason')
        row = ["Old", 'opportunity', str(self.team.id), str(self.second.id), "From the old CRM"]
        result = self.load([row], fields, self.manager)
        lead = self.env['crm.lead'].browse(result['ids'])
        self.assertEqual(lead.stage_id, self.second)
        override = self.env['crm.stage.override'].search([('lead_id', '=', lead.id)])
        self.assertEqual(override.reason, "From the old CRM")
        self.assertFalse(override.origin_id)
        self.assertFalse(self.load([row], fields)['ids'])

    # ------------------------------------------------------------
    # OVERRIDING
    # ------------------------------------------------------------

    def test_managers_override_with_a_reason(self):
        self.criterion(self.first, "One")
        self.criterion(self.second, "Two")
        lead = self.lead()
        error = self.assertRefused(lead, self.third, "One", "Two", user=self.manager)
        self.assertTrue(error.context['can_override'])
        self.move(lead, self.third, self.manager, stage_override_reason="Agreed with the board")
        override = self.env['crm.stage.override'].search([('lead_id', '=', lead.id)])
        self.assertEqual(override.missing, "One\nTwo")
        self.assertEqual(override.reason, "Agreed with the board")
        self.assertEqual(override.origin_id + override.target_id, self.first + self.third)
        self.assertEqual(override.user_id, self.manager)
        self.assertIn("Agreed with the board", lead.message_ids[0].body)

    def test_nothing_is_logged_when_nothing_is_missing(self):
        self.criterion(self.first)
        lead = self.lead(revenue=5)
        self.move(lead, self.second, self.manager, stage_override_reason="To be sure")
        self.assertFalse(self.env['crm.stage.override'].search([('lead_id', '=', lead.id)]))

    def test_salespeople_do_not_override(self):
        self.criterion(self.first)
        lead = self.lead()
        self.assertFalse(self.assertRefused(
            lead, self.second, "The revenue is known").context['can_override'])
        with self.assertRaises(AccessError):
            lead.with_user(self.salesperson).write({
                'stage_id': self.second.id, 'stage_override_reason': "Because"})
        with self.assertRaises(AccessError):
            self.env['crm.stage.override'].with_user(self.salesperson).create({
                'lead_id': lead.id, 'reason': "x", 'user_id': self.salesperson.id})

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_who_sees_overrides(self):
        self.criterion(self.first)
        mine, theirs = self.lead(), self.lead(user_id=self.colleague.id)
        abroad = self.lead(company_id=self.company_b.id, user_id=False)
        for lead in (mine, theirs, abroad):
            self.move(lead, self.second, self.manager, stage_override_reason="Because")
        log = self.env['crm.stage.override']
        leads = mine | theirs | abroad
        domain = [('lead_id', 'in', leads.ids)]
        for user, companies, seen in (
            (self.salesperson, self.company, mine),
            (self.manager, self.company, mine | theirs),
            (self.manager, self.company_b, abroad),
        ):
            with self.subTest(user=user.login, company=companies.name):
                self.assertEqual(
                    self.as_user(log, user, companies).search(domain).sudo().lead_id, seen)
        with self.assertRaises(AccessError):
            log.with_user(self.outsider).search(domain)

    # ------------------------------------------------------------
    # THE CHECKLIST
    # ------------------------------------------------------------

    def test_checklist_of_the_present_stage(self):
        self.criterion(self.first, "Known")
        self.criterion(self.first, "Sent", kind='document', document='quotation')
        self.criterion(self.second, "Later")
        lead = self.lead(revenue=5).with_user(self.salesperson)
        self.assertEqual(
            [(item['name'], item['met']) for item in lead.stage_checklist],
            [("Known", True), ("Sent", False)])
        lead.sudo().action_set_lost()
        lead.invalidate_recordset()
        self.assertFalse(lead.stage_checklist)

    def test_ways_to_meet_criteria(self):
        call = self.env.ref('mail.mail_activity_data_call')
        activity = self.criterion(
            self.first, "Called", kind='activity', activity_type_id=call.id)
        quotation = self.criterion(self.first, "Sent", kind='document', document='quotation')
        known = self.criterion(self.first, "Known")
        lead = self.lead().with_user(self.salesperson)
        action = lead.action_meet_criterion(activity.id)
        self.assertEqual(action['res_model'], 'mail.activity.schedule')
        self.assertEqual(action['context']['default_activity_type_id'], call.id)
        self.assertEqual(lead.action_meet_criterion(quotation.id)['res_model'], 'sale.order')
        self.assertEqual(lead.action_meet_criterion(known.id)['res_id'], lead.id)
        data = lead.get_stage_criteria((known | quotation).ids)
        self.assertEqual([item['met'] for item in data], [False, False])

    # ------------------------------------------------------------
    # SETTING UP
    # ------------------------------------------------------------

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_who_sets_up_criteria(self):
        criterion = self.criterion(self.first, company_id=self.company_b.id)
        mine = self.criterion(self.first, "Mine")
        self.as_user(mine, self.manager).name = "Changed"
        with self.assertRaises(AccessError):
            self.as_user(mine, self.salesperson).name = "Mine again"
        with self.assertRaises(AccessError):
            self.as_user(criterion, self.manager, self.company).read(['name'])
        with self.assertRaises(AccessError):
            self.as_user(mine, self.outsider).read(['name'])

    def test_criteria_with_approvals_are_archived(self):
        criterion = self.criterion(
            self.first, kind='approval', approver_ids=[Command.set(self.manager.ids)])
        self.env['crm.stage.approval']._ask(self.lead(), criterion)
        with self.assertRaises(UserError):
            criterion.unlink()

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    @contextmanager
    def no_own_query(self):
        """Nothing of ours is read or written."""
        statements = []
        execute = type(self.env.cr).execute

        def spy(cr, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), 'execute', spy):
            yield
        ours = ('crm_stage_criterion', 'crm_stage_action', 'crm_stage_approval')
        self.assertTrue(statements)
        self.assertFalse([text for text in statements if any(name in text for name in ours)])

    def test_no_criteria_no_queries(self):
        lead = self.lead().with_user(self.salesperson)
        self.env['crm.stage']._get_process_in_use()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.no_own_query():
            lead.write({'stage_id': self.second.id})
            lead.read(['stage_checklist', 'stage_id'])
            self.env['crm.lead'].with_user(self.salesperson).create({
                'name': "New", 'stage_id': self.second.id, 'team_id': self.team.id})
            self.env.flush_all()

    def test_many_leads_cost_no_more_queries(self):
        leads = self.env['crm.lead'].union(*(
            self.lead(f"Lead {number}", stage=self.third) for number in range(11)))
        call = self.env.ref('mail.mail_activity_data_call')
        self.criterion(self.first)
        self.criterion(self.first, kind='domain', domain="[('expected_revenue', '>', 0)]")
        self.criterion(self.first, kind='document', document='quotation')
        self.criterion(self.first, kind='activity', activity_type_id=call.id)
        self.criterion(
            self.first, kind='approval', approver_ids=[Command.set(self.manager.ids)])
        criteria = self.env['crm.stage.criterion']

        def check(some):
            self.env.invalidate_all()
            missing = criteria._get_missing(
                criteria._between(some, dict.fromkeys(some.ids, self.first.id)))
            self.assertEqual(len(missing), len(some))
            self.assertEqual({len(needs) for needs in missing.values()}, {5})

        check(leads)
        self.assertEqual(
            self.queries(lambda: check(leads[:1])), self.queries(lambda: check(leads[1:])))
