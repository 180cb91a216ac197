"""Applying industry templates: all or parts, twice, in two companies, and never by half."""

import random
from copy import deepcopy

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..industry_templates.writing import dumps, pack
from .industry_common import TRADE, IndustryCommon
from .test_industry_files import mutate


@tagged('post_install', '-at_install')
class TestIndustryApply(IndustryCommon):

    def apply_items(self, *item_ids, overwrite=None, languages=(), template=None):
        template = template or self.template
        preview = template.get_preview()
        result = template.apply_template(
            list(item_ids), overwrite or {}, list(languages), preview['fingerprint'])
        self.env.invalidate_all()
        return result

    # ------------------------------------------------------------
    # ALL OF IT
    # ------------------------------------------------------------

    def test_what_is_there_afterwards(self):
        application = self.apply()
        stage = self.find('crm.stage', name="Sample Painted")
        self.assertEqual(
            (stage.sequence, stage.forecast_category, stage.requirements),
            (17, 'best_case', "A wall has been painted."))
        field, domain = stage.exit_criterion_ids
        self.assertEqual((field.field_id.name, field.company_id), (
            'expected_revenue', self.company.with_env(self.all)))
        self.assertEqual(domain.domain, "[('lead_properties.litres', '>', 10)]")
        plan = stage.entry_action_ids.plan_id
        self.assertEqual((plan.res_model, plan.company_id.name), ('crm.lead', "Paint Ltd"))
        self.assertEqual(plan.template_ids.sorted('sequence').mapped('summary'),
                         ["Send it", "Ask how it was"])
        team = self.find('crm.team', name="Walls")
        self.assertEqual(
            [fact['name'] for fact in team.lead_properties_definition], ['litres', 'gloss'])
        rule = self.find('crm.score.rule', name="Paints a lot")
        self.assertEqual(rule.tier_ids.name, "Best Painters")
        promise = self.find('crm.response.promise', name="Met at the fair")
        self.assertEqual((promise.source_id.name, promise.team_id), ("Fair of Painters", team))
        self.assertEqual(set(promise.escalation_ids.mapped('moment')), {'before', 'at'})
        self.assertEqual(
            (self.company.lead_score_warm, self.company.lead_score_hot), (31, 61))
        self.assertTrue(self.company.crm_ask_why_won)
        self.assertFalse(self.other_company.sudo().crm_ask_why_won)
        self.assertEqual(application.changed_count, 3)
        self.assertEqual(application.created_count, len(application.line_ids) - 3)

    def test_twice_changes_nothing(self):
        self.apply()
        before = self.everything()
        self.assertEqual({item['state'] for item in self.items_of().values()}, {'same'})
        self.assertFalse(self.apply(overwrite=True))
        self.assertEqual(self.everything(), before)
        self.assertFalse(self.import_template('again').id == self.template.id)
        self.assertFalse(self.apply('again'), "nor does the same by another name")

    def test_journal(self):
        application = self.apply()
        self.assertEqual(
            (application.template_id, application.template_key, application.version),
            (self.template, 'paint', '1.0'))
        self.assertEqual((application.user_id, application.company_id, application.state),
                         (self.admin, self.company, 'applied'))
        line = application.line_ids.filtered(lambda line: line.item == 'crm_plus/tiers/best')
        self.assertEqual((line.kind, line.model, line.name, line.section),
                         ('created', 'crm.customer.tier', "Best Painters", 'tiers'))
        self.assertEqual(line.after['name']['en_US'], "Best Painters")
        line = application.line_ids.filtered(
            lambda line: line.item == 'crm_plus/settings/lead_score_warm')
        self.assertEqual(line.kind, 'changed')
        self.assertNotEqual(line.before, line.after)
        self.assertEqual(line.after, {'lead_score_warm': 31})
        self.template.invalidate_recordset()
        self.assertEqual(self.template.last_application_id, application)

    def test_from_a_data_file(self):
        # as the loader of data files calls it: with all rights, without a language
        env = self.env(user=self.env.ref('base.user_root'), su=True, context={})
        applied = env['crm.industry.template'].apply_template_by_key(
            'paint', company=self.other_company.id)
        self.assertEqual(
            env['crm.industry.application'].browse(applied).company_id.id, self.other_company.id)
        with self.assertRaisesRegex(UserError, "no template “glue”.*paint"):
            self.templates.apply_template_by_key('glue')

    # ------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------

    def test_what_is_needed_is_taken_along(self):
        result = self.apply_items('crm_plus/stages/sample/sample')
        self.assertEqual((result['created'], result['changed'], result['skipped']), (3, 0, 0))
        stage = self.find('crm.stage', name="Sample Painted")
        self.assertEqual(stage.entry_action_ids.plan_id.name, "Send a Sample")
        self.assertFalse(stage.exit_criterion_ids)
        self.assertFalse(stage.entry_action_ids.plan_id.template_ids)
        # the rest of it later
        result = self.apply_items(*self.items_of())
        self.assertTrue(result['created'])
        self.assertEqual({item['state'] for item in self.items_of().values()}, {'same'})

    def test_nothing_chosen(self):
        before = self.everything()
        self.assertEqual(self.apply_items(), {
            'application_id': False, 'created': 0, 'changed': 0, 'skipped': 0})
        self.assertEqual(self.everything(), before)

    def test_item_that_is_not_there(self):
        with self.assertRaisesRegex(UserError, "crm_plus/tiers/gone"):
            self.apply_items('crm_plus/tiers/gone')

    def test_preview_that_is_no_longer_true(self):
        preview = self.template.get_preview()
        self.company.sudo().lead_score_warm = 12
        with self.assertRaisesRegex(UserError, "no longer true"):
            self.template.apply_template(
                ['crm_plus/tiers/best'], {}, [], preview['fingerprint'])
        self.assertFalse(self.find('crm.customer.tier', name="Best Painters"))

    def test_preview_of_another_company(self):
        self.import_template('tag', lead_tags=[{'key': 'a', 'name': "Thinner", 'color': 3}])
        template = self.templates.search([('key', '=', 'tag')])
        preview = template.get_preview()
        with self.assertRaisesRegex(UserError, "no longer true"):
            template.with_context(
                allowed_company_ids=self.other_company.ids,
            ).apply_template(['crm_plus/lead_tags/a'], {}, [], preview['fingerprint'])
        self.assertFalse(self.find('crm.tag', name="Thinner"))

    # ------------------------------------------------------------
    # CONFLICTS
    # ------------------------------------------------------------

    def test_conflicts_are_never_overwritten_unless_chosen(self):
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        tier.write({'name': "Mine", 'sequence': 99})
        self.import_template(tiers=[
            {'key': 'best', 'name': "Best", 'sequence': 5, 'color': 9,
             'description': "They paint a lot."}])
        result = self.apply_items('crm_plus/tiers/best')
        self.assertEqual((result['changed'], result['skipped']), (1, 1))
        tier.invalidate_recordset()
        self.assertEqual((tier.name, tier.sequence, tier.color), ("Mine", 99, 9))
        result = self.apply_items(overwrite={'crm_plus/tiers/best': ['sequence']})
        self.assertEqual((tier.name, tier.sequence), ("Mine", 5))
        self.assertFalse(self.apply())
        self.assertEqual(tier.name, "Mine")
        self.assertTrue(self.apply(overwrite=True))
        self.assertEqual(tier.name, "Best")

    def test_shared_records_are_changed_by_choice_alone(self):
        tier = self.all.ref('crm_plus.crm_customer_tier_a')
        tier.name = "A"
        self.import_template('delivered', tiers=[
            {'key': 'a', 'record': 'crm_plus.crm_customer_tier_a', 'name': "Giants"}])
        self.assertFalse(self.apply('delivered'))
        self.assertEqual(tier.name, "A")
        self.assertTrue(self.apply('delivered', overwrite=True))
        self.assertEqual(tier.name, "Giants")

    def test_delivered_record_is_archived(self):
        self.import_template('archived', account_profiles=[
            {'key': 'food', 'record': 'crm_plus.account_profile_food', 'active': False}])
        self.apply('archived', overwrite=True)
        self.assertFalse(self.all.ref('crm_plus.account_profile_food').active)

    # ------------------------------------------------------------
    # TWO COMPANIES
    # ------------------------------------------------------------

    def test_each_company_has_its_own(self):
        first = self.apply()
        second = self.apply(company=self.other_company)
        self.assertEqual((first.company_id, second.sudo().company_id), (
            self.company, self.other_company))
        tiers = self.find('crm.customer.tier', name="Best Painters")
        self.assertEqual(set(tiers.company_id.ids), {self.company.id, self.other_company.id})
        rules = self.find('crm.score.rule', name="Paints a lot")
        self.assertEqual(len(rules), 2)
        for rule in rules:
            self.assertEqual(rule.tier_ids.company_id, rule.company_id)
        stage = self.find('crm.stage', name="Sample Painted")
        self.assertEqual(len(stage), 1, "stages belong to all companies")
        self.assertEqual(len(stage.exit_criterion_ids), 4)
        for line in second.sudo().line_ids:
            record = self.all[line.model].browse(line.res_id)
            company = record if line.model == 'res.company' else record['company_id'] \
                if 'company_id' in record._fields else self.other_company
            self.assertIn(company.id, (self.other_company.id, False), line.item)

    def test_only_ones_own_companies(self):
        stranger = self.all['res.company'].create({'name': "Strangers"})
        # who makes a company works for it
        self.admin.sudo().company_ids -= stranger
        with self.assertRaisesRegex(UserError, "do not work for"):
            self.templates.apply_template_by_key('paint', company=stranger.id)
        application = self.apply(company=self.other_company)
        self.env.invalidate_all()
        self.assertNotIn(application, self.env['crm.industry.application'].search([]))

    # ------------------------------------------------------------
    # LANGUAGES
    # ------------------------------------------------------------

    def test_languages_in_use_travel_with_it(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        self.assertEqual(tier.with_context(lang='ko_KR').name, "최고")
        self.assertEqual(tier.with_context(lang='ko_KR').description, "많이 칠합니다.")
        criterion = self.find('crm.stage.criterion', name="The litres are worth it")
        self.assertEqual(criterion.with_context(lang='ko_KR').name, "가치 있음")

    def test_languages_that_are_not_in_use_stay_out(self):
        self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        self.assertEqual(
            self.template._stored(tier, ['name'])[tier.id]['name'], {'en_US': "Best Painters"})

    def test_language_that_is_chosen(self):
        self.apply_items('crm_plus/tiers/best')
        result = self.apply_items('crm_plus/stages/sample', languages=['ko_KR'])
        self.assertIn('ko_KR', dict(self.env['res.lang'].get_installed()))
        self.assertEqual(result['created'], 1)
        self.assertEqual(result['changed'], 1, "the words of what had been applied before")
        application = self.env['crm.industry.application'].browse(result['application_id'])
        self.assertIn("한국어", application.languages)
        kept = application.get_undo_preview()['kept']
        self.assertEqual(
            [(entry['name'], entry['section']) for entry in kept],
            [(application.languages, "Languages")])
        tier = self.find('crm.customer.tier', name="Best Painters")
        self.assertEqual(tier.with_context(lang='ko_KR').name, "최고")
        with self.assertRaisesRegex(UserError, "fr_FR"):
            self.apply_items('crm_plus/tiers/best', languages=['fr_FR'])

    def test_texts_of_one_language_come_in_that_of_the_user(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.admin.sudo().lang = 'ko_KR'
        template = self.templates.with_context(lang='ko_KR')
        template.apply_template_by_key('paint')
        team = self.find('crm.team', name="Walls")
        litres, gloss = team.lead_properties_definition
        self.assertEqual(litres['string'], "연간 리터")
        self.assertEqual([list(choice) for choice in gloss['selection']],
                         [['matt', "무광"], ['bright', "Bright"]])
        plan = self.find('mail.activity.plan', name="Send a Sample")
        self.assertEqual(plan.template_ids.sorted('sequence')[0].summary, "보내기")
        self.assertFalse(self.apply(), "in English it is the same")

    # ------------------------------------------------------------
    # NEVER BY HALF
    # ------------------------------------------------------------

    def test_what_the_database_refuses(self):
        before = self.everything()
        for content, words in (
            ({'tiers': [{'key': 'z', 'name': "Z"}], 'quality_checks': [
                {'key': 'a', 'field_id': 'referred', 'weight': 0}]},
             "^crm_plus.json, quality_checks/a: .*above zero.* Nothing was changed"),
            ({'settings': {'lead_score_warm': 90, 'lead_score_hot': 80}},
             "settings/lead_score_warm, settings/lead_score_hot: .*warm at a lower"),
            ({'tiers': [{'key': 'z', 'name': "Z"}], 'stages': [
                {'key': 'a', 'name': "A", 'exit_criteria': [
                    {'key': 'b', 'name': "B", 'kind': 'document', 'document': 'quotation'},
                    {'key': 'c', 'name': "C", 'kind': 'document'}]}]},
             "stages/a/exit_criteria/c: .*Fill in"),
            ({'tiers': [{'key': 'z', 'name': "Z"}], 'contact_cadences': [
                {'key': 'a', 'tier_id': 'z', 'interval': 0}]},
             "contact_cadences/a: .*must be 1 to"),
            ({'tiers': [{'key': 'z', 'name': "Z"}], 'contact_cadences': [
                {'key': 'a', 'tier_id': 'z', 'interval': 0}]}, "must be 1 to"),
        ):
            with self.subTest(words):
                self.import_template('refused', **content)
                with self.assertRaisesRegex(UserError, words), mute_logger('odoo.sql_db'):
                    self.apply('refused', overwrite=True)
                self.env.invalidate_all()
                self.assertEqual(self.everything(), before)
                self.assertFalse(self.env['crm.industry.application'].search(
                    [('template_key', '=', 'refused')]))

    @mute_logger('odoo.sql_db', 'odoo.domains')
    def test_fuzzed_files_are_applied_whole_or_not_at_all(self):
        chance = random.Random(19)
        applied = refused = 0
        for number in range(80):
            files = deepcopy(TRADE)
            mutate(files, chance)
            before = self.everything()
            savepoint = self.env.cr.savepoint()
            try:
                template = self.templates._import_zip(pack({
                    f'fuzz/{name}': dumps(content) for name, content in files.items()}))
                self.apply(template.key, overwrite=True)
                states = {item['state'] for item in self.items_of(template).values()}
                self.assertEqual(states, {'same'}, f"number {number} has left something out")
                applied += 1
            except UserError:
                refused += 1
                self.env.invalidate_all()
                self.assertEqual(self.everything(), before, f"number {number}")
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        self.assertGreater(refused, 20)
        self.assertGreater(applied, 3)
