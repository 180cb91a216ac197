"""What a company is configured with goes to another database and comes back with the same bytes."""

import tempfile
import unittest
from pathlib import Path

from .common import ScratchDatabase, ready_database

#: what a consultant adds by hand to what the template brings
BY_HAND = """
tier = env["crm.customer.tier"].create({"name": "Pilot Plants", "sequence": 55})
rule = env["crm.score.rule"].create({"name": "Pilot plant", "points": 7, "domain": "[('partner_name', 'ilike', 'pilot')]"})
rule.with_context(lang="ko_KR").name = "파일럿"
env.company.lead_stale_days = 12
env["crm.lost.reason"].create({"name": "Postponed / on hold"})
env["service.case.tag"].create({"name": "Pilot", "color": 7})
env["customer.segment"].create({"name": "Pilots", "sequence": 3, "rule": "domain", "domain": "[('purchases', '>', 3)]",
                                "company_id": env.company.id})
env.cr.commit()
"""


class TestIndustryRoundTrip(unittest.TestCase):
    def files(self, folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}

    def export(self, database: ScratchDatabase, target: Path) -> Path:
        database.odoo("industry", "export", str(target / "own"), "--name", "Our Own")
        return target / "own"

    def test_same_bytes_from_the_next_database(self):
        first, second = (
            ScratchDatabase(f"industry_{number}", ready_database()) for number in ("first", "second"))
        self.addCleanup(first.drop)
        self.addCleanup(second.drop)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            first.odoo("industry", "apply", "chemicals", "--overwrite", "--language", "ko_KR")
            first.shell(BY_HAND)
            exported = self.export(first, folder / "first")
            second.odoo("industry", "apply", str(exported), "--overwrite", "--language", "ko_KR")
            self.assertEqual(self.files(self.export(second, folder / "second")), self.files(exported))
            self.assertIn("파일럿".encode(), self.files(exported)["crm_plus.ko_KR.json"])
            self.assertIn(b"Pilots", self.files(exported)["crm_plus_analytics.json"])
