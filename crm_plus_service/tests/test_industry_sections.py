import json

from odoo.addons.crm_plus.industry_templates.writing import order_items, pack
from odoo.addons.crm_plus.tests.industry_common import IndustrySectionsCommon
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

SERVICE = {
    'settings': {'service_warranty_from': 'invoice', 'service_nps_months': 6},
    'skills': [{'key': 'mixing', 'name': 'Mixing'}],
    'case_tags': [{'key': 'batch', 'name': 'Batch at fault', 'color': 3}],
    'case_stages': [
        {'key': 'sampling', 'name': 'Sampling', 'sequence': 21, 'waiting_for': 'customer'},
        {'key': 'solved', 'record': 'crm_plus_service.stage_solved', 'name': 'Settled',
         'sequence': 30, 'is_closed': True},
    ],
    'case_types': [
        {'key': 'claim', 'name': 'Claim', 'weight': 2, 'skills': [
            {'key': 'mixing', 'skill_id': 'mixing', 'level': '2'}]},
    ],
    'response_classes': [
        {'key': 'gold', 'name': 'Gold Care', 'description': 'An answer within the hour.'}],
    'service_teams': [
        {'key': 'claims', 'name': 'Claims', 'strategy': 'best_skill',
         'overflow_team_id': 'office', 'overflow_minutes': 30},
        {'key': 'office', 'name': 'Office', 'sequence': 20, 'reopen_days': 7},
    ],
    'warranties': [
        {'key': 'pumps', 'name': 'Pumps', 'parent_id': 'product.product_category_goods',
         'warranty_months': 24},
        {'key': 'small_pumps', 'name': 'Small Pumps', 'parent_id': 'pumps',
         'warranty_months': 12},
    ],
    'policies': [
        {'key': 'claims', 'name': 'Claims of best customers', 'team_ids': ['claims'],
         'type_ids': ['claim'], 'priority': '1', 'tag_ids': ['batch'],
         'tier_ids': ['best'], 'product_category_ids': ['pumps'], 'response_class_ids': ['gold'],
         'targets': [
             {'key': 'answer', 'kind': 'first_response', 'hours': 2, 'escalations': [
                 {'key': 'soon', 'moment': 'before', 'hours': 0.5, 'notify_agent': True},
                 {'key': 'late', 'moment': 'at', 'raise_priority': True}]},
             {'key': 'sample', 'kind': 'stage', 'stage_id': 'sampling', 'sequence': 20,
              'hours': 8},
         ]},
    ],
}
KOREAN = {
    'skills': {'mixing': {'name': '혼합'}},
    'policies': {'claims': {'name': '주요 고객의 클레임'}},
}


