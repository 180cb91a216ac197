"""Promises that change on many cases: planned anew by a job in whole batches, and never half."""

from unittest.mock import patch

import psycopg2.errorcodes
from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import service_escalation, service_policy_target, service_replanning
from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


@tagged('post_install', '-at_install')
class TestReplanning(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the tests say themselves what is open
        cls.env['service.case'].search([('closed_date', '=', False)]).active = False
        cls.env['service.policy'].search([]).active = False
        with freeze_time(WEDNESDAY):
            cls.cases = cls.env['service.case'].create([
                {'name': f'Case {number}', 'team_id': cls.team.id, 'user_id': False,
                 'opened_date': utc(WEDNESDAY)}
                for number in range(5)
            ])

    def setUp(self):
        super().setUp()
        for module in (service_replanning, service_policy_target, service_escalation):
            self.patch(module, 'AT_ONCE', 3)
        self.patch(service_replanning, 'BATCH', 2)
        # the job commits its progress, which a test must not; it ends after so many batches
        self.batches, self.progress = 99, []
        self.patch(self.env.registry['ir.cron'], '_commit_progress', self.commit)
        clock = freeze_time('2026-01-14 09:00')
        clock.start()
        self.addCleanup(clock.stop)

    def commit(self, *args, **kwargs):
        self.progress.append((args[-1], kwargs.get('remaining')))
        self.env.flush_all()
        return 0 if len(self.progress) >= self.batches else float('inf')

    def run_job(self, batches=99):
        self.batches, self.progress = batches, []
        self.env['service.replanning']._cron_plan()

    def create_policy(self, **values):
        return self.env['service.policy'].with_user(self.manager).create({
            'name': 'Answers',
            'company_id': self.company.id,
            'target_ids': [Command.create({'kind': 'first_response', 'hours': 3})],
            **values,
        })

    def answers(self):
        """Return how many hours are promised for the first answer, by the order of the cases."""
        return [
            case.target_ids.filtered(
                lambda target: target.kind == 'first_response' and target.outcome == 'open').hours
            for case in self.cases
        ]

    def test_few_are_planned_at_once(self):
        self.cases[3:].action_close()
        self.create_policy()
        self.assertEqual(self.answers()[:3], [3, 3, 3])
        self.assertFalse(self.env['service.replanning'].search([]))

    def test_many_are_planned_by_the_job(self):
        cron = self.env.ref('crm_plus_service.ir_cron_replan')
        triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        policy = self.create_policy()
        self.assertEqual(self.answers(), [0] * 5)
        self.assertEqual(
            self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), triggers + 1)
        self.assertIn('0 of 5', policy.replanning_text)
        self.assertIn('0 of 5', self.team.with_user(self.manager).replanning_text)
        self.assertFalse(self.other_team.replanning_text)
        self.run_job()
        self.assertEqual(self.answers(), [3] * 5)
        self.assertEqual(self.progress, [(2, 3), (2, 1), (1, 0)])
        self.assertEqual(
            self.cases.target_ids.filtered(lambda target: target.policy_target_id).mapped('case_id'),
            self.cases)
        policy.invalidate_recordset(['replanning_text'])
        self.assertFalse(policy.replanning_text)
        self.assertFalse(self.env['service.replanning'].search([]))

    def test_job_that_was_stopped_goes_on_where_it_was(self):
        policy = self.create_policy()
        self.run_job(batches=1)
        self.assertEqual(self.answers(), [3, 3, 0, 0, 0])
        self.assertIn('2 of 5', policy.replanning_text)
        self.run_job()
        self.assertEqual(self.answers(), [3] * 5)
        self.assertEqual(self.progress, [(2, 1), (1, 0)])

    def test_later_change_begins_anew_and_stands_for_the_earlier(self):
        policy = self.create_policy()
        self.run_job(batches=1)
        policy.target_ids.hours = 5
        self.run_job(batches=1)
        self.assertEqual(self.answers(), [5, 5, 0, 0, 0])
        self.run_job()
        self.assertEqual(self.answers(), [5] * 5)
        self.assertFalse(self.env['service.replanning'].search([]))

    def test_case_that_changes_or_comes_meanwhile_is_planned_at_once(self):
        self.create_policy()
        self.cases[4].priority = '2'
        new = self.create_case(opened_date=utc(WEDNESDAY))
        self.assertEqual(self.answers(), [0, 0, 0, 0, 3])
        self.assertIn('first_response', new.target_ids.mapped('kind'))
        self.run_job()
        self.assertEqual(self.answers(), [3] * 5)
        self.assertEqual(len(new.target_ids), 2)

    def test_promise_of_a_team_plans_its_cases_only(self):
        other = self.create_team('Other', self.company, resolution_hours=4)
        self.cases[0].team_id = other
        self.team.with_user(self.manager).resolution_hours = 6
        self.assertIn('0 of 4', self.team.replanning_text)
        self.assertFalse(other.replanning_text)
        self.run_job()
        self.assertEqual(
            [case.target_ids.filtered(lambda target: target.outcome == 'open').hours
             for case in self.cases], [4, 6, 6, 6, 6])

    def test_new_escalation_reaches_what_runs_on_many(self):
        policy = self.create_policy()
        self.run_job()
        self.env['service.escalation'].with_user(self.manager).create({
            'policy_target_id': policy.target_ids.id, 'notify_team': True})
        rows = self.env['service.case.escalation']
        self.assertFalse(rows.search([('case_id', 'in', self.cases.ids)]))
        self.run_job()
        self.run_job()
        found = rows.search([('case_id', 'in', self.cases.ids)])
        self.assertEqual(found.case_id, self.cases)
        self.assertEqual(len(found), 5)

    def test_policy_that_many_run_by_is_archived_before_it_is_deleted(self):
        policy = self.create_policy()
        self.run_job()
        with self.assertRaisesRegex(UserError, 'Archive “Answers” first'):
            policy.target_ids.unlink()
        with self.assertRaisesRegex(UserError, 'Archive “Answers” first'):
            policy.unlink()
        policy.action_archive()
        self.run_job()
        self.assertEqual(self.answers(), [0] * 5)
        policy.unlink()
        self.assertFalse(policy.exists())

    def test_batch_is_begun_again_when_a_case_was_changed_meanwhile(self):
        self.create_policy()
        rollbacks = []
        plan = type(self.env['service.replanning'])._plan_next

        class Changed(SerializationFailure):
            pgcode = psycopg2.errorcodes.SERIALIZATION_FAILURE

        def fail_once(replannings):
            if not rollbacks:
                raise Changed
            return plan(replannings)

        with (
            patch.object(type(self.env['service.replanning']), '_plan_next', fail_once),
            patch.object(self.env.cr, 'rollback', lambda: rollbacks.append(True)),
            mute_logger('odoo.addons.crm_plus_service.models.service_replanning'),
        ):
            self.run_job()
        self.assertEqual(len(rollbacks), 1)
        self.assertEqual(self.answers(), [3] * 5)

    def test_who_changed_it_is_told_once_when_it_begins_and_once_when_it_is_done(self):
        told = []
        self.env.cr.precommit.data.pop('service.replanning', None)  # of another test
        self.patch(
            self.env.registry['res.users'], '_bus_send',
            lambda users, kind, message, **_values: told.append((users, message['type'])))
        policy = self.create_policy()
        policy.name = 'Other'
        policy.priority = '0'
        self.assertEqual(told, [(self.manager, 'info')])
        self.run_job()
        self.assertEqual(told[1:], [(self.manager, 'success')])

    def test_rights(self):
        self.create_policy()
        replanning = self.env['service.replanning'].search([])
        self.assertEqual(replanning.with_user(self.manager).case_count, 5)
        with self.assertRaises(AccessError):
            replanning.with_user(self.manager).write({'planned_count': 5})
        for user in (self.agent, self.salesperson, self.portal):
            with self.assertRaises(AccessError):
                replanning.with_user(user).read(['reason'])


