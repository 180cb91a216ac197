from odoo.tests import HttpCase, tagged

from .merge_common import MergeCommon


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestDuplicatesTour(MergeCommon, HttpCase):
    """The warning while one types, the merge and its undoing in a browser."""

    def test_salesperson_is_warned_and_merges(self):
        known = self.make_request(
            "Ten lorries", email_from="hank@globex.test", user_id=self.salesperson.id,
            probability=90)
        known.activity_schedule(
            'mail.mail_activity_data_todo', summary="Call", user_id=self.salesperson.id)
        contact = self.env['res.partner'].create({
            'name': "Hank Scorpio", 'email': "hank@globex.test"})
        self.start_tour('/odoo/crm.lead/new', 'crm_plus_duplicates',
                        login=self.salesperson.login, timeout=180)
        self.env.invalidate_all()
        typed = self.env['crm.lead'].with_context(active_test=False).search(
            [('merged_into_id', '=', known.id)])
        self.assertEqual(typed.email_from, "hank@globex.test")
        self.assertEqual(known.name, "Twelve lorries", "chosen from the other one")
        self.assertEqual(known.activity_ids.summary, "Call")
        pair = self.env['crm.duplicate'].search(
            [('lead_id', '=', typed.id), ('partner_id', '=', contact.id)])
        self.assertEqual(pair.state, 'different', "said before the lead was saved")
        self.assertEqual(pair.decided_by_id, self.salesperson)

    def test_manager_undoes_a_merge(self):
        kept, twin = self.make_request("Ten lorries"), self.make_request("Lorries")
        twin.activity_schedule('mail.mail_activity_data_todo', summary="Call")
        merge = self.merge(kept, twin)
        self.start_tour(f'/odoo/crm.merge/{merge.id}', 'crm_plus_undo_merge',
                        login=self.manager.login, timeout=180)
        self.env.invalidate_all()
        self.assertTrue(twin.active)
        self.assertEqual(merge.undone_by_id, self.manager)
