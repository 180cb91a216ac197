"""The demonstration data shows each part of the add-on with some life in it."""

from unittest import SkipTest

from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref('crm_plus_service.user_lea', raise_if_not_found=False):
            raise SkipTest('without demonstration data')

    def demo(self, model):
        """Return the records that the demonstration data has made."""
        return self.env[model].browse(self.env['ir.model.data'].search([
            ('module', '=', 'crm_plus_service'), ('model', '=', model)]).mapped('res_id'))

    def test_promises_in_every_state(self):
        targets = self.demo('service.case').target_ids
        states = set(targets.mapped('state'))
        self.assertGreaterEqual(states, {'running', 'due_soon', 'overdue', 'paused', 'kept', 'missed'})
        self.assertGreaterEqual(
            set(targets.mapped('kind')), {'first_response', 'next_response', 'resolution'})

    def test_monitor_of_the_lead(self):
        lea = self.env.ref('crm_plus_service.user_lea')
        teams = self.env['service.monitor'].with_user(lea).get_monitor()['teams']
        self.assertEqual({team['name'] for team in teams}, {'Customer Service', 'Repairs'})
        [service] = [team for team in teams if team['name'] == 'Customer Service']
        self.assertTrue(service['queue']['count'])
        self.assertTrue(service['overdue'])
        self.assertTrue(service['due_soon'])
        agents = [agent for agent in service['agents'] if agent['capacity']]
        self.assertGreaterEqual(len(agents), 3)
        self.assertTrue(any(agent['is_absent'] for agent in agents))

    def test_skills(self):
        skills = self.demo('service.agent').skill_ids
        self.assertGreaterEqual(len(skills.skill_id), 3)
        self.assertEqual(set(skills.mapped('level')), {'2', '3'})

    def test_coverage(self):
        states = set(self.demo('service.case').mapped('coverage_state'))
        self.assertGreaterEqual(states, {'warranty', 'contract', 'none'})

    def test_satisfaction(self):
        ratings = self.demo('rating.rating')
        self.assertEqual(set(ratings.mapped('rating')), {1, 3, 5})
        bad = ratings.filtered(lambda rating: rating.rating == 1)
        self.assertTrue(self.env['service.case'].browse(bad.res_id).activity_ids)
        answers = self.demo('service.nps.answer')
        self.assertEqual(
            set(answers.mapped('category')), {'promoter', 'passive', 'detractor', False})

    def test_working_together(self):
        self.assertEqual(
            set(self.demo('service.handover').mapped('state')), {'requested', 'refused'})
        merged = self.env.ref('crm_plus_service.case_chair_again')
        self.assertEqual(merged.merged_into_id, self.env.ref('crm_plus_service.case_chair'))
        self.assertGreaterEqual(
            set(self.demo('service.case').assignment_ids.mapped('reason')),
            {'best_skill', 'pulled', 'moved'})

    def test_what_needs_attention(self):
        entries = self.demo('service.intake')
        self.assertEqual(set(entries.mapped('state')), {'open'})
        self.assertEqual(set(entries.team_id.mapped('attention_count')), {1, 2})
        retried = self.env.ref('crm_plus_service.intake_samples')
        retried.action_retry()
        self.assertEqual(retried.state, 'done')
        self.assertEqual(retried.case_id.name, 'Samples of the new fabrics')
        self.assertEqual(retried.case_id.partner_id, self.env.ref('crm_plus.partner_rosa'))
        for name, reason in (('offer', 'character set'), ('bench', 'too long')):
            entry = self.env.ref(f'crm_plus_service.intake_{name}')
            entry.action_retry()
            self.assertEqual(entry.state, 'open')
            self.assertIn(reason, entry.reason)
