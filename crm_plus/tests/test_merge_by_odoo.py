from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tests import Form, tagged

from .merge_things import MergeThings
from .test_merge_property import EXAMPLES, LEAD, THINGS


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestMergeByOdoo(MergeThings):
    """Odoo's own merge, which deletes the merged leads: it can be undone, row for row."""

    def compared(self):
        """All rows but those of dialogs, which are there for hours only."""
        passing = self.env['crm.merge.mover']._passing_tables()
        return {table: rows for table, rows in self.dump().items() if table not in passing}

    def pair(self, user=None, **values):
        return self.make_leads(*(
            {'email_from': "hank@globex.test", 'user_id': user and user.id, **values}
            for _number in range(2)))

    def last_merge(self):
        return self.env['crm.merge'].search([], limit=1)

    def check_undone(self, merge_leads, records):
        """Merge as Odoo does, and take it apart again."""
        # what is tracked is written down when a transaction ends
        self.env.cr.precommit.run()
        before = self.compared()
        self.env.invalidate_all()
        with self.later(1):
            survivor = merge_leads()
            self.env.flush_all()
            self.assertEqual(records.exists(), survivor)
            self.env.cr.precommit.run()
        merge = self.last_merge()
        self.assertEqual(merge.lead_id, survivor)
        self.assertTrue(merge.can_undo)
        with self.later(2):
            self.undo(merge)
            self.assertSameDatabase(before, self.compared())
        self.assertEqual(records.exists(), records)
        return merge

    @EXAMPLES
    @given(leads=st.lists(st.tuples(LEAD, THINGS['crm.lead']), min_size=2, max_size=3),
           types=st.lists(st.sampled_from(['lead', 'opportunity']), min_size=3, max_size=3))
    def test_whatever_is_merged_comes_back(self, leads, types):
        with self.example():
            self.env.invalidate_all()
            records = self.make_leads(*(
                {**values, 'type': kind}
                for (values, _things), kind in zip(leads, types, strict=False)))
            for number, (_values, things) in enumerate(leads):
                self.hang(records[number], things, number)
            self.check_undone(
                lambda: self.as_user(records, self.manager).merge_opportunity(), records)

    def test_leads_with_everything_come_back(self):
        records = self.make_leads({}, {'expected_revenue': 5}, {'phone': "+32 2 290 34 90"})
        for number, record in enumerate(records):
            self.hang(record, [*self.ON_BOTH, *self.ON_LEADS], number)
        self.check_undone(
            lambda: self.as_user(records, self.manager).merge_opportunity(
                self.salesperson.id, self.env['crm.team'].search([], limit=1).id), records)

    # ------------------------------------------------------------
    # ODOO'S DIALOGS
    # ------------------------------------------------------------

    def convert(self, lead, user, **values):
        """Choose in the dialog that converts a lead to merge it with what there is already."""
        dialog = self.as_user(self.env['crm.lead2opportunity.partner'], user).with_context(
            active_model='crm.lead', active_id=lead.id, active_ids=lead.ids)
        with Form(dialog) as form:
            form.name = 'merge'
            for name, value in values.items():
                form[name] = value
        return form.record.with_context(**dialog.env.context)

    def test_dialog_of_conversion(self):
        leads = self.pair(type='lead')
        leads[1].type = 'opportunity'
        for number, lead in enumerate(leads):
            self.hang(lead, ['message', 'activity', 'file', 'tag', 'order', 'override'], number)
        dialog = self.convert(leads[0], self.manager, user_id=self.colleague)
        self.assertEqual(dialog.duplicated_lead_ids, leads)

        def merge():
            action = dialog.action_apply()
            survivor = leads.exists()
            self.assertEqual(action['res_id'], survivor.id)
            self.assertEqual((survivor.type, survivor.user_id), ('opportunity', self.colleague))
            return survivor
        merge = self.check_undone(merge, leads)
        self.assertEqual(merge.user_id, self.manager)

    def test_customer_made_by_the_conversion_stays(self):
        leads = self.pair(type='lead', contact_name="Hank Scorpio")
        dialog = self.convert(leads[0], self.manager, user_id=self.colleague)
        dialog.action = 'create'
        dialog.action_apply()
        survivor = leads.exists()
        customer = survivor.partner_id
        self.assertEqual((customer.name, survivor.type), ("Hank Scorpio", 'opportunity'))
        self.undo(self.last_merge())
        self.assertEqual(leads.mapped('type'), ['lead', 'lead'])
        self.assertFalse(leads.partner_id)
        self.assertEqual(customer.exists().name, "Hank Scorpio")

    def test_dialog_of_many_conversions(self):
        leads = self.pair(type='lead') | self.make_leads({'type': 'lead', 'email_from': "x@y.test"})
        dialog = self.as_user(
            self.env['crm.lead2opportunity.partner.mass'], self.manager).with_context(
                active_model='crm.lead', active_ids=leads.ids).create(
                    {'deduplicate': True, 'user_ids': self.colleague.ids})
        dialog.action_mass_convert()
        survivor = leads[:2].exists()
        self.assertEqual(len(survivor), 1)
        self.undo(self.last_merge())
        self.assertEqual(leads.exists(), leads)
        self.assertFalse(leads.merged_into_id)
        self.assertEqual(leads[0].email_from, leads[1].email_from)

    def test_dialog_of_merging(self):
        leads = self.pair()
        self.hang(leads[1], ['message', 'activity', 'meeting'], 1)
        dialog = self.as_user(self.env['crm.merge.opportunity'], self.manager).with_context(
            active_ids=leads.ids).create({'user_id': self.colleague.id})

        def merge():
            dialog.action_merge()
            return leads.exists()
        self.check_undone(merge, leads)

    def test_assignment_by_rules(self):
        """Odoo merges first and deletes last then; it is written down where that is wanted."""
        self.env['res.config.settings'].create({'assignment_log_merges': True}).execute()
        team = self.env['crm.team'].create({
            'name': "Assigned", 'company_id': self.company.id,
            'assignment_domain': [('name', 'like', 'Lead ')],
            'crm_team_member_ids': [Command.create(
                {'user_id': self.colleague.id, 'assignment_max': 90})]})
        leads = self.pair(type='lead') | self.make_leads(
            *({'type': 'lead', 'email_from': "homer@globex.test"} for _number in range(2)))
        self.hang(leads[1], ['message', 'activity', 'follower'], 1)
        before = self.env['crm.merge'].search([])
        team._allocate_leads()
        self.assertEqual(len(leads.exists()), 2)
        merges = self.env['crm.merge'].search([]) - before
        self.assertEqual(merges.lead_id, leads.exists())
        for merge in merges:
            self.undo(merge)
        self.assertEqual(leads.exists(), leads)
        self.assertIn("Message 1", str(leads[1].message_ids.mapped('body')))
        self.assertEqual(leads[1].activity_ids.summary, "Do 1")
        self.assertIn(self.contact, leads[1].message_partner_ids)

    def test_assignment_by_rules_is_not_slowed_down(self):
        team = self.env['crm.team'].create({
            'name': "Assigned", 'company_id': self.company.id,
            'assignment_domain': [('name', 'like', 'Lead ')],
            'crm_team_member_ids': [Command.create(
                {'user_id': self.colleague.id, 'assignment_max': 90})]})
        leads = self.pair(type='lead')
        before = self.env['crm.merge'].search_count([])
        team._allocate_leads()
        self.assertEqual(len(leads.exists()), 1)
        self.assertEqual(self.env['crm.merge'].search_count([]), before)

    # ------------------------------------------------------------
    # WHO AND WHAT
    # ------------------------------------------------------------

    def test_salespeople_merge_their_own_and_cannot_undo(self):
        leads = self.pair(self.salesperson)
        strange = self.pair(self.colleague)[0]
        dialog = self.convert(leads[0], self.salesperson)
        self.assertEqual(dialog.duplicated_lead_ids, leads, "what the salesperson may see")
        with self.assertRaises(AccessError):
            self.as_user(leads[0] | strange, self.salesperson).merge_opportunity()
        dialog.action_apply()
        merge = self.last_merge()
        self.assertEqual(merge.user_id, self.salesperson)
        for read in ('journal', 'name'):
            with self.assertRaises(AccessError):
                self.as_user(merge, self.salesperson).read([read])
        with self.assertRaises(AccessError):
            self.undo(merge, self.salesperson)
        self.undo(merge)
        self.assertEqual(leads.exists(), leads)
        self.assertTrue(strange.exists())

    def test_managers_of_another_company_do_not_undo(self):
        leads = self.pair()
        self.as_user(leads, self.manager).merge_opportunity()
        elsewhere = self.as_user(self.last_merge(), self.manager, self.company_b)
        with self.assertRaises(AccessError):
            elsewhere.action_undo()

    def test_the_log_says_what_went_over_and_what_was_deleted(self):
        leads = self.pair()
        self.hang(leads[1], ['message', 'activity', 'score'], 1)
        self.as_user(leads, self.manager).merge_opportunity(user_id=self.colleague.id)
        merge = self.as_user(self.last_merge(), self.manager)
        self.assertEqual(merge.name, "Lead 1")
        for text in ("went over", "Message", "Activity", "Salesperson", "was deleted", "× Lead"):
            self.assertIn(text, merge.summary)

    def test_what_has_changed_since_is_named_and_left(self):
        leads = self.pair()
        self.hang(leads[1], ['activity', 'follower'], 1)
        team = self.env['crm.team'].create({'name': "Passing", 'company_id': self.company.id})
        follower = self.env['res.partner'].create({'name': "Follower", 'email': "f@x.test"})
        leads[1].message_subscribe(follower.ids)
        leads[1].team_id = team
        survivor = self.as_user(leads, self.manager).merge_opportunity(self.colleague.id)
        survivor.user_id = self.salesperson
        survivor.activity_ids.unlink()
        self.env.flush_all()
        follower.unlink()
        action = self.undo(self.last_merge())
        self.assertEqual(action['res_model'], 'crm.merge.undo')
        dialog = self.as_user(self.env['crm.merge.undo'], self.manager).create(
            {'merge_id': self.last_merge().id})
        for text in ("Salesperson", "Activity: deleted since", "cannot come back"):
            self.assertIn(text, dialog.reasons)
        dialog.action_undo()
        self.assertEqual(leads.exists(), leads)
        self.assertEqual(survivor.user_id, self.salesperson)
        self.assertIn(self.contact, leads[1].message_partner_ids)

    def test_what_is_computed_is_computed_anew(self):
        leads = self.make_leads({'probability': 90}, {'phone': "+32 2 290 34 90"})
        survivor = self.as_user(leads, self.manager).merge_opportunity()
        self.assertEqual((survivor, survivor.phone_sanitized), (leads[0], "+3222903490"))
        survivor.phone = "+32 2 290 34 91"
        self.env.flush_all()
        merge = self.last_merge()
        self.assertEqual(self.as_user(merge, self.manager)._changed_since(), [
            "Lead 0: changed since: Phone"])
        self.as_user(merge, self.manager)._undo()
        self.assertEqual(survivor.phone_sanitized, "+3222903491")
        survivor.phone = False
        self.assertFalse(survivor.phone_sanitized)

    def test_merges_of_either_kind_are_undone_in_turn(self):
        first, second, third = self.make_leads({}, {'probability': 5}, {'probability': 90})
        inner = self.merge(second, first)
        self.as_user(second | third, self.manager).merge_opportunity()
        self.assertEqual(first.merged_into_id, third)
        self.assertFalse(inner.exists(), "the lead that it tells of is gone")
        self.undo(self.last_merge())
        self.assertEqual((first.merged_into_id, inner.exists()), (second, inner))
        self.undo(inner)
        self.assertFalse(first.merged_into_id)

    def test_leads_that_are_deleted_by_hand_stay_deleted(self):
        leads = self.pair()
        merge = self.merge(leads[0], leads[1])
        leads[1].unlink()
        with self.assertRaises(UserError):
            self.undo(merge)

    def test_files_of_deleted_attachments_are_kept(self):
        leads = self.pair()
        file = self.env['ir.attachment'].create({
            'name': "hidden.txt", 'raw': b'hidden', 'res_model': 'crm.lead',
            'res_id': leads[1].id, 'res_field': 'description'})
        self.as_user(leads, self.manager).merge_opportunity()
        self.assertFalse(file.exists())
        merge = self.last_merge()
        [kept] = merge._kept_files(Domain('res_id', '=', merge.id))
        self.assertEqual(kept.raw, b'hidden')
        with self.assertRaises(AccessError):
            self.as_user(kept, self.manager).read(['raw'])
        self.undo(merge)
        self.assertEqual(file.exists().raw, b'hidden')
        self.assertFalse(kept.exists())

    def test_journals_are_forgotten_in_time_and_with_the_person(self):
        leads = self.pair()
        self.as_user(leads, self.manager).merge_opportunity()
        merge = self.last_merge()
        merge._gc_journals()
        self.assertTrue(merge.can_undo, "the deleted lead is kept in it")
        merge._forget_person("somebody@else.test")
        self.assertTrue(merge.can_undo)
        wizard = self.env['privacy.lookup.wizard'].create(
            {'name': "Hank", 'email': " HANK@globex.test "})
        line = self.env['privacy.lookup.wizard.line'].create({
            'wizard_id': wizard.id, 'res_id': self.make_request("Other").id,
            'res_model_id': self.env['ir.model']._get_id('crm.lead')})
        line.action_unlink()
        self.assertFalse(merge.can_undo)
        with self.assertRaises(UserError):
            self.undo(merge)
