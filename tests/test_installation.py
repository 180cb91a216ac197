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

    def check_alone(self, module: str):
        """Install `module` in a new database, upgrade it, remove it and what it brought of ours."""
        database = self.scratch(module)
        before = inventory(database)
        self.assertClean(database.install(module))
        models = inventory(database)["models"] - before["models"]
        self.assertTrue(models)
        self.assertClean(database.upgrade(module))
        self.assertEqual(self.installed(database), {module, "crm_plus"})
        for name in (module, "crm_plus") if module != "crm_plus" else (module,):
            self.assertClean(database.uninstall(name))
        self.assertSameInventory(inventory(database), before)
        self.assertEqual(dangling(database, models), {})


class TestEachAlone(InstallationCase):
    def test_crm_plus(self):
        self.check_alone("crm_plus")

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
