"""What the preview of an industry template says, before anything is written."""

import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .industry_common import TRADE, IndustryCommon


@tagged('post_install', '-at_install')
class TestIndustryPreview(IndustryCommon):

    @classmethod
    def alone(cls):
        """Let there be one company, so that what has no company is shared with nobody."""
        return patch.object(
            cls.env.registry['crm.industry.template'], '_has_several_companies',
            lambda self: False)

    def states(self, template=None):
        return {key: item['state'] for key, item in self.items_of(template).items()}

    def fields_of(self, item):
        return {field['name']: (field['old'], field['new'], field['state'])
                for field in item['fields']}

    # ------------------------------------------------------------
    # SHAPE
    # ------------------------------------------------------------

    def test_what_it_is_about(self):
        preview = self.template.get_preview()
        self.assertEqual(preview['company'], "Paint Ltd")
        self.assertEqual(preview['problems'], [])
        self.assertEqual(preview['template']['key'], 'paint')
        self.assertEqual(preview['template']['modules'], [
            {'name': 'crm_plus', 'label': "CRM+", 'installed': True}])
        languages = {lang['code']: lang for lang in preview['languages']}
        self.assertTrue(languages['en_US']['active'])
        self.assertTrue(languages['ko_KR']['in_template'])
        self.assertFalse(languages['ko_KR']['active'])
        self.assertEqual(
            [section['key'] for section in preview['modules'][0]['sections']],
            list(TRADE['crm_plus.json']))
        for section in preview['modules'][0]['sections']:
            self.assertTrue(section['label'] and section['help'])
            self.assertEqual(sum(section['counts'].values()), len(section['items']))

    def test_nothing_is_written(self):
        before = self.everything()
        self.template.get_preview()
        self.assertEqual(self.everything(), before)

    def test_all_of_it_is_new(self):
        items = self.items_of()
        self.assertEqual(
            {item['state'] for key, item in items.items() if '/settings/' not in key}, {'new'})
        stage = items['crm_plus/stages/sample']
        self.assertEqual((stage['name'], stage['model'], stage['res_id']),
                         ("Sample Painted", 'crm.stage', False))
        self.assertEqual(
            self.fields_of(stage)['forecast_category'], ('', "Best Case", 'new'))
        self.assertEqual(items['crm_plus/stages/sample/revenue']['name'],
                         "Sample Painted › The litres are worth it")
        self.assertEqual(
            items['crm_plus/stages/sample/sample']['needs'],
            ['crm_plus/stages/sample', 'crm_plus/activity_plans/sample'])
        self.assertEqual(items['crm_plus/contact_cadences/best']['name'], "Best Painters")
        self.assertEqual(
            self.fields_of(items['crm_plus/score_rules/best'])['tier_ids'],
            ('', "Best Painters", 'new'))

    def test_settings(self):
        item = self.items_of()['crm_plus/settings/lead_score_warm']
        self.assertEqual((item['name'], item['state'], item['res_id']),
                         ("Warm From", 'changed', self.company.id))
        self.company.sudo().lead_score_warm = 33
        item = self.items_of()['crm_plus/settings/lead_score_warm']
        self.assertEqual(self.fields_of(item), {'lead_score_warm': ('33', '31', 'conflict')})
        self.company.sudo().lead_score_warm = 31
        self.assertEqual(self.items_of()['crm_plus/settings/lead_score_warm']['state'], 'same')

    def test_in_the_language_of_the_user(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        preview = self.template.with_context(lang='ko_KR').get_preview()
        names = {
            item['id']: item['name'] for section in preview['modules'][0]['sections']
            for item in section['items']}
        self.assertEqual(names['crm_plus/tiers/best'], "최고")
        self.assertEqual(names['crm_plus/stages/sample/revenue'], "샘플 › 가치 있음")
        self.assertEqual(preview['template']['name'], "페인트")

    # ------------------------------------------------------------
    # WHICH RECORD IT IS
    # ------------------------------------------------------------

    def test_recognised_by_name(self):
        tier = self.all['crm.customer.tier'].create({
            'name': "best painters", 'company_id': self.company.id})
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(item['res_id'], tier.id)
        self.assertEqual(item['state'], 'conflict', "somebody has made it otherwise")
        self.assertEqual(self.fields_of(item)['sequence'], ('10', '5', 'conflict'))

    def test_recognised_by_what_it_links_to(self):
        self.apply()
        cadence = self.all['crm.contact.cadence'].search(
            [('company_id', '=', self.company.id)])
        self.env['crm.industry.application'].sudo().search([]).unlink()
        self.assertEqual(
            self.items_of()['crm_plus/contact_cadences/best']['res_id'], cadence.id)

    def test_records_of_another_company_are_not_it(self):
        self.all['crm.customer.tier'].create({
            'name': "Best Painters", 'company_id': self.other_company.id})
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual((item['state'], item['res_id']), ('new', False))

    def test_own_record_goes_before_the_shared_one(self):
        shared, own = self.all['crm.customer.tier'].create([
            {'name': "Best Painters", 'company_id': False},
            {'name': "Best Painters", 'company_id': self.company.id}])
        self.assertEqual(self.items_of()['crm_plus/tiers/best']['res_id'], own.id)
        own.unlink()
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual((item['res_id'], item['shared']), (shared.id, True))

    def test_record_that_is_archived(self):
        tier = self.all['crm.customer.tier'].create({
            'name': "Best Painters", 'company_id': self.company.id, 'active': False,
            'sequence': 5, 'description': "They paint a lot."})
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(item['res_id'], tier.id)
        self.assertEqual(self.fields_of(item), {'active': ("No", "Yes", 'conflict')})

    def test_renamed_record_is_still_it_though_nothing_was_written(self):
        tag = self.all['crm.tag'].create({'name': "Outside Walls", 'color': 3})
        application = self.apply()
        self.assertNotIn('crm_plus/lead_tags/outside', application.line_ids.mapped('item'))
        tag.name = "Outdoors"
        item = self.items_of()['crm_plus/lead_tags/outside']
        self.assertEqual((item['res_id'], item['state']), (tag.id, 'conflict'))
        content = json.loads(self.templates._export(
            self.company, "Own", "Own", key='own')['own/crm_plus.json'])
        [exported] = [it for it in content['lead_tags'] if it['name'] == "Outdoors"]
        self.assertEqual(exported['key'], 'outside')

    def test_renamed_record_is_still_it(self):
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        tier.name = "The Best"
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(item['res_id'], tier.id)
        self.assertEqual(self.fields_of(item), {'name': ("The Best", "Best Painters", 'conflict')})

    # ------------------------------------------------------------
    # CONFLICTS
    # ------------------------------------------------------------

    def delivered(self, **values):
        return self.import_template('delivered', tiers=[
            {'key': 'a', 'record': 'crm_plus.crm_customer_tier_a', 'name': "Giants", **values}])

    def test_delivered_and_untouched(self):
        tier = self.all.ref('crm_plus.crm_customer_tier_a')
        tier.with_user(self.env.ref('base.user_root')).sudo().name = "A"
        template = self.delivered()
        with self.alone():
            item = self.items_of(template)['crm_plus/tiers/a']
            self.assertEqual(item['res_id'], tier.id)
            self.assertEqual(self.fields_of(item), {'name': ("A", "Giants", 'changed')})
            self.assertFalse(item['shared'])

    def test_delivered_and_changed_by_somebody(self):
        self.all.ref('crm_plus.crm_customer_tier_a').name = "Whales"
        template = self.delivered(description="They order by the ship.")
        with self.alone():
            item = self.items_of(template)['crm_plus/tiers/a']
            self.assertEqual(
                {name: state for name, (_old, _new, state) in self.fields_of(item).items()},
                {'name': 'conflict', 'description': 'conflict'})

    def test_shared_by_several_companies(self):
        template = self.delivered()
        item = self.items_of(template)['crm_plus/tiers/a']
        self.assertTrue(item['shared'])
        self.assertEqual(item['state'], 'conflict')

    def test_what_a_record_item_leaves_out_is_left_alone(self):
        template = self.import_template('delivered', tiers=[
            {'key': 'a', 'record': 'crm_plus.crm_customer_tier_a'}])
        self.assertEqual(self.states(template), {'crm_plus/tiers/a': 'same'})

    def test_what_an_item_leaves_out_is_the_default(self):
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        tier.color = 7
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(self.fields_of(item), {'color': ('7', '4', 'conflict')})

    def test_next_version_changes_what_the_last_one_wrote(self):
        self.import_template(tiers=[{'key': 'best', 'name': "Best"}])
        self.apply()
        self.import_template(tiers=[{'key': 'best', 'name': "Better", 'sequence': 7}])
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(self.fields_of(item), {
            'name': ("Best", "Better", 'changed'), 'sequence': ('10', '7', 'changed')})

    def test_own_words_in_one_language_are_a_conflict(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        self.assertEqual(tier.with_context(lang='ko_KR').name, "최고")
        tier.with_context(lang='ko_KR').name = "으뜸"
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(self.fields_of(item)['name'][2], 'conflict')

    def test_words_that_are_missing_are_no_conflict(self):
        self.apply()
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        item = self.items_of()['crm_plus/tiers/best']
        self.assertEqual(self.fields_of(item)['name'][2], 'changed')

    def test_own_lead_fields_stay_beside(self):
        self.apply()
        team = self.find('crm.team', name="Walls")
        team.lead_properties_definition = [
            *team.lead_properties_definition,
            {'name': 'mine', 'type': 'char', 'string': "Mine"}]
        self.assertEqual(self.states()['crm_plus/sales_teams/walls'], 'same')
        team.lead_properties_definition = [
            {**fact, 'string': "Liters"} if fact['name'] == 'litres' else fact
            for fact in team.lead_properties_definition]
        self.assertEqual(self.states()['crm_plus/sales_teams/walls'], 'conflict')

    # ------------------------------------------------------------
    # PROBLEMS
    # ------------------------------------------------------------

    def test_problems_of_this_database(self):
        for content, key, words in (
            ({'tiers': [{'key': 'a', 'name': 7}]}, 'tiers/a/name', "wrong kind|missing"),
            ({'tiers': [{'key': 'a', 'name': "A", 'sequence': "1"}]}, 'tiers/a/sequence',
             "whole number"),
            ({'tiers': [{'key': 'a', 'name': "A", 'sequence': 2 ** 31}]}, 'tiers/a/sequence',
             "whole number"),
            ({'tiers': [{'key': 'a', 'name': "A", 'record': 'base.user_admin'}]},
             'tiers/a/record', "something else"),
            ({'tiers': [{'key': 'a', 'record': 'crm_plus.no_such_tier'}]}, 'tiers/a/name',
             "not in this database"),
            ({'duplicate_rules': [{'key': 'a', 'kind': 'shoe size'}]}, 'duplicate_rules/a/kind',
             "choices"),
            ({'quality_checks': [{'key': 'a', 'field_id': 'shoe_size'}]},
             'quality_checks/a/field_id', "not a field"),
            ({'quality_checks': [{'key': 'a', 'kind': 'filled'}]}, 'quality_checks/a/field_id',
             "missing"),
            ({'account_profiles': [{'key': 'a', 'name': "A", 'industry_ids': ['base.user_admin']}]},
             'account_profiles/a/industry_ids', "not in this database"),
            ({'score_rules': [{'key': 'a', 'name': "A", 'domain': "[('shoe', '=', 1)]"}]},
             'score_rules/a/domain', "cannot search"),
            ({'score_rules': [{'key': 'a', 'name': "A", 'domain': "[('tag_ids', 'in', [3])]"}]},
             'score_rules/a/domain', "another database"),
            ({'score_rules': [{
                'key': 'a', 'name': "A", 'domain': "[('country_id', 'any', [('id', '=', 3)])]"}]},
             'score_rules/a/domain', "another database"),
            ({'score_rules': [{
                'key': 'a', 'name': "A", 'domain': "[('user_id.password', '=', 'x')]"}]},
             'score_rules/a/domain', "cannot search|may not read"),
            ({'tiers': [{'key': 'a', 'record': 'crm_plus.crm_customer_tier_a', 'active': False}],
              'contact_cadences': [{'key': 'a', 'tier_id': 'a'}]},
             'contact_cadences/a/tier_id', "archives"),
            ({'settings': {'lead_score_warm': True}}, 'settings/lead_score_warm', "whole number"),
            ({'settings': {'mass_mail_purpose_id': 'gone'}}, 'settings/mass_mail_purpose_id',
             "no “gone”"),
        ):
            with self.subTest(key), self.assertRaisesRegex(UserError, f'crm_plus.json, {key}: .*({words})'):
                self.import_template('broken', **content)
        self.assertFalse(self.templates.search([('key', '=', 'broken')]))

    def test_template_with_problems_is_not_applied(self):
        files = dict(self.template.files)
        files['crm_plus.json'] = '{"tiers": [{"key": "a"}]}'
        self.template.sudo().files = files
        preview = self.template.get_preview()
        self.assertIn('tiers/a/name', [problem['key'] for problem in preview['problems']])
        self.assertEqual((preview['modules'], preview['fingerprint']), ([], ''))
        with self.assertRaisesRegex(UserError, "tiers/a/name"):
            self.apply()

    def test_files_that_cannot_be_read(self):
        self.template.sudo().files = {'template.json': '{', 'crm_plus.json': '[]'}
        preview = self.template.get_preview()
        self.assertEqual(
            [problem['file'] for problem in preview['problems']], ['template.json'])

    def test_add_on_that_is_not_installed(self):
        files = dict(self.template.files)
        files['crm_plus_moon.json'] = '{"rockets": []}'
        self.template.sudo().files = files
        preview = self.template.get_preview()
        self.assertEqual(preview['problems'], [])
        self.assertIn({'name': 'crm_plus_moon', 'label': 'crm_plus_moon', 'installed': False},
                      preview['template']['modules'])

    # ------------------------------------------------------------
    # WHO MAY, AND HOW MUCH IT COSTS
    # ------------------------------------------------------------

    def test_administrators_alone(self):
        manager = new_test_user(
            self.env(su=True), 'industry_manager',
            groups='sales_team.group_sale_manager,crm_plus.group_manager')
        with self.assertRaises(AccessError):
            self.template.with_user(manager).get_preview()
        with self.assertRaises(AccessError):
            self.template.with_user(manager).read(['name'])
        with self.assertRaises(AccessError):
            self.templates.with_user(manager).apply_template_by_key('paint')
        with self.assertRaises(AccessError):
            self.templates.with_user(manager)._import_zip(b'')
        with self.assertRaises(AccessError):
            self.templates.with_user(manager)._export(self.company, "A", "B")
        with self.assertRaises(AccessError):
            self.template.write({'files': {}})

    def test_ten_times_the_items_cost_no_more_queries(self):
        def tiers(count):
            return self.import_template('tiers', tiers=[
                {'key': f'tier_{number}', 'name': f"Tier {number}"} for number in range(count)])

        def queries(template):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            template.get_preview()
            return self.env.cr.sql_log_count - before

        few = tiers(5)
        queries(few)
        expected = queries(few)
        self.assertLessEqual(queries(tiers(50)), expected)
        self.apply('tiers')
        self.items_of(few)
        expected = queries(few)
        self.assertLessEqual(queries(tiers(5)), expected)
