"""Each add-on installs alone, upgrades, and leaves without a trace, with nothing to complain about in the log."""

import unittest

from .common import MODULES, ScratchDatabase, complaints

# What a database is made of. Odoo keeps its own register of most things; the rest is PostgreSQL's.
INVENTORY = {
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE conrelid > 0",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "records": "SELECT model || ' ' || module || '.' || name FROM ir_model_data",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "models": "SELECT model FROM ir_model",
    "selections": "SELECT f.model || '.' || f.name || '=' || s.value FROM ir_model_fields_selection s "
                  "JOIN ir_model_fields f ON f.id = s.field_id",
    "parameters": "SELECT key FROM ir_config_parameter",
    "jobs": "SELECT cron_name FROM ir_cron",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "views": "SELECT coalesce(model, '') || ' ' || name FROM ir_ui_view",
    "menus": "SELECT name->>'en_US' || coalesce(parent_path, '') FROM ir_ui_menu",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "implied groups": "SELECT gid || ' ' || hid FROM res_groups_implied_rel",
    "rules": "SELECT coalesce(name, '') || ' ' || model_id FROM ir_rule",
    "access": "SELECT name || ' ' || model_id FROM ir_model_access",
    "users": "SELECT login FROM res_users",
    "sequences of numbers": "SELECT coalesce(code, '') || ' ' || name FROM ir_sequence",
    "mail aliases": "SELECT coalesce(alias_name, '') FROM mail_alias",
    "mail domains": "SELECT name FROM mail_alias_domain",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "message subtypes": "SELECT name->>'en_US' || coalesce(res_model, '') FROM mail_message_subtype",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "filters": "SELECT name FROM ir_filters",
    "defaults": "SELECT field_id || ' ' || json_value FROM ir_default",
    "stored files": "SELECT res_model || ' ' || name FROM ir_attachment WHERE res_model IS NOT NULL AND url IS NULL",
}


def inventory(database: ScratchDatabase) -> dict[str, set]:
    """Return the names of all that a database is made of, by kind."""
    return {kind: {row[0] for row in database.query(query)} for kind, query in INVENTORY.items()}


def dangling(database: ScratchDatabase, models: set[str]) -> dict[str, int]:
    """Return how many rows of which tables still name one of `models`, which are gone."""
    columns = database.query(
        "SELECT table_name, column_name FROM information_schema.columns JOIN pg_tables ON tablename = table_name "
        "WHERE column_name IN ('model', 'res_model', 'parent_model', 'rel_model') AND data_type = 'character varying' "
        "AND table_schema = 'public'")
    found = {}
    for table, column in columns:
        (count,), = database.query(f'SELECT count(*) FROM "{table}" WHERE "{column}" = ANY(%s)', list(models))
        if count:
            found[f"{table}.{column}"] = count
    return found


class InstallationCase(unittest.TestCase):
    def scratch(self, purpose: str) -> ScratchDatabase:
        database = ScratchDatabase(purpose)
        self.addCleanup(database.drop)
        return database

    def installed(self, database: ScratchDatabase) -> set[str]:
        return {name for name, in database.query(
            "SELECT name FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)", list(MODULES))}

    def assertClean(self, log: str):
        self.assertIn("odoo.registry", log, "this is no log of a loaded database")
        self.assertEqual(complaints(log), [])

    def assertSameInventory(self, now: dict, before: dict):
        for kind, names in before.items():
            with self.subTest(kind):
                self.assertEqual(sorted(now[kind] - names), [], "left behind")
                self.assertEqual(sorted(names - now[kind]), [], "taken along")

    def check_alone(self, module: str, work: str = ""):
        """Install `module` in a new database, work with it, upgrade it, remove it and what it brought of ours."""
        database = self.scratch(module)
        before = inventory(database)
        self.assertClean(database.install(module))
        if work:
            self.assertEqual(complaints(database.shell(work).stderr), [])
        models = inventory(database)["models"] - before["models"]
        self.assertTrue(models)
        self.assertClean(database.upgrade(module))
        self.assertEqual(self.installed(database), {module, "crm_plus"})
        for name in (module, "crm_plus") if module != "crm_plus" else (module,):
            self.assertClean(database.uninstall(name))
        self.assertSameInventory(inventory(database), before)
        self.assertEqual(dangling(database, models), {})
        return database


