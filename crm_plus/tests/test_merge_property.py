from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..merging.links import counts
from .merge_things import MergeThings

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
THINGS = {
    'crm.lead': st.lists(st.sampled_from([*MergeThings.ON_BOTH, *MergeThings.ON_LEADS]), max_size=9),
    'res.partner': st.lists(
        st.sampled_from([*MergeThings.ON_BOTH, *MergeThings.ON_CONTACTS]), max_size=9),
}


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestMergeProperty(MergeThings):
    """Whatever is merged and taken apart again: the database is the same, row for row.

    Compared are all tables and columns, the dates of the last change included: merging and
    undoing happen on other days than that on which the records were made.
    """

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
        with self.later(1):
            wizard.action_merge()
            self.assertNotEqual(before, self.dump())
        merge = self.env['crm.merge'].search([], limit=1)
        self.assertEqual(merge._survivor(), survivor)
        self.assertFalse((records - survivor).filtered('active'))
        with self.later(2):
            self.undo(merge)
            self.assertSameDatabase(before, self.dump())
        return merge

    @EXAMPLES
    @given(leads=st.lists(st.tuples(LEAD, THINGS['crm.lead']), min_size=2, max_size=3),
           survivor=st.integers(0, 2), chosen=st.integers(0, 2))
    def test_leads(self, leads, survivor, chosen):
        with self.example():
            self.env.invalidate_all()
            records = self.make_leads(*(values for values, _things in leads))
            for number, (_values, things) in enumerate(leads):
                self.hang(records[number], things, number)
            self.check(records, survivor, chosen)

    @EXAMPLES
    @given(contacts=st.lists(st.tuples(CONTACT, THINGS['res.partner']), min_size=2, max_size=3),
           survivor=st.integers(0, 2), chosen=st.integers(0, 2))
    def test_contacts(self, contacts, survivor, chosen):
        with self.example():
            self.env.invalidate_all()
            records = self.make_contacts(*(values for values, _things in contacts))
            for number, (_values, things) in enumerate(contacts):
                self.hang(records[number], things, number)
            self.check(records, survivor, chosen)

    # ------------------------------------------------------------
    # EVERYTHING AT ONCE
    # ------------------------------------------------------------

    def test_leads_with_everything(self):
        records = self.make_leads({}, {'expected_revenue': 5}, {'phone': "+32 2 290 34 90"})
        for number, record in enumerate(records):
            self.hang(record, [*self.ON_BOTH, *self.ON_LEADS], number)
        self.assertHangsOnEverything(records)
        self.check(records, 1, 2)

    def test_contacts_with_everything(self):
        records = self.make_contacts(
            {}, {'vat': "BE0477472701"}, {'phone': "+32 2 290 34 90", 'city': "Bern"})
        for number, record in enumerate(records):
            self.hang(record, [*self.ON_BOTH, *self.ON_CONTACTS], number)
        self.assertHangsOnEverything(records)
        self.check(records, 1, 2)

    def assertHangsOnEverything(self, records):
        """Of each table of the add-on that can name the records, there is a row that does."""
        model = records._name
        mover = self.env['crm.merge.mover']
        passing = mover._passing_tables()
        ours = {
            record._table for record in self.env.values()
            if record._original_module == 'crm_plus' and not record._abstract}
        links = {
            link for link in (*mover._foreign_keys(model), *mover._references(model))
            if link.table in ours - passing and link.column != 'merged_into_id'
            and link.model_column is None}
        found = counts(self.env, links, model, records.ids)
        self.assertEqual(
            {f'{link.table}.{link.column}' for link in links - found.keys()}
            - {
                # of earlier merges, and the second of a pair
                'crm_merge.lead_id', 'crm_merge.partner_id',
                'crm_duplicate.other_lead_id', 'crm_duplicate.other_partner_id',
                # of the customer, whose row stays with them
                'crm_contact_due.contact_id'},
            set(), "let something of the table hang on the record in merge_things.py")

    def test_no_column_is_overlooked(self):
        """Each pair of columns that holds a model and a number is known, or turned by none."""
        mover = self.env['crm.merge.mover']
        known = {
            (link.table, link.column) for link in mover._links('res.partner')
            if link.model_column}
        found = set(self.env.execute_query(SQL(
            """
            SELECT number.table_name, number.column_name
              FROM information_schema.columns number
              JOIN information_schema.columns model ON model.table_name = number.table_name
              JOIN pg_tables ON tablename = number.table_name
             WHERE number.table_schema = current_schema AND model.table_schema = current_schema
               AND number.data_type = 'integer' AND number.column_name ~ '(^|_)res_id$'
               AND model.column_name IN (
                   'model', 'res_model', 'model_name',
                   replace(number.column_name, 'res_id', 'res_model'))
            """)))
        passing = mover._passing_tables()
        self.assertEqual({
            f'{table}.{column}' for table, column in found - known if table not in passing},
            set())

    # ------------------------------------------------------------
    # SECOND KEY ACCOUNTS
    # ------------------------------------------------------------

    def test_second_key_account_goes_on_as_the_first(self):
        """Each customer has one: people, projects, figures, messages come together."""
        first, second = customers = self.make_contacts({'is_company': True}, {'is_company': True})
        for number, customer in enumerate(customers):
            self.hang_account(customer, number)
        accounts = self.env['crm.key.account'].search([('partner_id', 'in', customers.ids)])
        kept = accounts.filtered(lambda account: account.partner_id == first)
        [here] = accounts.filtered(
            lambda account: account.partner_id == second and account.company_id == self.company)
        elsewhere = accounts - kept - here
        people, projects = accounts.role_ids - elsewhere.role_ids, kept.project_ids | here.project_ids
        before = self.dump()
        self.env.invalidate_all()
        merge = self.merge(first, second)
        self.assertEqual(kept.role_ids, people)
        self.assertEqual(people.customer_id, first)
        self.assertEqual(kept.project_ids, projects)
        self.assertEqual((kept.annual_purchases, str(kept.figure_date)), (101, '2024-01-02'))
        self.assertEqual(kept.figure_ids.profile_id, kept.profile_id, "that of the account now")
        self.assertEqual(kept.habits, "Habits 1", "what was not known")
        self.assertEqual(len(kept.market_country_ids), 3)
        self.assertEqual(len(kept.activity_ids), 2)
        self.assertFalse(here.active)
        self.assertEqual(here.partner_id, second)
        self.assertIn("Goes on as", here.message_ids[0].body)
        self.assertEqual(elsewhere.partner_id, first, "where there was none it goes over itself")
        self.assertTrue(elsewhere.active)
        self.undo(merge)
        self.assertSameDatabase(before, self.dump())

    def test_second_key_account_of_a_colleague_comes_too(self):
        """Who merges customers need not be allowed to change their key accounts."""
        first, second = customers = self.make_contacts({}, {})
        for number, customer in enumerate(customers):
            self.hang_account(customer, 2 * number)
        accounts = self.env['crm.key.account'].search([('partner_id', 'in', customers.ids)])
        accounts.user_id = self.manager
        seller = new_test_user(
            self.env, 'merge_seller', company_id=self.company.id,
            groups='sales_team.group_sale_salesman,base.group_partner_manager')
        self.assertFalse(accounts.with_user(seller).has_access('write'))
        self.merge(first, second, seller)
        self.assertEqual(accounts.filtered('active').partner_id, first)
        self.assertEqual(len(accounts.filtered('active').role_ids), 4)
