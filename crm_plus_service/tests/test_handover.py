"""Hand-over: another team is asked, accepts or refuses, and each hop is timed."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon, utc


@tagged('post_install', '-at_install')
class TestHandover(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.accounts = cls.create_team('Accounts', cls.company, resolution_hours=2)
        cls.accounts.member_ids = cls.second
        with freeze_time('2026-01-14 08:00'):  # 09:00 in Brussels
            cls.case = cls.create_case(
                opened_date=utc('2026-01-14 08:00'), user_id=cls.agent.id)

    def ask(self, when='2026-01-14 15:00', case=None, team=None, user=None):
        case, user = case or self.case, user or self.agent
        with freeze_time(when):
            return case.with_user(user)._hand_over(
                (team or self.accounts).with_user(user), 'Wrong invoice')

    def test_until_it_is_answered_nothing_changes(self):
        target = self.case.target_ids
        handover = self.ask()
        self.assertEqual(self.case.team_id, self.team)
        self.assertEqual(self.case.user_id, self.agent)
        self.assertEqual(target.outcome, 'open')
        self.assertEqual(self.case.handed_to_id, self.accounts)
        self.assertEqual(handover.requested_by_id, self.agent)
        found = self.env['service.handover'].with_user(self.second).search([
            ('to_team_id.member_ids', 'in', self.second.id), ('state', '=', 'requested')])
        self.assertEqual(found, handover)
        self.assertTrue(found.can_answer)

    def test_accepted_the_case_goes_to_the_other_team(self):
        handover = self.ask('2026-01-14 15:00')  # 16:00 local, an hour before the end of the day
        with freeze_time('2026-01-15 09:30'):  # 10:30 local
            handover.with_user(self.second).action_accept()
        self.assertEqual(self.case.team_id, self.accounts)
        self.assertFalse(self.case.user_id)
        self.assertEqual(handover.state, 'accepted')
        self.assertEqual(handover.answered_by_id, self.second)
        self.assertEqual(handover.answered_date, utc('2026-01-15 09:30'))
        self.assertAlmostEqual(handover.hours, 3.5)
        self.assertFalse(self.case.handed_to_id)

    def test_refused_with_a_reason_it_stays(self):
        handover = self.ask()
        wizard = self.env['service.handover.refuse'].with_user(self.second).create(
            {'handover_ids': handover.ids, 'answer': 'Not ours'})
        with freeze_time('2026-01-14 15:30'):
            wizard.action_refuse()
        self.assertEqual((handover.state, handover.answer), ('refused', 'Not ours'))
        self.assertEqual(self.case.team_id, self.team)
        self.assertEqual(self.case.user_id, self.agent)
        self.assertAlmostEqual(handover.hours, 0.5)
        self.assertIn('Not ours', ' '.join(self.case.message_ids.mapped('body')))
        self.assertTrue(self.ask('2026-01-14 15:40'))

    def test_each_hop_is_its_own_row(self):
        with freeze_time('2026-01-14 15:10'):
            self.ask('2026-01-14 15:00').with_user(self.second).action_accept()
        third = self.create_team('Third', self.company)
        third.member_ids = self.agent
        with freeze_time('2026-01-14 15:50'):
            self.ask('2026-01-14 15:20', team=third, user=self.second).with_user(
                self.agent).action_accept()
        self.assertEqual(
            [(hop.from_team_id, hop.to_team_id) for hop in self.case.handover_ids.sorted('id')],
            [(self.team, self.accounts), (self.accounts, third)])
        self.env.flush_all()
        row = self.env['service.case.report'].browse(self.case.id)
        self.assertEqual(row.handover_count, 2)
        self.assertAlmostEqual(row.handover_hours, 40 / 60)

    def test_withdrawn_by_who_asked_by_moving_or_closing(self):
        self.ask()
        self.case.with_user(self.agent).action_withdraw_handover()
        self.ask()
        self.case.with_user(self.agent).action_close()
        self.case.action_reopen()
        self.ask()
        self.case.team_id = self.create_team('Third', self.company)
        self.assertEqual(self.case.handover_ids.mapped('state'), ['withdrawn'] * 3)

    def test_only_the_team_that_was_asked_answers(self):
        handover = self.ask()
        for user in (self.agent, self.salesperson, self.far_agent, self.portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                handover.with_user(user).action_accept()
        handover.with_user(self.manager).action_accept()
        with self.assertRaisesRegex(UserError, 'answered already'):
            handover.with_user(self.second).action_accept()

    def test_who_may_ask_and_whom(self):
        for user in (self.salesperson, self.portal, self.far_agent):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.ask(user=user)
        with self.assertRaises(AccessError):
            self.ask(team=self.other_team)
        with self.assertRaisesRegex(UserError, 'cannot be handed'):
            self.ask(team=self.team)
        self.ask()
        with self.assertRaisesRegex(UserError, 'already'):
            self.ask()

    def test_the_ledger_is_written_by_nobody(self):
        handover = self.ask()
        self.assertTrue(handover.with_user(self.agent).has_access('read'))
        self.assertFalse(handover.with_user(self.far_agent).has_access('read'))
        self.assertFalse(handover.with_user(self.portal).has_access('read'))
        for operation in ('write', 'create', 'unlink'):
            self.assertFalse(handover.with_user(self.manager).has_access(operation))

    def told(self):
        return self.env['mail.notification'].search([
            ('mail_message_id.model', '=', 'service.case'),
            ('mail_message_id.res_id', '=', self.case.id),
            ('mail_message_id.message_type', '=', 'user_notification')])

    def test_the_other_team_and_who_asked_are_told(self):
        before = self.told()
        handover = self.ask()
        asked = self.told() - before
        self.assertEqual(asked.res_partner_id, self.second.partner_id)
        handover.with_user(self.second).action_accept()
        answered = self.told() - before - asked
        self.assertEqual(answered.res_partner_id, self.agent.partner_id)

    def test_dialog_offers_the_other_teams_of_the_company(self):
        action = self.case.with_user(self.agent).action_hand_over()
        wizard = self.env['service.case.hand.over'].with_user(self.agent).with_context(
            **action['context']).create({'team_id': self.accounts.id, 'reason': 'Wrong invoice'})
        self.assertIn(self.accounts, wizard.offered_team_ids)
        self.assertFalse((self.team | self.other_team) & wizard.offered_team_ids)
        wizard.action_hand_over()
        self.assertEqual(self.case.handed_to_id, self.accounts)