class TestEachAlone(InstallationCase):
    # A little of everything that people make with it, with messages, activities and files.
    SELLS = """
import datetime
env = env(user=env.ref('base.user_admin'))
company, today = env.company, datetime.date.today()
env.user.group_ids += env.ref('crm_plus.group_personal_profile')
customer = env['res.partner'].create({'name': 'Made by hand', 'is_company': True})
person = env['res.partner'].create({'name': 'Made by hand', 'parent_id': customer.id, 'email': 'a@made.example'})
stage, second = env['crm.stage'].create([{'name': name, 'sequence': number} for number, name in enumerate('AB', -2)])
criterion = env['crm.stage.criterion'].create(
    {'name': 'A', 'stage_id': stage.id, 'kind': 'approval', 'approver_ids': env.user.ids})
env['crm.stage.action'].create({'name': 'A', 'stage_id': second.id, 'kind': 'plan', 'active': False,
                                'plan_id': env['mail.activity.plan'].create(
                                    {'name': 'A', 'res_model': 'crm.lead'}).id})
env['crm.score.rule'].create({'name': 'A'})
leads = env['crm.lead'].create([{
    'name': 'Made by hand', 'type': 'opportunity', 'partner_id': person.id, 'stage_id': stage.id,
    'email_from': 'a@made.example'} for _number in range(3)])
lead, twin, other = leads
env['crm.stage.approval']._ask(lead, criterion)
lead.write({'stage_id': second.id, 'stage_override_reason': 'A'})
leads._store_lead_scores(leads.ids, datetime.datetime.now())
lead._add_touch('manual')
env['crm.quality.waiver'].create({'lead_id': lead.id, 'kind': 'stale', 'reason': 'A'})
env['crm.merge']._merge(other, twin, {})
env['crm.forecast.snapshot'].create({})
purpose = env['crm.consent.purpose'].create({'name': 'A', 'text': 'A'})
env['crm.consent'].create({'purpose_id': purpose.id, 'partner_id': person.id, 'proof': 'eA==', 'proof_name': 'a'})
company.mass_mail_purpose_id = purpose
env['mail.template'].search([('model', '=', 'res.partner')], limit=1).consent_purpose_id = purpose
env['crm.lead.import'].create({'type': 'lead', 'file': 'eA==', 'file_name': 'a.csv'})
competitor = env['crm.competitor'].create({'name': 'A'})
rival = env['crm.account.competitor'].create({'partner_id': customer.id, 'competitor_id': competitor.id, 'price': 1})
env['crm.competitor.sample'].create({
    'name': 'A', 'account_competitor_id': rival.id, 'attachment_ids': env['ir.attachment'].create(
        {'name': 'a', 'raw': b'x', 'res_model': 'crm.competitor.sample'}).ids})
lead.action_set_lost(lost_to_id=competitor.id)
account = env['crm.key.account'].create({'partner_id': customer.id, 'figure_ids': [(0, 0, {'annual_purchases': 1})]})
env['crm.account.role'].create({'account_id': account.id, 'contact_id': person.id})
env['crm.procurement.project'].create({'name': 'A', 'account_id': account.id, 'step_ids': [(0, 0, {'name': 'A'})]})
plan = env['crm.account.plan'].create({
    'account_id': account.id, 'date_start': '2026-01-01', 'date_end': '2026-12-31',
    'goal_ids': [(0, 0, {'measure': 'revenue', 'target_value': 9})], 'action_ids': [
        (0, 0, {'name': 'A', 'date_deadline': '2026-06-30'})]})
plan.action_start()
env['crm.account.plan.review'].create({'plan_id': plan.id}).action_freeze()
company.birthday_reminder_days = 5
env['crm.personal.profile'].create({
    'contact_id': person.id, 'kind': 'birthday', 'birth_day': today.day, 'birth_month': str(today.month),
    'purpose': 'A', 'source': 'A'})
env['crm.personal.profile']._cron_personal_profiles()
customer._set_customer_tier(env['crm.customer.tier'].create({'name': 'A'}), 'A')
for record in (account, competitor, rival):
    record.message_post(body='A', attachments=[('a.txt', b'x')])
    record.message_subscribe(person.ids)
for record in (account, competitor):
    record.activity_schedule('mail.mail_activity_data_todo', user_id=env.uid)
env['crm.industry.template'].apply_template_by_key('chemicals')
env['ir.config_parameter'].set_param('crm_plus.assignment.log_merges', True)
env['ir.filters'].create({'name': 'Made by hand', 'model_id': 'crm.key.account', 'domain': '[]'})
assert env['mail.activity'].search_count([('summary', 'ilike', 'Birthday')]), 'the reminder is there'
env.cr.commit()
"""

    def test_crm_plus(self):
        database = self.check_alone("crm_plus", work=self.SELLS)
        self.assertEqual(
            database.query("SELECT count(*) FROM mail_activity WHERE summary ILIKE %s", "%birthday%"), [(0,)],
            "what is personal goes with it")
        kept = database.query("SELECT name, type FROM crm_lead WHERE name = 'Made by hand'")
        self.assertEqual(kept, [("Made by hand", "opportunity")] * 3, "leads are Odoo's and stay")

    def test_crm_plus_service(self):
        self.check_alone("crm_plus_service")

    def test_crm_plus_analytics(self):
        self.check_alone("crm_plus_analytics")


