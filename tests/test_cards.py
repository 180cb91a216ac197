"""Cards show only what their view reads: a field that it does not read breaks the whole board in the browser."""

import re

from lxml import etree

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

READ = re.compile(r"\brecord\.(\w+)\.(?:raw_)?value")


@tagged("post_install", "-at_install")
class TestCards(TransactionCase):
    def test_cards_show_what_is_read(self):
        views = self.env["ir.ui.view"].search(Domain("type", "=", "kanban") & Domain("mode", "=", "primary"))
        ours = views.filtered(lambda view: view.xml_id.startswith("crm_plus"))
        self.assertGreater(len(ours), 10)
        for view in ours:
            arch = self.env[view.model].get_view(view.id, "kanban")["arch"]
            declared = {node.get("name") for node in etree.fromstring(arch).iter("field")}
            with self.subTest(view=view.xml_id):
                self.assertLessEqual(set(READ.findall(arch)), declared)
