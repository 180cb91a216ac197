"""The configuration of a company as a template, there and back, byte for byte."""

import json

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..industry_templates.reading import parse_files
from ..industry_templates.writing import canonical, pack
from .industry_common import TRADE, IndustryCommon


@tagged('post_install', '-at_install')
class TestIndustryExport(IndustryCommon):

    def export(self, company=None):
        return self.templates._export(
            company or self.company, "Our Own", "What we have", key='own', icon='fa-star')

    def content(self, files, name='crm_plus.json'):
        return json.loads(files[f'own/{name}'])

    def forget(self):
        """Undo everything and forget it: the database is as empty as it was."""
        applications = self.env['crm.industry.application'].search([], order='id desc')
        for application in applications:
            application.action_undo()
        applications.sudo().unlink()
        self.env.invalidate_all()

    def test_there_and_back(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.apply()
        first = self.export()
        self.forget()
        self.assertFalse(self.find('crm.customer.tier', name="Best Painters"))
        self.templates._import_zip(pack(first))
        self.assertTrue(self.apply('own', overwrite=True).created_count)
        self.assertEqual(self.export(), first)

    def test_there_and_back_with_all_that_is_there(self):
        """Also what was made by hand: demo data, delivered records, another company's nothing."""
        company = self.all.ref('base.main_company')
        self.admin.sudo().company_ids += company
        self.all['crm.customer.tier'].create({'name': "Made by hand", 'company_id': company.id})
        first = self.export(company)
        template = self.templates._import_zip(pack(first))
        preview = template.with_company(company).get_preview()
        self.assertEqual(preview['problems'], [])
        different = [
            (item['id'], item['fields']) for module in preview['modules']
            for section in module['sections'] for item in section['items']
            if item['state'] != 'same']
        self.assertEqual(different, [], "what was just exported is so")
        self.assertEqual(self.export(company), first)
        tiers = [tier['name'] for tier in self.content(first)['tiers']]
        self.assertIn("Made by hand", tiers)

    def test_files_are_canonical_and_valid(self):
        self.apply()
        files = {path.partition('/')[2]: text for path, text in self.export().items()}
        contents, problems = parse_files(files)
        self.assertEqual(problems, [])
        self.assertEqual(canonical(
            contents, self.templates._industry_sections(), self.templates._industry_settings()),
            files)

    def test_keys_of_earlier_applications(self):
        self.apply()
        content = self.content(self.export())
        stage = next(stage for stage in content['stages'] if stage['key'] == 'sample')
        wanted = TRADE['crm_plus.json']['stages'][0]
        self.assertEqual(stage, wanted)
        rule = next(rule for rule in content['score_rules'] if rule['key'] == 'best')
        self.assertEqual(rule['tier_ids'], ['best'])
        team = next(team for team in content['sales_teams'] if team['key'] == 'walls')
        self.assertEqual(team, TRADE['crm_plus.json']['sales_teams'][0])

    def test_keys_made_of_names(self):
        self.all['crm.customer.tier'].create([
            {'name': name, 'company_id': self.company.id, 'sequence': 90 + number}
            for number, name in enumerate(("Très Bien!", "Tres bien", "금"))])
        tiers = {tier['name']: tier['key'] for tier in self.content(self.export())['tiers']}
        self.assertEqual(
            (tiers["Très Bien!"], tiers["Tres bien"], tiers["금"]),
            ('tres_bien', 'tres_bien_2', 'tiers'))

    def test_delivered_records_are_named(self):
        tiers = self.content(self.export())['tiers']
        tier = next(
            tier for tier in tiers if tier.get('record') == 'crm_plus.crm_customer_tier_a')
        self.assertEqual(tier['sequence'], 10, "a record's values stand there, defaults too")
        cadences = self.content(self.export())['contact_cadences']
        self.assertTrue(all(cadence['tier_id'] for cadence in cadences))

    def test_settings_that_are_not_the_default(self):
        self.company.sudo().lead_score_warm = 31
        settings = self.content(self.export())['settings']
        self.assertEqual(settings, {'lead_score_warm': 31})

    def test_translations(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.apply()
        texts = self.content(self.export(), 'crm_plus.ko_KR.json')
        self.assertEqual(texts['tiers']['best'], {'name': "최고", 'description': "많이 칠합니다."})
        self.assertEqual(texts['stages']['sample/revenue'], {'name': "가치 있음"})

    def test_words_that_odoo_keeps_in_one_language(self):
        """Labels of lead fields, names of sources, steps: in the language of who applied."""
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        savepoint = self.env.cr.savepoint()
        self.apply()
        english = self.export()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.templates.with_context(lang='ko_KR').apply_template_by_key('paint')
        self.assertEqual(
            self.find('crm.team', name="Walls").lead_properties_definition[0]['string'],
            "연간 리터")
        self.assertEqual(self.export(), english)
        texts = self.content(english, 'crm_plus.ko_KR.json')
        trade = TRADE['crm_plus.ko_KR.json']
        self.assertEqual(texts['sales_teams'], trade['sales_teams'])
        self.assertEqual(texts['activity_plans'], trade['activity_plans'])

    def test_own_words_are_nobody_elses(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.apply()
        team = self.find('crm.team', name="Walls")
        litres, gloss = team.lead_properties_definition
        team.lead_properties_definition = [{**litres, 'string': "Liters"}, gloss]
        self.all['mail.activity.plan.template'].search(
            [('summary', '=', "Send it")]).summary = "Send two"
        exported = self.export()
        [walls] = [team for team in self.content(exported)['sales_teams']
                   if team['key'] == 'walls']
        self.assertEqual(walls['lead_fields'][0]['string'], "Liters")
        texts = self.content(exported, 'crm_plus.ko_KR.json')
        self.assertEqual(set(texts['sales_teams']['walls']['lead_fields']), {'gloss'})
        self.assertNotIn('activity_plans', texts)

    def test_nothing_of_another_company(self):
        self.apply(company=self.other_company)
        content = self.content(self.export())
        self.assertNotIn('best', {tier['key'] for tier in content['tiers']})
        self.assertNotIn('walls', {team['key'] for team in content['sales_teams']})

    def test_what_is_left_out_is_said(self):
        stage = self.find('crm.stage', name="New")[:1] or self.all['crm.stage'].search([], limit=1)
        template = self.all['mail.template'].create({
            'name': "Hello", 'model_id': self.all['ir.model']._get_id('crm.lead')})
        self.all['crm.stage.action'].create({
            'name': "Write to them", 'stage_id': stage.id, 'company_id': self.company.id,
            'kind': 'mail', 'mail_template_id': template.id})
        self.all['crm.stage.criterion'].create({
            'name': "The boss agrees", 'stage_id': stage.id, 'company_id': self.company.id,
            'kind': 'approval', 'approver_ids': self.admin.ids})
        tag = self.all['crm.tag'].create({'name': "Blue"})
        self.all['crm.score.rule'].create({
            'name': "Blue ones", 'company_id': self.company.id,
            'domain': f"[('tag_ids', 'in', [{tag.id}])]"})
        team = self.all['crm.team'].create({'name': "Blues", 'company_id': self.company.id})
        self.all['crm.response.promise'].create({
            'name': "Quick", 'company_id': self.company.id, 'team_id': team.id,
            'escalation_ids': [(0, 0, {
                'reassign': 'user', 'user_id': self.admin.id, 'moment': 'at'})]})
        left_out = ' '.join(self.templates._export_left_out(self.company))
        for words in ("Write to them", "The boss agrees", "Blue ones", "certain people"):
            self.assertIn(words, left_out)
        text = json.dumps(self.export(), ensure_ascii=False)
        for words in ("Write to them", "The boss agrees", "Blue ones", 'industry_admin'):
            self.assertNotIn(words, text)
        promise = next(
            promise for promise in self.content(self.export())['response_promises']
            if promise['name'] == "Quick")
        self.assertEqual((promise['team_id'], promise.get('escalations')), ('blues', None))

    def test_what_names_something_left_out_is_left_out_too(self):
        kind = self.all['mail.activity.type'].create({'name': "Climb", 'category': 'meeting'})
        self.all['crm.score.rule'].create({
            'name': "Climbed", 'company_id': self.company.id, 'kind': 'engagement',
            'event': 'activity', 'activity_type_id': kind.id})
        left_out = ' '.join(self.templates._export_left_out(self.company))
        self.assertIn("Climb", left_out)
        self.assertNotIn('Climbed', json.dumps(self.export()))

    def test_key_of_a_delivered_template_is_taken(self):
        key = self.templates.search([('is_delivered', '=', True)], limit=1).key
        files = self.templates._export(self.company, "Ours", "Ours", key=key)
        with self.assertRaisesRegex(UserError, "delivered with CRM"):
            self.templates._import_zip(pack(files))

    def test_delivered_templates_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, "comes back"):
            self.templates.search([('is_delivered', '=', True)], limit=1).unlink()
        self.template.unlink()
        self.assertFalse(self.template.exists())