class TestTogether(InstallationCase):
    ASKS_FOR_PAGE = """
partner = env['sale.order'].search([('state', '=', 'sale')], limit=1).partner_id
timeline = env['customer.timeline']
page = partner.get_customer_360()
kinds = [kind for kind, label in timeline._fields['kind']._description_selection(env)]
print('PAGE', bool(page['groups']), bool(page['timeline']['entries']), 'case' in kinds)
"""

    # What people make has no external id, by which Odoo finds what to delete.
    MAKES_A_CASE = """
team = env['service.team'].search([('alias_name', '!=', False)], limit=1)
env['service.case'].create({'name': 'Made by hand', 'team_id': team.id})
other = env['service.team'].create({'name': 'Made by hand', 'alias_name': 'made-by-hand'})
env['service.case'].create({'name': 'Made by hand too', 'team_id': other.id})
env.cr.commit()
"""

    def page(self, database: ScratchDatabase) -> str:
        """Return whether the 360 page has figures, has entries, and knows cases."""
        done = database.shell(self.ASKS_FOR_PAGE)
        self.assertEqual(complaints(done.stderr), [])
        return next(line for line in done.stdout.splitlines() if line.startswith("PAGE"))

    def test_any_order_and_each_survives_the_other(self):
        database = self.scratch("together")
        before = inventory(database)
        self.assertClean(database.install("crm_plus_analytics"))
        self.assertClean(database.install("crm_plus_service"))
        self.assertEqual(self.page(database), "PAGE True True True")
        database.shell(self.MAKES_A_CASE)
        with_both = inventory(database)
        self.assertClean(database.uninstall("crm_plus_service"))
        self.assertEqual(self.installed(database), {"crm_plus", "crm_plus_analytics"})
        self.assertEqual(self.page(database), "PAGE True True False")
        self.assertClean(database.install("crm_plus_service"))
        self.assertClean(database.uninstall("crm_plus_analytics"))
        self.assertEqual(self.page(database), "PAGE True True True")
        self.assertClean(database.uninstall("crm_plus"))
        self.assertSameInventory(inventory(database), before)
        self.assertEqual(dangling(database, with_both["models"] - before["models"]), {})
