"""What policies promise on a case, when it is reached, and what a change leaves of it."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


@tagged('post_install', '-at_install')
class TestPolicies(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.quiet_team = cls.create_team('Quiet', cls.company, resolution_hours=0)

    @classmethod
    def create_policy(cls, name='Policy', *promises, **criteria):
        return cls.env['service.policy'].create({
            'name': name,
            'company_id': cls.company.id,
            'target_ids': [Command.create({'hours': 4, **promise}) for promise in promises],
            **criteria,
        })

    def opened(self, when=WEDNESDAY, **values):
        return self.create_case(
            **{'opened_date': utc(when), 'team_id': self.quiet_team.id, **values})

    def answer(self, case, author=None, **values):
        return case.with_user(author or self.agent).message_post(
            **{'body': 'We are looking into it.', 'message_type': 'comment',
               'subtype_xmlid': 'mail.mt_comment', **values})

    def write_as_customer(self, case):
        return case.with_user(self.portal).message_post(
            body='Any news?', message_type='comment', subtype_xmlid='mail.mt_comment')

    def promised(self, case):
        return set(case.target_ids.filtered(lambda it: it.outcome == 'open').mapped('kind'))

    # ------------------------------------------------------------
    # MATCHING
    # ------------------------------------------------------------

    @freeze_time(WEDNESDAY)
    def test_every_criterion_must_fit(self):
        tier = self.env['crm.customer.tier'].create({'name': 'Gold'})
        tag = self.env['service.case.tag'].create({'name': 'Fire'})
        kind = self.env['service.case.type'].create({'name': 'Outage'})
        category = self.env['product.category'].create({'name': 'Light'})
        below = self.env['product.category'].create({'name': 'Lamps', 'parent_id': category.id})
        self.product.categ_id = below
        self.customer.with_company(self.company).customer_tier_id = tier
        fitting = {
            'type_id': kind.id, 'priority': '2', 'tag_ids': [Command.link(tag.id)],
            'product_id': self.product.id,
        }
        self.create_policy(
            'All of it', {'kind': 'first_response'},
            team_ids=self.quiet_team.ids, type_ids=kind.ids, priority='1',
            highest_priority='2', tag_ids=tag.ids, tier_ids=tier.ids,
            product_category_ids=category.ids,
        )
        self.assertEqual(self.promised(self.opened(**fitting)), {'first_response'})
        for name, other in {
            'type_id': False, 'priority': '0', 'tag_ids': False, 'product_id': False,
            'team_id': self.create_team('Else', self.company, resolution_hours=0).id,
            'partner_id': self.stranger.id,
        }.items():
            with self.subTest(other=name):
                self.assertFalse(self.promised(self.opened(**{**fitting, name: other})))
        self.assertFalse(self.promised(self.opened(**{**fitting, 'priority': '3'})))

    @freeze_time(WEDNESDAY)
    def test_what_was_archived_still_limits_a_policy(self):
        team = self.create_team('Closed Down', self.company)
        kind = self.env['service.case.type'].create({'name': 'Outage'})
        self.create_policy('Of a team', {'kind': 'first_response'}, team_ids=team.ids)
        self.create_policy('Of a type', {'kind': 'first_response'}, type_ids=kind.ids)
        team.active = kind.active = False
        self.assertFalse(self.promised(self.opened()))

    @freeze_time(WEDNESDAY)
    def test_several_policies_promise_side_by_side(self):
        self.create_policy('Slow', {'kind': 'first_response', 'hours': 4}, {'kind': 'resolution'})
        self.create_policy('Fast', {'kind': 'first_response', 'hours': 1})
        case = self.opened()
        self.assertEqual(
            sorted(case.target_ids.mapped(lambda it: (it.kind, it.hours))),
            [('first_response', 1), ('first_response', 4), ('resolution', 4)])
        self.assertEqual(case.deadline, utc('2026-01-14 09:00'))

    @freeze_time(WEDNESDAY)
    def test_promise_of_the_team_stands_where_no_policy_promises_a_resolution(self):
        self.create_policy('Answers', {'kind': 'first_response'})
        case = self.opened(team_id=self.team.id)
        self.assertEqual(self.promised(case), {'first_response', 'resolution'})
        self.create_policy('Solutions', {'kind': 'resolution', 'hours': 2})
        resolution = case.target_ids.filtered(
            lambda it: it.kind == 'resolution' and it.outcome == 'open')
        self.assertEqual(resolution.hours, 2)

    @freeze_time(WEDNESDAY)
    def test_hours_agreed_with_the_customer_come_first(self):
        auckland = self.create_calendar('Down Under', 'Pacific/Auckland')
        self.create_policy('Answers', {'kind': 'first_response', 'hours': 1})
        case = self.opened()
        self.assertEqual(case.deadline, utc('2026-01-14 09:00'))
        self.customer.with_company(self.company).service_calendar_id = auckland
        # Thu 08:00 in Auckland is Wed 19:00 UTC
        self.assertEqual(case.deadline, utc('2026-01-14 20:00'))
        self.assertIn('customer', case.target_ids.reason)

    @freeze_time(WEDNESDAY)
    def test_contact_that_moves_to_another_customer_takes_its_promises(self):
        tier = self.env['crm.customer.tier'].create({'name': 'Gold'})
        self.create_policy('Gold', {'kind': 'first_response'}, tier_ids=tier.ids)
        case = self.opened()
        self.assertFalse(self.promised(case))
        other = self.env['res.partner'].create({'name': 'Golden', 'is_company': True})
        other.with_company(self.company).customer_tier_id = tier
        self.contact.parent_id = other
        self.assertEqual(self.promised(case), {'first_response'})

    # ------------------------------------------------------------
    # REACHING
    # ------------------------------------------------------------

    def test_only_a_colleagues_message_is_an_answer(self):
        self.create_policy('Answers', {'kind': 'first_response'})
        with freeze_time(WEDNESDAY):
            case = self.opened()
            case.message_post(body='Received.', message_type='auto_comment',
                              subtype_xmlid='mail.mt_comment')
            self.answer(case, subtype_xmlid='mail.mt_note')
            self.write_as_customer(case)
            self.assertEqual(self.promised(case), {'first_response'})
        with freeze_time('2026-01-14 10:00'):
            self.answer(case)
        self.assertEqual(case.target_ids.outcome, 'kept')
        self.assertEqual(case.first_response_date, utc('2026-01-14 10:00'))

    def test_each_question_is_promised_an_answer(self):
        self.create_policy(
            'Answers', {'kind': 'first_response'}, {'kind': 'next_response', 'hours': 1})
        with freeze_time(WEDNESDAY):
            case = self.opened()
            self.answer(case)
            self.assertFalse(self.promised(case))
        with freeze_time('2026-01-14 10:00'):
            self.write_as_customer(case)
            self.assertEqual(self.promised(case), {'next_response'})
            self.assertEqual(case.deadline, utc('2026-01-14 11:00'))
        with freeze_time('2026-01-14 10:30'):
            self.write_as_customer(case)  # the same wait
            self.assertEqual(case.deadline, utc('2026-01-14 11:00'))
        with freeze_time('2026-01-14 13:00'):
            self.answer(case)
        with freeze_time('2026-01-14 14:00'):
            self.write_as_customer(case)
            self.answer(case)
        outcomes = case.target_ids.filtered(lambda it: it.kind == 'next_response')
        self.assertEqual(outcomes.sorted('start_date').mapped('outcome'), ['missed', 'kept'])

    def test_stage_is_reached_by_it_or_a_later_one(self):
        middle = self.env['service.stage'].create({'name': 'Looked At', 'sequence': 15})
        late = self.env['service.stage'].create({'name': 'Nearly', 'sequence': 16})
        self.create_policy('Look', {'kind': 'stage', 'stage_id': middle.id})
        with freeze_time(WEDNESDAY):
            case = self.opened()
            case.stage_id = late
            self.env.flush_all()
        self.assertEqual(case.target_ids.outcome, 'kept')
        self.assertEqual(case.target_ids.done_date, utc(WEDNESDAY))

    def test_closing_without_an_answer_is_no_answer(self):
        self.create_policy('Answers', {'kind': 'first_response'}, {'kind': 'resolution'})
        with freeze_time(WEDNESDAY):
            case = self.opened()
            case.action_close()
        by_kind = {it.kind: it for it in case.target_ids}
        self.assertEqual(by_kind['resolution'].outcome, 'kept')
        self.assertEqual(by_kind['first_response'].outcome, 'withdrawn')
        self.assertEqual(by_kind['first_response'].reason, 'Closed without an answer.')
        self.assertEqual(case.sla_state, 'kept')

    def test_closing_late_without_an_answer_misses_it(self):
        self.create_policy('Answers', {'kind': 'first_response', 'hours': 1})
        with freeze_time(WEDNESDAY):
            case = self.opened()
        with freeze_time('2026-01-14 12:30'):
            case.action_close()
        self.assertEqual(case.target_ids.outcome, 'missed')

    # ------------------------------------------------------------
    # WAITING
    # ------------------------------------------------------------

    def test_clock_stands_still_while_the_case_waits(self):
        waiting = self.env['service.stage'].create(
            {'name': 'Ask Customer', 'sequence': 22, 'waiting_for': 'customer'})
        self.create_policy(
            'Both', {'kind': 'resolution', 'hours': 4}, {'kind': 'first_response', 'hours': 3})
        with freeze_time(WEDNESDAY):
            case = self.opened()
        targets = {it.kind: it for it in case.target_ids}
        with freeze_time('2026-01-14 09:00'):
            before = case.stage_id
            case.stage_id = waiting
            self.assertFalse(targets['resolution'].deadline)
            self.assertEqual(targets['resolution'].state, 'paused')
            self.assertIn(targets['resolution'], targets['resolution'].search(
                [('case_id', '=', case.id), ('state', '=', 'paused')]))
            # the first answer does not wait: 09:00 + 3 h = noon
            self.assertEqual(targets['first_response'].deadline, utc('2026-01-14 11:00'))
            self.answer(case)
            self.assertEqual((case.sla_state, case.sla_label), ('paused', 'Waiting'))
            self.assertIn(case, case.search([('sla_state', '=', 'paused')]))
        with freeze_time('2026-01-15 07:00'):  # Thu 08:00 local
            self.write_as_customer(case)
            self.assertEqual(case.stage_id, before)
            self.assertFalse(case.waiting_for)
            # one hour was worked on Wednesday; three more on Thursday = 11:00 local
            self.assertEqual(case.deadline, utc('2026-01-15 10:00'))
        self.assertEqual(
            case.pause_ids.mapped(lambda it: (it.kind, it.start_date, it.end_date)),
            [('customer', utc('2026-01-14 09:00'), utc('2026-01-15 07:00'))])

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    def test_change_of_priority_plans_anew_and_says_why(self):
        self.create_policy('Normal', {'kind': 'first_response', 'hours': 4}, highest_priority='1')
        self.create_policy('Urgent', {'kind': 'first_response', 'hours': 1}, priority='2')
        with freeze_time(WEDNESDAY):
            case = self.opened()
        normal = case.target_ids
        with freeze_time('2026-01-14 08:30'):
            case.priority = '3'
        self.assertEqual((normal.outcome, normal.reason), ('withdrawn', 'Changed: Priority'))
        urgent = case.target_ids - normal
        self.assertEqual(urgent.deadline, utc('2026-01-14 09:00'))

    def test_what_was_missed_stays_missed(self):
        policy = self.create_policy('Normal', {'kind': 'first_response', 'hours': 1})
        with freeze_time(WEDNESDAY):
            case = self.opened()
        target = case.target_ids
        with freeze_time('2026-01-14 12:00'):
            policy.target_ids.hours = 8
            self.assertEqual(target.deadline, utc('2026-01-14 09:00'))
            policy.active = False
            self.assertEqual(target.outcome, 'missed')
            policy.active = True
            self.assertEqual(case.target_ids, target)

    @freeze_time(WEDNESDAY)
    def test_new_policy_touches_no_case_that_it_does_not_fit(self):
        """Not even for the moment before all of its criteria are written."""
        tag = self.env['service.case.tag'].create({'name': 'Fire'})
        fits, other = self.opened(tag_ids=tag.ids), self.opened()
        policy = self.create_policy('Fire', {'kind': 'first_response'}, tag_ids=tag.ids)
        self.assertEqual(self.promised(fits), {'first_response'})
        self.assertFalse(other.target_ids)
        policy.write({
            'tag_ids': [Command.set([]), Command.create({'name': 'Flood'})],
            'target_ids': [Command.create({'kind': 'resolution', 'hours': 8})]})
        self.assertFalse(other.target_ids)
        self.assertEqual(fits.target_ids.mapped('outcome'), ['withdrawn'])

    @freeze_time(WEDNESDAY)
    def test_removed_policy_withdraws_what_it_promised(self):
        policy = self.create_policy('Normal', {'kind': 'first_response'})
        case = self.opened()
        policy.unlink()
        self.assertEqual(case.target_ids.outcome, 'withdrawn')
        self.assertFalse(case.deadline)

    def test_impossible_priorities_are_refused(self):
        with self.assertRaisesRegex(ValidationError, 'highest priority'):
            self.create_policy('Never', priority='3', highest_priority='1')

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def test_managers_make_policies_and_agents_read_those_of_their_company(self):
        policy = self.create_policy('Ours', {'kind': 'resolution'})
        theirs = self.env['service.policy'].create(
            {'name': 'Theirs', 'company_id': self.other_company.id,
             'target_ids': [Command.create({'kind': 'resolution', 'hours': 1})]})
        self.assertEqual(policy.with_user(self.agent).target_ids.hours, 4)
        for record in (theirs, theirs.target_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.agent).read(['display_name'])
        for record in (policy, policy.target_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.agent).write({'sequence': 3})
            with self.assertRaises(AccessError):
                record.with_user(self.portal).read(['display_name'])
            record.with_user(self.manager).write({'sequence': 3})

    def test_policies_are_read_in_one_statement_however_many(self):
        for number in range(5):
            self.create_policy(
                f'Policy {number}', {'kind': 'resolution'}, team_ids=self.quiet_team.ids)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            rules = self.env['service.policy']._read_rules(self.company)
        self.assertEqual(
            [(rule.team_ids, len(rule.promises)) for rule in rules], [(self.quiet_team.ids, 1)] * 5)

    def test_planning_takes_few_queries_however_many_cases(self):
        self.create_policy(
            'All', {'kind': 'first_response'}, {'kind': 'resolution'}, {'kind': 'next_response'})

        def count(number):
            values = [
                {'name': f'Case {index}', 'team_id': self.quiet_team.id, 'user_id': False,
                 'partner_id': self.contact.id, 'number': f'Q{number}-{index}'}
                for index in range(number)
            ]
            cases = self.env['service.case'].create(values)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            cases.write({'priority': '3'})
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(2)
        self.assertLessEqual(count(40), count(4) + 3)
