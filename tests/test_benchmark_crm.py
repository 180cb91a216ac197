"""What scripts/bench crm stands on: its leads have the keys Odoo would give them, both sides find, nothing is kept."""

import json
import unittest
import unittest.mock
from types import SimpleNamespace

from benchmarks import crm_duplicates, crm_import, crm_leads

from .common import ScratchDatabase, ready_database

LEADS, ROWS = 600, 60
FILL = f"""
import json
from benchmarks import crm_duplicates, crm_import, crm_leads

crm_leads.fill(env, {LEADS}, lambda *words: None)
leads = env['crm.lead'].search([('name', 'like', 'Request %')])
keys = ['email_normalized', 'email_domain_criterion', 'phone_sanitized', 'match_name', 'match_web_domain']
stored = leads.read(keys)
for name in keys:
    env.add_to_compute(leads._fields[name], leads)
unlike = [(one, other) for one, other in zip(stored, leads.read(keys)) if one != other]
asking = crm_duplicates.Asking(env)
found = [(asking.ours(lead)[1], asking.odoo(lead)[1]) for lead in asking.ids]
env.cr.rollback()  # the salespeople who asked
importing = crm_import.Importing(env, 20, crm_import.file_of({ROWS}))
before = env['crm.lead'].search_count([])
ours = importing.timed(importing.with_crm_plus)
odoo = importing.timed(importing.with_odoo)
indexes = env.execute_query(__import__('odoo').tools.SQL(
    "SELECT count(*) FROM pg_indexes WHERE tablename = 'crm_lead' AND indexname LIKE '%%match%%'"))
print(json.dumps({{
    'leads': len(leads), 'unlike': unlike[:3], 'found': sum(a > 0 for a, b in found),
    'found_by_odoo': sum(b > 0 for a, b in found), 'ours': ours, 'odoo': odoo,
    'kept': env['crm.lead'].search_count([]) - before, 'indexes': indexes[0][0],
}}))
"""


class TestBenchmarkCrm(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = ScratchDatabase("crm_leads", ready_database())
        cls.addClassCleanup(scratch.drop)
        cls.facts = json.loads(scratch.shell(FILL).stdout.splitlines()[-1])

    def test_leads_have_the_keys_that_odoo_would_store(self):
        self.assertEqual(self.facts["leads"], LEADS)
        self.assertEqual(self.facts["unlike"], [])

    def test_indexes_are_there_again(self):
        self.assertGreaterEqual(self.facts["indexes"], 3)

    def test_both_find_somebody(self):
        self.assertGreater(self.facts["found"], 0)
        self.assertGreater(self.facts["found_by_odoo"], 0)

    def test_an_import_is_undone(self):
        self.assertEqual(self.facts["kept"], 0)
        self.assertGreater(self.facts["odoo"]["odoo"], 0)
        ours = self.facts["ours"]
        self.assertGreater(ours["known"], 0)
        self.assertGreater(ours["made"], 0)
        self.assertLess(ours["made"], ROWS, "who is in the file twice, or known, gets one lead")

    def test_people_are_the_same_every_time(self):
        some = list(crm_leads.People(100).some(50))
        self.assertEqual(some, list(crm_leads.People(100).some(50)))
        self.assertGreater(len(set(some)), 40)


class TestBars(unittest.TestCase):

    def held(self, ours: float, odoo: float) -> bool:
        figures = {"ours": ours, "odoo": odoo, "thorough": ours, "found": 1, "found_by_odoo": 1}
        session = SimpleNamespace(
            size=SimpleNamespace(leads=10), scratch=self.scratch, figures=lambda *words: figures)
        [check] = crm_duplicates.measure(session)
        return check.holds

    @staticmethod
    def scratch(_purpose):
        return unittest.mock.MagicMock()

    def test_a_look_up_is_quick_or_much_quicker_than_odoo(self):
        self.assertTrue(self.held(4.9, 2))
        self.assertTrue(self.held(20, 100))
        self.assertFalse(self.held(20, 99))

    def test_the_import_has_a_known_row_among_twenty(self):
        rows = crm_import.file_of(40).decode().splitlines()
        self.assertEqual(len(rows), 41)
        self.assertEqual(sum("@customer-" in row for row in rows), 2)