@tagged('post_install', '-at_install')
class TestDeletedPromises(ServiceCommon):
    """What runs by a promise that is deleted ends, and the team's own promise stands again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.policies = cls.env['service.policy'].create([
            {'name': name, 'company_id': cls.company.id,
             'target_ids': [Command.create({'kind': 'resolution', 'hours': hours})]}
            for name, hours in (('Fast', 2), ('Faster', 1))
        ])
        with freeze_time(WEDNESDAY):
            cls.case = cls.create_case(opened_date=utc(WEDNESDAY))

    def running(self):
        return self.case.target_ids.filtered(lambda target: target.outcome == 'open')

    @freeze_time('2026-01-14 08:30')
    def test_policies_of_the_same_promise_are_deleted_together(self):
        self.assertEqual(sorted(self.running().mapped('hours')), [1, 2])
        self.policies.with_user(self.manager).unlink()
        self.assertEqual(self.running().mapped('hours'), [8])
        self.assertEqual(
            sorted(self.case.target_ids.mapped('outcome')), ['open', 'withdrawn', 'withdrawn'])

    @freeze_time('2026-01-14 08:30')
    def test_promise_is_deleted_from_its_policy(self):
        fast, faster = self.policies
        faster.target_ids.with_user(self.manager).unlink()
        self.assertEqual(self.running().mapped('hours'), [2])
        fast.with_user(self.manager).target_ids = [Command.clear()]
        self.assertEqual(self.running().mapped('hours'), [8])
