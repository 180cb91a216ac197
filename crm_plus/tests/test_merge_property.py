from contextlib import closing

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from .merge_common import MergeCommon

EXAMPLES = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    # documents are slow to make: a failure is shown as it is found
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)

WORDS = st.sampled_from(["", "Globex", "Globex Ltd", "Initech"])
LEAD = st.fixed_dictionaries({
    'contact_name': WORDS,
    'partner_name': WORDS,
    'email_from': st.sampled_from(["", "hank@globex.test", "Homer <homer@globex.test>"]),
    'phone': st.sampled_from(["", "+32 2 290 34 90"]),
    'website': st.sampled_from(["", "https://globex.test"]),
    'city': st.sampled_from(["", "Bern"]),
    'expected_revenue': st.sampled_from([0, 12.34, 1000000]),
    'probability': st.sampled_from([0, 10, 55.5]),
    'description': st.sampled_from(["", "<p>One</p>", "<p>Two</p>"]),
})
CONTACT = st.fixed_dictionaries({
    'email': st.sampled_from(["", "info@globex.test", "office@globex.test"]),
    'phone': st.sampled_from(["", "+32 2 290 34 90"]),
    'vat': st.sampled_from(["", "BE0477472701"]),
    'city': st.sampled_from(["", "Bern"]),
    'is_company': st.booleans(),
    'comment': st.sampled_from(["", "<p>One</p>", "<p>Two</p>"]),
})
#: what hangs on a record, any of it several times
THINGS = st.lists(
    st.sampled_from(['message', 'activity', 'file', 'follower', 'tag', 'order', 'meeting',
                     'reference', 'child']),
    max_size=6)


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestMergeProperty(MergeCommon):
    """Whatever is merged and taken apart again: the database is the same, row for row."""

    def example(self):
        """Undo an example, so that the next one finds what the first one found."""
        return closing(self.env.cr.savepoint())

    def hang(self, record, things, number):
        for thing in things:
            getattr(self, f'hang_{thing}')(record, number)

    def hang_message(self, record, number):
        record.message_post(body=f"Message {number}", message_type='comment')

    def hang_activity(self, record, number):
        record.activity_schedule(
            'mail.mail_activity_data_todo', summary=f"Do {number}", user_id=self.manager.id)

    def hang_file(self, record, number):
        self.env['ir.attachment'].create({
            'name': f"{number}.txt", 'raw': b'x', 'res_model': record._name,
            'res_id': record.id})

    def hang_follower(self, record, number):
        # the same for each record: the survivor has it already
        record.message_subscribe((self.manager.partner_id | self.contact).ids)

    def hang_tag(self, record, number):
        if record._name == 'crm.lead':
            tag = self.env['crm.tag'].search([], limit=1) or self.env['crm.tag'].create(
                {'name': "Tag"})
            record.tag_ids = [Command.link(tag.id)]
        else:
            record.category_id = [Command.create({'name': f"Tag {number}"})]

    def hang_order(self, record, number):
        if record._name == 'crm.lead':
            self.make_order(
                self.customer, 10, '2024-01-01 10:00:00', confirm=False
            ).opportunity_id = record
        else:
            self.make_order(record, 10, '2024-01-01 10:00:00', confirm=False)

    def hang_meeting(self, record, number):
        if record._name == 'crm.lead':
            self.make_meeting(self.contact, opportunity_id=record.id)
        else:
            self.make_meeting(record | self.contact)

    def hang_reference(self, record, number):
        self.env['ir.model.data'].create({
            'module': '__import__', 'name': f"merge_{record._name}_{record.id}_{number}_"
            f"{self.env['ir.model.data'].search_count([('module', '=', '__import__')])}",
            'model': record._name, 'res_id': record.id})

    def hang_child(self, record, number):
        if record._name == 'res.partner':
            self.env['res.partner'].create({'name': f"Child {number}", 'parent_id': record.id})
        else:
            record.partner_id = self.contact

    def check(self, records, survivor_number, chosen):
        survivor = records[survivor_number % len(records)]
        wizard = self.as_user(self.env['crm.merge.wizard'], self.manager).create({
            **self.as_user(self.env['crm.merge.wizard'], self.manager)._prepare(
                self.as_user(records, self.manager)),
            'survivor_id': survivor.id,
        })
        wizard.choices = {
            row['name']: records[chosen % len(records)].id for row in wizard.preview['fields']}
        before = self.dump()
        self.env.invalidate_all()
        wizard.action_merge()
        self.assertNotEqual(before, self.dump())
        merge = self.env['crm.merge'].search([], limit=1)
        self.assertEqual(merge._survivor(), survivor)
        self.assertFalse((records - survivor).filtered('active'))
        self.undo(merge)
        self.assertSameDatabase(before, self.dump())

    @EXAMPLES
    @given(leads=st.lists(st.tuples(LEAD, THINGS), min_size=2, max_size=3),
           survivor=st.integers(0, 2), chosen=st.integers(0, 2))
    def test_leads(self, leads, survivor, chosen):
        with self.example():
            self.env.invalidate_all()
            records = self.env['crm.lead']
            for number, (values, things) in enumerate(leads):
                record = self.make_request(f"Lead {number}", **values)
                self.hang(record, things, number)
                records |= record
            self.check(records, survivor, chosen)

    @EXAMPLES
    @given(contacts=st.lists(st.tuples(CONTACT, THINGS), min_size=2, max_size=3),
           survivor=st.integers(0, 2), chosen=st.integers(0, 2))
    def test_contacts(self, contacts, survivor, chosen):
        with self.example():
            self.env.invalidate_all()
            records = self.env['res.partner']
            for number, (values, things) in enumerate(contacts):
                record = self.env['res.partner'].create(
                    {'name': f"Contact {number}", **values})
                self.hang(record, things, number)
                records |= record
            self.check(records, survivor, chosen)