@tagged('post_install', '-at_install')
class TestIndustrySections(IndustrySectionsCommon):
    """The configuration of customer service travels by industry templates, there and back."""

    files = {'crm_plus_service.json': SERVICE, 'crm_plus_service.ko_KR.json': KOREAN}
    languages = ('ko_KR',)

    def test_nothing_wrong_with_it(self):
        self.assertEqual(self.template.get_preview()['problems'], [])

    def test_applied(self):
        self.apply()
        self.assertEqual(self.company.service_warranty_from, 'invoice')
        team = self.env['service.team'].search([('name', '=', 'Claims')])
        self.assertEqual(team.company_id, self.company)
        self.assertEqual((team.overflow_team_id.name, team.overflow_minutes), ('Office', 30))
        kind = self.env['service.case.type'].search([('name', '=', 'Claim')])
        self.assertEqual((kind.skill_ids.skill_id.name, kind.skill_ids.level), ('Mixing', '2'))
        small = self.env['product.category'].search([('name', '=', 'Small Pumps')])
        self.assertEqual(small.complete_name, 'Goods / Pumps / Small Pumps')
        self.assertEqual(small.warranty_months, 12)
        self.assertEqual(
            self.env['service.skill'].with_context(lang='ko_KR').search(
                [('name', '=', '혼합')]).with_context(lang='en_US').name, 'Mixing')

    def test_policy_promises(self):
        self.apply()
        policy = self.env['service.policy'].search([('company_id', '=', self.company.id)])
        self.assertEqual(policy.name, 'Claims of best customers')
        self.assertEqual(policy.tier_ids.name, 'Best')
        self.assertEqual(policy.product_category_ids.name, 'Pumps')
        answer, sample = policy.target_ids.sorted('sequence')
        self.assertEqual((answer.kind, answer.hours, answer.pausable), ('first_response', 2, False))
        self.assertEqual((sample.stage_id.name, sample.pausable), ('Sampling', True))
        self.assertEqual(
            {(it.moment, it.hours) for it in answer.escalation_ids}, {('before', 0.5), ('at', 0)})

    def test_promised_on_cases(self):
        self.apply()
        customer = self.env['res.partner'].create({'name': 'Brook', 'is_company': True})
        customer.customer_tier_id = self.env['crm.customer.tier'].search([('name', '=', 'Best')])
        product = self.env['product.product'].create({
            'name': 'Pump', 'type': 'service',
            'categ_id': self.env['product.category'].search([('name', '=', 'Pumps')]).id})
        policy = self.env['service.policy'].search([('company_id', '=', self.company.id)])
        policy.response_class_ids = False
        case = self.env['service.case'].create({
            'name': 'Leaks', 'partner_id': customer.id, 'priority': '2',
            'team_id': self.env['service.team'].search([('name', '=', 'Claims')]).id,
            'type_id': self.env['service.case.type'].search([('name', '=', 'Claim')]).id,
            'tag_ids': self.env['service.case.tag'].search([('name', '=', 'Batch at fault')]).ids,
            'product_id': product.id,
        })
        self.assertEqual(set(case.target_ids.mapped('kind')), {'first_response', 'stage'})

    def test_twice_changes_nothing(self):
        self.apply()
        self.assertFalse(self.templates.apply_template_by_key('pumps'))
        states = {
            item['name']: item['state'] for module in self.template.get_preview()['modules']
            for section in module['sections'] for item in section['items']}
        # stages are shared with the other companies, which go on calling it as they do
        self.assertEqual(states.pop('Settled'), 'conflict')
        self.assertEqual(set(states.values()), {'same'})

    def test_undone(self):
        before = self.env['service.stage'].browse(
            self.env.ref('crm_plus_service.stage_solved').id).name
        models = ('service.skill', 'service.case.type', 'service.team', 'service.policy',
                  'service.policy.target', 'service.escalation', 'product.category',
                  'service.response.class', 'service.case.tag', 'service.stage')
        counts = {model: self.env[model].search_count([]) for model in models}
        self.apply().action_undo()
        self.env.invalidate_all()
        self.assertEqual({model: self.env[model].search_count([]) for model in models}, counts)
        self.assertEqual(self.env.ref('crm_plus_service.stage_solved').name, before)
        self.assertEqual(self.company.service_warranty_from, 'delivery')

    def test_what_is_used_stays(self):
        application = self.apply()
        team = self.env['service.team'].search([('name', '=', 'Office')])
        self.env['service.case'].create({'name': 'Where is it?', 'team_id': team.id})
        kept = application.get_undo_preview()['kept']
        self.assertIn('Office', [entry['name'] for entry in kept])
        application.action_undo()
        self.assertTrue(team.exists())

    def export(self):
        files = self.templates._export(self.company, 'Own', 'Own', key='own')
        return {path.partition('/')[2]: text for path, text in files.items()}

    def exported(self):
        return json.loads(self.export()['crm_plus_service.json'])

    def test_exported_as_it_came(self):
        self.apply()
        exported = self.exported()
        self.assertEqual(exported['settings'], SERVICE['settings'])
        for section in self.templates._industry_sections()['crm_plus_service']:
            found = {item['key']: item for item in exported[section.key]}
            for item in order_items(SERVICE[section.key], section):
                if 'record' not in item:
                    self.assertEqual(found[item['key']], item, section.key)
        texts = json.loads(self.export()['crm_plus_service.ko_KR.json'])
        for section, items in KOREAN.items():
            for key, words in items.items():
                self.assertEqual(texts[section][key], words)

    def test_there_and_back(self):
        self.apply()
        first = self.export()
        applications = self.env['crm.industry.application'].search([], order='id desc')
        for application in applications:
            application.action_undo()
        applications.sudo().unlink()
        self.env.invalidate_all()
        self.assertFalse(self.env['service.policy'].search(
            [('company_id', '=', self.company.id)]))
        self.templates._import_zip(pack({f'own/{name}': text for name, text in first.items()}))
        self.assertTrue(self.templates.apply_template_by_key('own', overwrite=True))
        self.env.invalidate_all()
        self.assertEqual(self.export(), first)

    def test_what_is_computed_unless_said_otherwise(self):
        self.apply()
        policy = self.env['service.policy'].search([('company_id', '=', self.company.id)])
        answer, sample = policy.target_ids.sorted('sequence')
        answer.pausable, sample.pausable = True, False
        [exported] = [it for it in self.exported()['policies'] if it['key'] == 'claims']
        self.assertEqual([it.get('pausable') for it in exported['targets']], [True, False])
        answer.pausable, sample.pausable = False, True
        [exported] = [it for it in self.exported()['policies'] if it['key'] == 'claims']
        self.assertEqual([it.get('pausable') for it in exported['targets']], [None, None])

    def test_catalogue_is_no_configuration(self):
        """Of the categories those are exported that have a warranty, or that something names."""
        self.apply()
        categories = self.env['product.category']
        goods = self.env.ref('product.product_category_goods')
        spare, plain, above, below = categories.create([
            {'name': 'Spare Parts', 'parent_id': goods.id, 'warranty_months': 6},
            {'name': 'Plain', 'parent_id': goods.id}, {'name': 'Above'}, {'name': 'Below'}])
        below.parent_id = above
        self.env['service.policy'].search(
            [('company_id', '=', self.company.id)]).product_category_ids += below
        warranties = {item['name']: item for item in self.exported()['warranties']}
        self.assertEqual(
            set(warranties), {'Pumps', 'Small Pumps', 'Spare Parts', 'Above', 'Below'})
        self.assertEqual(
            warranties['Spare Parts']['parent_id'], 'product.product_category_goods')
        self.assertEqual(warranties['Below']['parent_id'], 'above')
        self.assertNotIn(plain.name, warranties)
        self.assertEqual(spare.warranty_months, 6)

    def test_escalations_to_certain_people_stay_here(self):
        self.apply()
        user = new_test_user(
            self.env, 'night', company_id=self.company.id, company_ids=self.company.ids)
        target = self.env['service.policy'].search(
            [('company_id', '=', self.company.id)]).target_ids[:1]
        escalation = self.env['service.escalation'].create({
            'policy_target_id': target.id, 'moment': 'after', 'hours': 1,
            'notify_user_ids': user.ids})
        section = next(
            it for it in self.templates._industry_sections()['crm_plus_service']
            if it.key == 'policies')
        section = section.child('targets').child('escalations')
        self.assertIn(
            'certain people', self.templates._industry_left_out(section, escalation))
        escalation.raise_priority = True
        self.assertFalse(self.templates._industry_left_out(section, escalation))

    def test_mistakes_are_named(self):
        for service, words in (
            ({'case_types': [{'key': 'a', 'name': 'A', 'weight': 'heavy'}]}, 'weight'),
            ({'policies': [{'key': 'a', 'name': 'A', 'team_ids': ['nowhere']}]}, 'nowhere'),
            ({'service_teams': [{'key': 'a', 'name': 'A', 'strategy': 'dice'}]}, 'dice'),
            ({'service_teams': [{'key': 'a', 'name': 'A', 'member_ids': ['ada']}]}, 'member_ids'),
            ({'settings': {'service_nps_user_id': 'base.user_admin'}}, 'service_nps_user_id'),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self.import_template({'crm_plus_service.json': service}, 'broken')
