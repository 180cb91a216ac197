"""Undoing industry templates: what goes back, and what stays because somebody uses it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .industry_common import IndustryCommon


@tagged('post_install', '-at_install')
class TestIndustryUndo(IndustryCommon):

    def undo(self, application):
        application.action_undo()
        self.env.invalidate_all()

    def kept(self, application):
        return {entry['name']: entry['reason'] for entry in application.get_undo_preview()['kept']}

    def test_everything_goes_back(self):
        before = self.everything()
        application = self.apply()
        self.assertNotEqual(self.everything(), before)
        self.undo(application)
        self.assertEqual(self.everything(), before)
        self.assertEqual(application.state, 'undone')
        self.assertEqual((application.undone_by_id, bool(application.undone_date)),
                         (self.admin, True))
        self.assertEqual(set(application.line_ids.mapped('undone')), {'removed', 'returned'})
        self.assertFalse(self.template.last_application_id)
        with self.assertRaisesRegex(UserError, "already"):
            application.action_undo()

    def test_with_all_languages(self):
        self.env['res.lang'].sudo()._activate_lang('ko_KR')
        self.import_template('delivered', tiers=[
            {'key': 'a', 'record': 'crm_plus.crm_customer_tier_a', 'name': "Giants"}])
        tier = self.all.ref('crm_plus.crm_customer_tier_a')
        tier.with_context(lang='ko_KR').name = "가"
        before = self.everything()
        self.undo(self.apply('delivered', overwrite=True))
        self.assertEqual(self.everything(), before)

    def test_preview_writes_nothing_and_is_true(self):
        application = self.apply()
        before = self.everything()
        preview = application.get_undo_preview()
        self.env.invalidate_all()
        self.assertEqual(self.everything(), before)
        self.assertEqual(application.state, 'applied')
        self.assertFalse(any(application.line_ids.mapped('undone')))
        self.assertEqual(preview['kept'], [])
        self.assertEqual(len(preview['removed']), application.created_count)
        self.assertIn({'name': "Best Painters", 'section': "Customer tiers"}, preview['removed'])
        self.assertIn(
            {'name': "Warm From", 'section': "Settings", 'fields': ["Warm From"]},
            preview['returned'])
        self.assertEqual(
            application.action_open_undo()['params'], {'application_id': application.id})

    def test_applied_again_after_undoing(self):
        before = self.everything()
        self.undo(self.apply())
        states = {item['state'] for item in self.items_of().values()}
        self.assertEqual(states, {'new', 'changed'}, "nothing is in conflict with itself")
        again = self.apply()
        self.assertTrue(again.created_count)
        self.undo(again)
        self.assertEqual(self.everything(), before)

    # ------------------------------------------------------------
    # WHAT STAYS
    # ------------------------------------------------------------

    def test_what_was_changed_since_stays(self):
        application = self.apply()
        self.company.sudo().lead_score_warm = 44
        self.assertEqual(self.kept(application), {
            "Warm From": "Warm From has been changed since."})
        self.undo(application)
        self.assertEqual(self.company.lead_score_warm, 44)
        self.assertFalse(self.company.crm_ask_why_won)
        line = application.line_ids.filtered(lambda line: line.undone == 'kept')
        self.assertEqual(line.reason, "Warm From has been changed since.")

    def test_what_no_longer_fits_stays(self):
        self.import_template('early', settings={'lead_score_warm': 10, 'lead_score_hot': 20,
                                                'lead_stale_days': 45})
        application = self.apply('early')
        # warm at 30, as it was, goes no longer with this
        self.company.sudo().lead_score_hot = 15
        kept = self.kept(application)
        self.assertEqual(set(kept), {"Warm From", "Hot From"})
        self.assertIn("warm at a lower score", kept["Warm From"])
        self.undo(application)
        self.assertEqual((self.company.lead_score_warm, self.company.lead_score_hot), (10, 15))
        self.assertEqual(self.company.lead_stale_days, 30, "the rest goes back")

    def test_tier_of_a_customer_without_history_stays(self):
        application = self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        customer = self.all['res.partner'].create({'name': "Painter", 'is_company': True})
        self.env.cr.execute(SQL(
            "UPDATE res_partner SET customer_tier_id = jsonb_build_object(%s::text, %s::integer)"
            " WHERE id = %s", str(self.company.id), tier.id, customer.id))
        self.assertIn("Contact (1)", self.kept(application)["Best Painters"])

    def test_what_is_used_since_stays(self):
        application = self.apply()
        tier = self.find('crm.customer.tier', name="Best Painters")
        customer = self.all['res.partner'].with_company(self.company).create(
            {'name': "Painter", 'is_company': True})
        customer._set_customer_tier(tier, "They paint")
        kept = self.kept(application)
        self.assertIn("Best Painters", kept)
        self.assertIn("Used since", kept["Best Painters"])
        self.undo(application)
        self.assertTrue(tier.exists())
        self.assertFalse(self.find('crm.score.rule', name="Paints a lot"),
                         "what the template made itself is no use")

    def test_what_stays_keeps_what_it_needs(self):
        application = self.apply()
        stage = self.find('crm.stage', name="Sample Painted")
        self.all['crm.lead'].create({
            'name': "Wall", 'type': 'opportunity', 'stage_id': stage.id, 'team_id': False,
            'company_id': self.company.id})
        kept = self.kept(application)
        self.assertEqual(list(kept), ["Sample Painted"])
        self.assertIn("(1)", kept["Sample Painted"])
        self.undo(application)
        self.assertTrue(stage.exists())
        self.assertFalse(stage.exit_criterion_ids)
        self.assertFalse(stage.entry_action_ids)

    def test_added_to_by_hand(self):
        application = self.apply()
        promise = self.find('crm.response.promise', name="Met at the fair")
        other = promise.copy({'name': "Others", 'source_id': promise.source_id.id})
        kept = self.kept(application)
        self.assertEqual(set(kept), {"Fair of Painters", "Walls"})
        other.unlink()
        self.assertEqual(self.kept(application), {})

    def test_what_a_model_does_not_let_go(self):
        application = self.apply()
        rule = self.find('crm.score.rule', name="Paints a lot")
        lead = self.all['crm.lead'].create({
            'name': "Wall", 'team_id': False, 'company_id': self.company.id})
        self.all['crm.score.history'].create({
            'lead_id': lead.id, 'points': {str(rule.id): 15}, 'score': 15, 'band': 'cold',
            'stage_key': 0, 'month': '2026-01-01', 'date': '2026-01-01'})
        kept = self.kept(application)
        self.assertIn("archive", kept["Paints a lot"].lower())
        self.assertIn("Best Painters", kept, "the rule would be without its tier")

    def test_lead_fields_with_values_stay(self):
        team = self.all.ref('sales_team.team_sales_department')
        self.import_template('fields', sales_teams=[
            {'key': 'sales', 'record': 'sales_team.team_sales_department', 'lead_fields': [
                {'name': 'litres', 'type': 'integer', 'string': "Litres"},
                {'name': 'walls', 'type': 'integer', 'string': "Walls"}]}])
        own = {'name': 'own', 'type': 'char', 'string': "Own"}
        team.lead_properties_definition = [own]
        application = self.apply('fields', overwrite=True)
        self.assertEqual([fact['name'] for fact in team.lead_properties_definition],
                         ['litres', 'walls', 'own'])
        lead = self.all['crm.lead'].create({'name': "Wall", 'team_id': team.id})
        lead.lead_properties = {'litres': 70}
        self.env.flush_all()
        self.assertIn("Litres", self.kept(application)["Sales"])
        self.undo(application)
        self.assertEqual({fact['name'] for fact in team.lead_properties_definition},
                         {'litres', 'own'})
        self.assertEqual(lead.lead_properties['litres'], 70)

    def test_record_that_is_gone(self):
        application = self.apply()
        self.find('crm.score.rule', name="From Korea").unlink()
        self.undo(application)
        self.assertEqual(application.state, 'undone')

    # ------------------------------------------------------------
    # SEVERAL APPLICATIONS
    # ------------------------------------------------------------

    def test_older_one_leaves_what_later_ones_touched(self):
        first = self.apply()
        self.import_template(settings={'lead_score_warm': 21}, tiers=[
            {'key': 'best', 'name': "Better", 'sequence': 5, 'description': "They paint a lot."}])
        second = self.apply()
        self.assertEqual((second.created_count, second.changed_count), (0, 2))
        kept = self.kept(first)
        self.assertIn("undo that first", kept["Warm From"])
        self.assertIn("undo that first", kept["Best Painters"])
        self.undo(second)
        self.assertEqual(self.company.lead_score_warm, 31)
        self.assertEqual(self.kept(first), {})

    def test_overwritten_by_choice_is_somebodys_own_again(self):
        self.company.sudo().lead_score_warm = 44
        application = self.apply(overwrite=True)
        self.assertEqual(self.company.lead_score_warm, 31)
        self.undo(application)
        self.assertEqual(self.company.lead_score_warm, 44)
        self.assertEqual(self.items_of()['crm_plus/settings/lead_score_warm']['state'], 'conflict')

    # ------------------------------------------------------------
    # WHO MAY
    # ------------------------------------------------------------

    def test_administrators_of_the_company(self):
        application = self.apply(company=self.other_company).sudo(False)
        manager = new_test_user(
            self.env(su=True), 'industry_manager', groups='crm_plus.group_manager',
            company_id=self.other_company.id, company_ids=[(6, 0, self.other_company.ids)])
        admin = new_test_user(
            self.env(su=True), 'industry_admin_of_one', groups='base.group_system',
            company_id=self.company.id, company_ids=[(6, 0, self.company.ids)])
        for user in (manager, admin):
            for method in ('get_undo_preview', 'action_undo', 'action_open_undo'):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(application.with_user(user).with_context(
                        allowed_company_ids=user.company_ids.ids), method)()
        self.assertEqual(application.sudo().state, 'applied')
        for values in ({'state': 'undone'}, {'line_ids': []}):
            with self.assertRaises(AccessError):
                self.apply().write(values)
