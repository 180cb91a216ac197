from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

DATA = {
    'company': {'name': "Harbour Chemicals", 'city': "Antwerp", 'country': 'BE',
                'currency': 'EUR', 'email': 'info@harbour.example.com'},
    'staff': {'sam': "Sam Sommer"},
    'products': [
        {'key': 'acid', 'name': "Acid", 'category': "Liquids / Acids", 'price': 4, 'cost': 3,
         'unit': 'uom.product_uom_litre'},
        {'key': 'advice', 'name': "Advice", 'category': "Services", 'price': 90,
         'service': True},
    ],
    'rhythms': {
        'steady': {'every_days': 60, 'spread': 0, 'quantity': [8, 8], 'products': {'acid': 1},
                   'lines': [1, 1], 'discount': 10, 'term_days': 14},
        'late': {'every_days': 90, 'spread': 0, 'late': 1, 'late_days': 10, 'unpaid': 0},
        'credited': {'every_days': 200, 'spread': 0, 'quantity': [8, 8], 'credited': 1,
                     'unpaid': 1},
    },
    'customers': [
        {'key': 'north', 'name': "North Paint", 'country': 'SE', 'city': "Lund",
         'industry': 'base.res_partner_industry_C', 'tier': 'crm_plus.crm_customer_tier_a',
         'salesperson': 'sam', 'rhythm': 'steady',
         'contacts': [{'key': 'anna', 'name': "Anna Berg", 'job': "Buyer"},
                      {'key': 'olof', 'name': "Olof Ek", 'job': "Director"}]},
        {'key': 'south', 'name': "South Paint", 'country': 'IT', 'rhythm': 'late'},
        {'key': 'west', 'name': "West Paint", 'country': 'IE', 'rhythm': 'credited'},
    ],
    'crowds': [{'key': 'small', 'count': 3, 'country': 'BE', 'cities': ["Ghent"],
                'first_names': ["An", "Jo"], 'last_names': ["Maes", "Smet"],
                'rhythms': {'late': 1}}],
    'competitors': [{'key': 'rival', 'name': "Rival AG", 'strengths': "Near"}],
    'leads': [
        {'key': 'open', 'name': "Second line", 'customer': 'north', 'contact': 'anna',
         'team': 'sales_team.team_sales_department', 'stage': 'crm.stage_lead3',
         'source': 'utm.utm_source_newsletter', 'salesperson': 'sam', 'revenue': 5000,
         'created_days': 40, 'deadline_in': 20, 'values': {'competitor_ids': ['rival']}},
        {'key': 'raw', 'name': "Price of acid", 'type': 'lead', 'person': "Jan Novak",
         'company': "Moravia", 'email': 'novak@moravia.example.com', 'country': 'CZ',
         'created_days': 1},
        {'key': 'won', 'name': "First line", 'customer': 'north', 'state': 'won',
         'created_days': 200, 'closed_days': 150,
         'factors': ['crm_plus.crm_decision_factor_price']},
        {'key': 'lost', 'name': "Tanks", 'customer': 'south', 'state': 'lost',
         'created_days': 100, 'closed_days': 60, 'lost_reason': 'crm.lost_reason_1',
         'lost_to': 'rival'},
    ],
    'key_accounts': [{
        'customer': 'north', 'manager': 'sam', 'profile': 'crm_plus.account_profile_chemicals',
        'facts': {'process_kind': 'batch', 'sites': 2}, 'market_countries': ['SE', 'NO'],
        'annual_purchases': 50000,
        'people': [
            {'contact': 'anna', 'roles': ['crm_plus.buying_role_buys'], 'influence': '3',
             'stance': '1', 'our_person': 'sam', 'reports_to': 'olof',
             'met': {'days': 20, 'about': "Second line"}},
            {'contact': 'olof', 'roles': ['crm_plus.buying_role_decides'], 'influence': '5'},
        ],
        'projects': [{'name': "New hall", 'budget': 90000, 'start_days': 20, 'decision_in': 40,
                      'steps': [{'name': "Wishes", 'state': 'done', 'days': 5},
                                {'name': "Offers", 'in': 7}]}],
        'agreements': [{'kind': 'crm_plus.agreement_kind_frame', 'name': "Frame 2026",
                        'start_days': 100, 'end_in': 265}],
        'competitors': [{'competitor': 'rival', 'share': 30, 'satisfaction': '3'}],
    }],
}


