from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .merge_common import MergeCommon


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestMergeLeads(MergeCommon):
    """Leads that go on as one, what goes over, who may do it, and how it is undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.make_request(
            "Ten lorries", email_from="hank@globex.test", probability=10)
        cls.twin = cls.make_request(
            "Lorries", email_from="hank@globex.test", phone="+32 2 290 34 90", probability=10,
            expected_revenue=500, city="Bern", street="Main 1")
        for record in (cls.kept, cls.twin):
            cls.furnish(record, record.name)

    def test_everything_goes_over(self):
        order = self.env['sale.order'].search([('opportunity_id', '=', self.twin.id)])
        meeting = self.twin.calendar_event_ids
        said = self.twin.message_ids.filtered(lambda message: "Said" in message.body)
        activity, tag = self.twin.activity_ids, self.twin.tag_ids
        file = self.env['ir.attachment'].search(
            [('res_model', '=', 'crm.lead'), ('res_id', '=', self.twin.id)])
        self.merge(self.kept, self.twin)
        self.assertEqual(order.opportunity_id, self.kept)
        self.assertEqual(meeting.opportunity_id, self.kept)
        self.assertIn(said, self.kept.message_ids)
        self.assertIn(activity, self.kept.activity_ids)
        self.assertIn(tag, self.kept.tag_ids)
        self.assertEqual(file.res_id, self.kept.id)
        self.assertFalse(self.twin.active)
        self.assertEqual(self.twin.merged_into_id, self.kept)

    def test_a_merged_lead_is_not_lost(self):
        self.twin.probability = 0
        frequencies = self.env['crm.lead.scoring.frequency'].search([]).mapped('lost_count')
        self.merge(self.kept, self.twin)
        self.assertNotEqual(self.twin.won_status, 'lost')
        self.assertEqual(
            self.env['crm.lead.scoring.frequency'].search([]).mapped('lost_count'), frequencies)

    def test_the_merge_is_logged(self):
        merge = self.merge(self.kept, self.twin)
        self.assertEqual((merge.name, merge.kind, merge.lead_id),
                         ("Lorries", 'crm.lead', self.kept))
        self.assertEqual((merge.user_id, merge.company_id), (self.manager, self.company))
        self.assertIn("Merged with: Lorries", self.kept.message_ids[0].body)
        self.assertIn("Goes on as", self.twin.message_ids[0].body)
        summary = self.as_user(merge, self.manager).summary
        self.assertIn("Message", summary)
        self.assertIn("Activity", summary)

    def test_the_list_of_duplicates_knows(self):
        Pair = self.env['crm.duplicate']
        pair = Pair.create(Pair._pair_values(
            ('crm.lead', self.kept.id), ('crm.lead', self.twin.id)))
        merge = self.merge(self.kept, self.twin)
        self.assertEqual(pair.state, 'merged')
        self.undo(merge)
        self.assertEqual(pair.state, 'open')

    # -- the dialog

    def wizard(self, *leads, user=None):
        leads = self.env['crm.lead'].union(*leads)
        user = user or self.manager
        return self.as_user(self.env['crm.merge.wizard'], user).with_context(
            active_model='crm.lead', active_ids=leads.ids).create({})

    def field(self, wizard, name):
        return next(row for row in wizard.preview['fields'] if row['name'] == name)

    def test_preview_names_what_differs_and_who_wins(self):
        wizard = self.wizard(self.kept, self.twin)
        self.assertEqual(wizard.survivor_id, self.kept.id, "the older of two that are equal")
        names = [row['name'] for row in wizard.preview['fields']]
        self.assertNotIn('email_from', names, "the same in both")
        self.assertNotIn('stage_id', names, "the surviving lead's own")
        self.assertEqual(self.field(wizard, 'name')['winner'], self.kept.id)
        self.assertEqual(self.field(wizard, 'phone')['winner'], self.twin.id, "the only one")
        self.assertEqual(self.field(wizard, 'expected_revenue')['winner'], self.twin.id)
        self.assertEqual(self.field(wizard, 'address')['winner'], self.twin.id)
        self.assertTrue(wizard.preview['links'])

    def test_merging_writes_what_wins(self):
        wizard = self.wizard(self.kept, self.twin)
        wizard.choices = {'name': self.twin.id}
        action = wizard.action_merge()
        self.assertEqual((action['res_model'], action['res_id']), ('crm.lead', self.kept.id))
        self.assertEqual(self.kept.name, "Lorries")
        self.assertEqual(self.kept.expected_revenue, 500)
        self.assertEqual((self.kept.street, self.kept.city), ("Main 1", "Bern"))

    def test_notes_are_kept_of_both(self):
        self.kept.description, self.twin.description = "<p>First</p>", "<p>Second</p>"
        wizard = self.wizard(self.kept, self.twin)
        self.assertTrue(self.field(wizard, 'description')['both'])
        wizard.action_merge()
        self.assertIn("First", self.kept.description)
        self.assertIn("Second", self.kept.description)

    def test_another_record_may_stay(self):
        wizard = self.wizard(self.kept, self.twin)
        wizard.survivor_id = self.twin.id
        self.assertEqual(wizard.preview['records'][0]['id'], self.twin.id)
        wizard.action_merge()
        self.assertEqual(self.kept.merged_into_id, self.twin)

    def test_choices_of_other_records_are_refused(self):
        wizard = self.wizard(self.kept, self.twin)
        wizard.choices = {'name': self.make_request("Strange").id}
        with self.assertRaises(UserError):
            wizard.action_merge()

    def test_one_record_is_not_merged(self):
        with self.assertRaises(UserError):
            self.wizard(self.kept)

    # -- what is won stays

    def test_won_leads_stay(self):
        self.twin.action_set_won()
        wizard = self.wizard(self.kept, self.twin)
        self.assertEqual(wizard.survivor_id, self.twin.id)
        wizard.survivor_id = self.kept.id
        self.assertIn("won", wizard.obstacle)
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin)
        closed = self.twin.date_closed
        self.merge(self.twin, self.kept)
        self.assertEqual((self.twin.won_status, self.twin.date_closed), ('won', closed))

    def test_two_won_leads_stay_two(self):
        (self.kept | self.twin).action_set_won()
        for survivor, merged in ((self.kept, self.twin), (self.twin, self.kept)):
            with self.assertRaises(UserError):
                self.merge(survivor, merged)

    def test_an_opportunity_is_not_merged_into_a_lead(self):
        self.kept.type = 'lead'
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin)

    def test_an_open_lead_is_not_merged_into_a_lost_one(self):
        self.kept.action_set_lost()
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin)

    # -- rights

    def test_salespeople_merge_their_own(self):
        (self.kept | self.twin).user_id = self.salesperson
        self.merge(self.kept, self.twin, self.salesperson)
        self.assertEqual(self.twin.merged_into_id, self.kept)

    def test_leads_of_colleagues_are_not_merged(self):
        self.twin.user_id = self.colleague
        for survivor, merged in ((self.kept, self.twin), (self.twin, self.kept)):
            with self.assertRaises(AccessError):
                self.merge(survivor, merged, self.salesperson)
            with self.assertRaises(AccessError):
                self.wizard(survivor, merged, user=self.salesperson)
        self.merge(self.kept, self.twin, self.lead_seller)

    def test_two_companies_are_refused(self):
        self.twin.company_id = self.company_b
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin)
        with self.assertRaises(AccessError):
            self.merge(self.kept, self.twin, self.salesperson)

    def test_nobody_points_a_lead_elsewhere_by_hand(self):
        with self.assertRaises(AccessError):
            self.as_user(self.twin, self.manager).merged_into_id = self.kept

    def test_the_log_is_written_by_nobody_and_its_journal_read_by_nobody(self):
        merge = self.as_user(self.merge(self.kept, self.twin), self.manager)
        with self.assertRaises(AccessError):
            merge.write({'name': "Else"})
        with self.assertRaises(AccessError):
            merge.unlink()
        with self.assertRaises(AccessError):
            merge.read(['journal'])
        with self.assertRaises(AccessError):
            self.as_user(merge, self.salesperson).read(['name'])

    def test_managers_undo_and_others_do_not(self):
        merge = self.merge(self.kept, self.twin)
        for user in (self.salesperson, self.lead_seller):
            with self.assertRaises(AccessError):
                self.undo(merge, user)
            with self.assertRaises(AccessError):
                self.as_user(merge, user)._undo()
        self.undo(merge)
        self.assertTrue(self.twin.active)

    def test_merges_of_other_companies_are_not_seen(self):
        merge = self.merge(self.kept, self.twin)
        elsewhere = self.as_user(merge, self.manager, self.company_b)
        self.assertNotIn(merge, elsewhere.search([]))
        with self.assertRaises(AccessError):
            elsewhere.action_undo()

    def test_the_merge_that_can_be_undone_is_the_one_that_is_offered(self):
        def offered(model, user):
            bindings = self.env['ir.actions.actions'].with_user(user).get_bindings(model)
            ids = {action['id'] for actions in bindings.values() for action in actions}
            return {
                xmlid for xmlid in (
                    'crm_plus.crm_lead_merge_action', 'crm.action_merge_opportunities',
                    'crm_plus.res_partner_merge_action', 'base.action_partner_merge')
                if self.env.ref(xmlid).id in ids
            }

        self.assertEqual(
            offered('crm.lead', self.salesperson), {'crm_plus.crm_lead_merge_action'})
        self.assertEqual(
            offered('res.partner', self.manager), {'crm_plus.res_partner_merge_action'})
        self.assertEqual(
            offered('res.partner', self.env.ref('base.user_admin')),
            {'crm_plus.res_partner_merge_action', 'base.action_partner_merge'})

    # -- undoing

    def test_undo_puts_everything_back(self):
        wizard = self.wizard(self.kept, self.twin)
        before = self.dump()
        self.env.invalidate_all()
        wizard.action_merge()
        merge = self.env['crm.merge'].search([('lead_id', '=', self.kept.id)])
        self.undo(merge)
        self.assertSameDatabase(before, self.dump())
        self.assertEqual(merge.undone_by_id, self.manager)
        self.assertFalse(merge.can_undo)
        with self.assertRaises(UserError):
            self.undo(merge)

    def test_what_has_changed_since_is_named_and_left(self):
        merge = self.merge(self.kept, self.twin, phone="+32 2 290 00 00")
        self.kept.phone = "+32 2 290 11 11"
        moved = self.kept.activity_ids.filtered(lambda activity: activity.summary == "Do Lorries")
        moved.unlink()
        self.env.flush_all()
        action = self.undo(merge)
        self.assertEqual(action['res_model'], 'crm.merge.undo')
        self.assertTrue(self.kept.merged_into_id or self.twin.merged_into_id, "nothing yet")
        dialog = self.as_user(self.env['crm.merge.undo'], self.manager).create(
            {'merge_id': merge.id})
        self.assertIn("Phone", dialog.reasons)
        self.assertIn("Activity", dialog.reasons)
        dialog.action_undo()
        self.assertTrue(self.twin.active)
        self.assertFalse(self.twin.merged_into_id)
        self.assertEqual(self.kept.phone, "+32 2 290 11 11")

    def test_what_is_new_since_stays(self):
        merge = self.merge(self.kept, self.twin)
        said = self.kept.message_post(body="Later", message_type='comment')
        self.undo(merge)
        self.assertIn(said, self.kept.message_ids)

    def test_merges_are_undone_in_turn(self):
        third = self.make_request("Third")
        first = self.merge(self.kept, self.twin)
        self.merge(third, self.kept)
        with self.assertRaises(UserError):
            self.undo(first)

    def test_a_deleted_lead_cannot_come_back(self):
        merge = self.merge(self.kept, self.twin)
        self.twin.unlink()
        with self.assertRaises(UserError):
            self.undo(merge)
        merge._gc_journals()
        self.assertFalse(merge.can_undo, "nothing is kept of what is gone")

    def test_journals_are_forgotten_in_time(self):
        merge = self.env['crm.merge'].browse(self.merge(self.kept, self.twin).id)
        merge._gc_journals()
        self.assertTrue(merge.can_undo)
        merge.date = '2020-01-01 00:00:00'
        self.company.merge_undo_days = 0
        merge._gc_journals()
        self.assertTrue(merge.can_undo, "kept for good")
        self.company.merge_undo_days = 30
        merge._gc_journals()
        self.assertFalse(merge.can_undo)
        with self.assertRaises(UserError):
            self.undo(merge)
