import json

from odoo.addons.crm_plus.industry_templates.writing import pack
from odoo.addons.crm_plus.tests.industry_common import IndustrySectionsCommon
from odoo.exceptions import UserError
from odoo.tests import tagged

VALUE = {
    'settings': {
        'customer_value_basis': 'order', 'customer_value_horizon': 24,
        'customer_value_weight_service': 40, 'customer_value_recency_limits': "30 60 120 240",
        'customer_value_lost_chance': 0.1, 'customer_tier_automatic': True,
    },
    'segments': [
        {'key': 'champions', 'record': 'crm_plus_analytics.customer_segment_champions',
         'name': "Pillars"},
        {'key': 'sleeping', 'name': "Sleeping giants", 'sequence': 5, 'color': 2, 'rule': 'domain',
         'domain': "[('revenue', '>', 1000), ('days_since_last', '>', 200)]"},
    ],
    'tier_rules': [
        {'key': 'best', 'name': "Brings the most", 'tier_id': 'best', 'segment_ids': ['champions'],
         'abc_class': 'A', 'domain': "[('composite_score', '>=', 75)]"},
    ],
}


@tagged('post_install', '-at_install')
class TestIndustrySections(IndustrySectionsCommon):
    """The configuration of customer value travels by industry templates, there and back."""

    files = {'crm_plus_analytics.json': VALUE}

    def test_applied(self):
        self.assertEqual(self.template.get_preview()['problems'], [])
        self.apply()
        self.assertEqual(self.company.customer_value_basis, 'order')
        self.assertEqual(self.company.customer_value_horizon, 24)
        self.assertEqual(self.company._customer_value_weights()['service'], 40)
        self.assertEqual(
            self.company._customer_value_cut_points(), {'recency': [30, 60, 120, 240]})
        sleeping = self.env['customer.segment'].search([('name', '=', "Sleeping giants")])
        self.assertEqual((sleeping.company_id, sleeping.rule), (self.company, 'domain'))
        rule = self.env['customer.tier.rule'].search([('name', '=', "Brings the most")])
        self.assertEqual((rule.tier_id.name, rule.abc_class), ("Best", 'A'))
        self.assertEqual(
            rule.segment_ids, self.env.ref('crm_plus_analytics.customer_segment_champions'))

    def test_shared_segments_are_left_alone(self):
        champions = self.env.ref('crm_plus_analytics.customer_segment_champions')
        name = champions.name
        self.apply()
        self.assertEqual(champions.name, name)
        [item] = [
            item for module in self.template.get_preview()['modules']
            for section in module['sections'] for item in section['items']
            if item['res_id'] == champions.id and item['model'] == champions._name]
        self.assertEqual((item['state'], item['shared']), ('conflict', True))
        self.apply(overwrite=True)
        self.assertEqual(champions.name, "Pillars")

    def test_scored_by_it(self):
        self.apply()
        run = self.env['customer.score.run'].create({'company_id': self.company.id})
        run._execute()
        self.assertEqual((run.state, run.failure), ('done', False))
        self.assertEqual((run.basis, run.horizon_months), ('order', 24))

    def test_twice_changes_nothing(self):
        self.apply(overwrite=True)
        self.assertFalse(self.templates.apply_template_by_key('pumps', overwrite=True))

    def test_undone(self):
        fields = ('customer_value_basis', 'customer_value_horizon', 'customer_tier_automatic',
                  'customer_value_weight_service', 'customer_value_recency_limits')
        before = self.company.read(fields)
        counts = {model: self.env[model].search_count([]) for model in (
            'customer.segment', 'customer.tier.rule', 'crm.customer.tier')}
        self.apply(overwrite=True).action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.company.read(fields), before)
        self.assertEqual({model: self.env[model].search_count([]) for model in counts}, counts)
        self.assertEqual(
            self.env.ref('crm_plus_analytics.customer_segment_champions').name, "Champions")

    def export(self):
        files = self.templates._export(self.company, "Own", "Own", key='own')
        return {path.partition('/')[2]: text for path, text in files.items()}

    def test_exported_as_it_came(self):
        self.apply(overwrite=True)
        exported = json.loads(self.export()['crm_plus_analytics.json'])
        self.assertEqual(exported['settings'], VALUE['settings'])
        segments = {item['key']: item for item in exported['segments']}
        self.assertEqual(segments['sleeping'], VALUE['segments'][1])
        self.assertEqual(segments['champions']['name'], "Pillars")
        self.assertEqual(
            segments['champions']['record'], 'crm_plus_analytics.customer_segment_champions')
        self.assertIn(VALUE['tier_rules'][0], exported['tier_rules'])

    def test_there_and_back(self):
        self.apply(overwrite=True)
        first = self.export()
        applications = self.env['crm.industry.application'].search([], order='id desc')
        for application in applications:
            application.action_undo()
        applications.sudo().unlink()
        self.env.invalidate_all()
        self.assertFalse(self.env['customer.segment'].search([('name', '=', "Sleeping giants")]))
        self.templates._import_zip(pack({f'own/{name}': text for name, text in first.items()}))
        self.assertTrue(self.templates.apply_template_by_key('own', overwrite=True))
        self.env.invalidate_all()
        self.assertEqual(self.export(), first)

    def test_conditions_are_tried(self):
        for domain, words in (
            ("[('revenu', '>', 1)]", "revenu"),
            ("[('revenue', '>', __import__('os'))]", "domain"),
            ("[('segment_id.name', '=', 'x')]", "decided only by them"),
        ):
            with self.subTest(domain), self.assertRaisesRegex(UserError, words):
                self.import_template({'crm_plus_analytics.json': {'segments': [{
                    'key': 'odd', 'name': "Odd", 'rule': 'domain', 'domain': domain}]}})
                self.apply()