@tagged('post_install', '-at_install')
class TestIndustryDemo(TransactionCase):
    """A demo company has documents as if it had sold for two years, and comes out only once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env['res.company'].create({'name': "Empty"})
        cls.env.user.company_ids += company
        cls.env = cls.env(context=dict(
            cls.env.context, allowed_company_ids=company.ids, tracking_disable=True))
        cls.company = company.with_env(cls.env)
        cls.demo = cls.env['crm.industry.demo']
        model = type(cls.demo)
        for name, stand_in in (
            ('_read_data', lambda self, module, key, lang='': (
                DATA if module == 'crm_plus' and not lang else {})),
            # what the data name stands in the database already
            ('_read_items', lambda self, key: {}),
        ):
            cls.startClassPatcher(patch.object(model, name, stand_in))
        cls.told = []
        cls.counts = cls.demo._load('harbour', lambda *stage: cls.told.append(stage))

    def record(self, kind, key):
        return self.env.ref(f'__industry_demo__.harbour_{self.company.id}_{kind}_{key}')

    def orders(self, key):
        return self.env['sale.order'].search([('partner_id', '=', self.record('customer', key).id)])

    def test_company_people_and_products(self):
        self.assertEqual(self.company.name, "Harbour Chemicals")
        self.assertEqual(self.company.currency_id.name, 'EUR')
        self.assertTrue(self.company.chart_template)
        sam = self.env['res.users'].search([('login', '=', 'sam')])
        self.assertTrue(sam.has_group('sales_team.group_sale_salesman_all_leads'))
        acid = self.record('product', 'acid')
        self.assertEqual(acid.categ_id.complete_name, "Liquids / Acids")
        self.assertEqual((acid.lst_price, acid.standard_price), (4, 3))
        self.assertEqual(acid.uom_id, self.env.ref('uom.product_uom_litre'))
        self.assertEqual(self.record('product', 'advice').type, 'service')

    def test_customers(self):
        north = self.record('customer', 'north')
        self.assertEqual(north.customer_tier_id, self.env.ref('crm_plus.crm_customer_tier_a'))
        self.assertEqual(north.user_id.login, 'sam')
        self.assertEqual(self.record('contact', 'north_anna').parent_id, north)
        self.assertEqual(self.counts['customer'], 6)
        self.assertFalse(self.record('customer', 'small_0001').is_company)

    def test_orders_are_invoiced_and_paid(self):
        orders = self.orders('north')
        self.assertIn(len(orders), (12, 13))
        self.assertEqual(set(orders.mapped('state')), {'sale'})
        self.assertEqual(set(orders.mapped('invoice_status')), {'invoiced'})
        self.assertEqual(set(orders.mapped('amount_total')), {8 * 4 * 0.9})
        for order in orders:
            invoice = order.invoice_ids
            self.assertEqual(invoice.invoice_date, order.date_order.date())
            self.assertEqual((invoice.invoice_date_due - invoice.invoice_date).days, 14)
            if invoice.invoice_date_due < fields.Date.today():
                self.assertIn(invoice.payment_state, ('paid', 'in_payment'))

    def test_numbers_rise_with_the_days(self):
        for kind in ('out_invoice', 'out_refund', 'entry'):
            moves = self.env['account.move'].search([
                ('company_id', '=', self.company.id), ('move_type', '=', kind)],
                order='date, sequence_number')
            self.assertTrue(moves)
            for same_year in moves.grouped(lambda move: move.sequence_prefix).values():
                numbers = same_year.mapped('sequence_number')
                self.assertEqual(numbers, sorted(numbers))

    def test_payments_settle_their_invoices(self):
        payments = self.env['account.payment'].search([('company_id', '=', self.company.id)])
        self.assertTrue(payments)
        self.assertEqual(set(payments.mapped('is_reconciled')), {True})
        for payment in payments:
            invoice = payment.reconciled_invoice_ids
            self.assertEqual(invoice, payment.invoice_ids)
            self.assertEqual(payment.amount, invoice.amount_total)
            self.assertEqual(payment.memo, invoice.payment_reference)
            self.assertEqual(invoice.amount_residual, 0)

    def test_chatter_does_not_say_that_it_was_done_today(self):
        orders = self.env['sale.order'].search([('company_id', '=', self.company.id)])
        for documents in (orders, orders.invoice_ids):
            self.assertFalse(documents.message_ids)

    def test_progress(self):
        stages = list(dict.fromkeys(stage for stage, _done, _total in self.told))
        for stage in ("Orders and invoices", "Payments"):
            self.assertIn(stage, stages)
            _stage, done, total = [told for told in self.told if told[0] == stage][-1]
            self.assertEqual(done, total)
            self.assertGreater(total, 0)

    def test_late_payers(self):
        payments = self.orders('south').invoice_ids.matched_payment_ids
        self.assertTrue(payments)
        for payment in payments:
            for invoice in payment.invoice_ids:
                self.assertGreater(payment.date, invoice.invoice_date_due)

    def test_credit_notes_and_unpaid_invoices(self):
        invoices = self.orders('west').invoice_ids
        notes = invoices.filtered(lambda move: move.move_type == 'out_refund')
        self.assertTrue(notes)
        self.assertEqual(set(notes.mapped('state')), {'posted'})
        for note in notes:
            self.assertEqual(note.invoice_line_ids.quantity, 2)
        sold = invoices - notes
        self.assertLessEqual(set(sold.mapped('payment_state')), {'not_paid', 'partial'})

    def test_leads(self):
        lead = self.record('lead', 'open')
        self.assertEqual(lead.stage_id, self.env.ref('crm.stage_lead3'))
        self.assertEqual(lead.partner_id, self.record('contact', 'north_anna'))
        self.assertEqual(lead.competitor_ids.name, "Rival AG")
        self.assertIn(lead.probability, range(10, 86))
        age = (fields.Datetime.now() - lead.create_date).days
        self.assertIn(age, range(39, 43))
        raw = self.record('lead', 'raw')
        self.assertEqual((raw.type, raw.contact_name, raw.country_id.code),
                         ('lead', "Jan Novak", 'CZ'))

    def test_won_and_lost(self):
        won, lost = self.record('lead', 'won'), self.record('lead', 'lost')
        self.assertEqual(won.won_status, 'won')
        self.assertIn((fields.Datetime.now() - won.date_closed).days, range(149, 153))
        self.assertEqual(won.decision_factor_ids.name, "Price")
        self.assertEqual(lost.won_status, 'lost')
        self.assertEqual(lost.lost_reason_id, self.env.ref('crm.lost_reason_1'))
        self.assertEqual(lost.lost_to_id.name, "Rival AG")

    def test_key_account(self):
        account = self.record('account', 'north')
        facts = {
            fact['name']: fact.get('value')
            for fact in account.read(['properties'])[0]['properties']}
        self.assertEqual((facts['process_kind'], facts['sites']), ('batch', 2))
        anna, olof = self.record('role', 'north_anna'), self.record('role', 'north_olof')
        self.assertEqual(account.role_ids, anna | olof)
        self.assertEqual(anna.manager_id, olof)
        met = self.env['calendar.event'].search([
            ('partner_ids', 'in', self.record('contact', 'north_anna').ids)])
        self.assertEqual((met.name, met.user_id.login), ("Second line", 'sam'))
        self.assertFalse(met.message_ids)
        self.assertEqual(account.last_human_contact, met.start)
        self.assertEqual(account.project_ids.step_ids.mapped('state'), ['done', 'todo'])
        self.assertEqual(self.record('agreement', 'north_1').account_id, account)
        self.assertTrue(account.health_date)

    def test_loading_again_changes_nothing(self):
        models = ('res.partner', 'sale.order', 'account.move', 'account.payment', 'crm.lead',
                  'crm.account.role', 'res.users', 'product.product')
        before = {model: self.env[model].search_count([]) for model in models}
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=40)):
            self.assertEqual(self.demo._load('harbour'), self.counts)
        self.assertEqual({model: self.env[model].search_count([]) for model in models}, before)

    def test_what_was_deleted_comes_back(self):
        self.record('lead', 'raw').unlink()
        self.assertEqual(self.demo._load('harbour'), self.counts)
        self.assertEqual(self.record('lead', 'raw').name, "Price of acid")

    def test_not_into_a_company_with_documents(self):
        with self.assertRaisesRegex(UserError, "new database"):
            self.demo._load('other')
