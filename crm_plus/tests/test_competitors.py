from freezegun import freeze_time

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmPlusCommon


class CompetitorCommon(CrmPlusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.other_rival = cls.env['crm.competitor'].create([
            {'name': "Rival"}, {'name': "Other Rival"},
        ])
        cls.glue = cls.env['crm.competitor.product'].create({
            'name': "Glue", 'competitor_id': cls.rival.id,
        })

    @classmethod
    def at_account(cls, user=None, **values):
        account = cls.as_user(cls.env['crm.account.competitor'], user or cls.salesperson)
        return account.create({
            'partner_id': cls.customer.id, 'competitor_id': cls.rival.id, **values})


@tagged('post_install', '-at_install')
class TestAccountCompetitor(CompetitorCommon):

    def test_contact_stands_for_its_customer(self):
        account = self.at_account(partner_id=self.contact.id)
        self.assertEqual(account.partner_id, self.customer)
        self.assertEqual(account.display_name, "Rival at Customer Ltd")
        self.assertEqual(account.company_id, self.company)

    def test_together_at_most_all(self):
        self.at_account(share=60)
        other = self.at_account(competitor_id=self.other_rival.id, share=40)
        with self.assertRaises(ValidationError) as refused:
            other.share = 41
        self.assertIn("Customer Ltd would have 101 per cent", str(refused.exception))
        with self.assertRaises(ValidationError):
            self.at_account(share=1)
        for share in (-1, 101):
            with self.assertRaises(ValidationError):
                self.at_account(partner_id=self.stranger.id, share=share)
        # each company sells something else to the customer, and what has left has no share
        self.at_account(self.manager, share=100, company_id=self.company_b.id)
        other.active = False
        third = self.at_account(share=30)
        with self.assertRaises(ValidationError):
            other.active = True
        third.active = False
        other.active = True
        self.assertEqual(other.share, 40)

    def test_values_leave_their_history(self):
        with freeze_time('2026-01-05 12:00:00'):
            account = self.at_account(
                price=10, share=30, satisfaction='4', product_id=self.glue.id)
            account.share = 35
        with freeze_time('2026-02-05 12:00:00'):
            account.write({'price': 12, 'known_date': '2026-02-01'})
            account.salesperson = "Mr Brown"
        rows = account.observation_ids.sorted('date')
        self.assertEqual(
            [(str(row.date), row.price, row.share, row.satisfaction) for row in rows],
            [('2026-01-05', 10, 35, '4'), ('2026-02-01', 12, 35, '4')])
        self.assertEqual(
            (rows.competitor_id, rows.partner_id, rows.company_id, rows.product_id),
            (self.rival, self.customer, self.company, self.glue))
        self.assertEqual(rows.user_id, self.salesperson)

    def test_what_changes_is_told_in_the_chatter(self):
        account = self.at_account(share=30).with_context(
            tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.cr.flush()
        account.write({'share': 20, 'strengths': "Fast"})
        self.env.flush_all()
        self.cr.flush()
        account.invalidate_recordset()
        tracked = account.message_ids.sudo().tracking_value_ids.field_id.mapped('name')
        self.assertEqual(set(tracked), {'share', 'strengths'})

    def test_product_is_the_competitors(self):
        with self.assertRaises(ValidationError):
            self.at_account(competitor_id=self.other_rival.id, product_id=self.glue.id)
        with self.assertRaises(ValidationError):
            self.env['crm.competitor.observation'].create({
                'competitor_id': self.other_rival.id, 'product_id': self.glue.id})
        with self.assertRaises(ValidationError):
            self.at_account(price=-1)

    def test_samples_with_documents_that_colleagues_see(self):
        account = self.at_account()
        document = self.env['ir.attachment'].with_user(self.salesperson).create({
            'name': "report.txt", 'raw': b"Sticks", 'res_model': 'crm.competitor.sample',
        })
        sample = self.env['crm.competitor.sample'].with_user(self.salesperson).create({
            'name': "Adhesion", 'account_competitor_id': account.id, 'kind': 'analysis',
            'result': "Sticks", 'verdict': 'better',
            'attachment_ids': [Command.set(document.ids)],
        })
        self.assertEqual((sample.partner_id, sample.competitor_id), (self.customer, self.rival))
        self.assertEqual(document.with_user(self.colleague).raw, b"Sticks")
        with self.assertRaises(AccessError):
            document.with_user(self.outsider).read(['raw'])

    def test_one_statement_more_or_less_for_many(self):
        def queries(count):
            values = [
                {'partner_id': partner.id, 'competitor_id': self.rival.id, 'share': 10,
                 'price': 5}
                for partner in self.env['res.partner'].create(
                    [{'name': f"Customer {number}"} for number in range(count)])
            ]
            accounts = self.env['crm.account.competitor'].create(values)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            accounts.write({'share': 20})
            self.env.flush_all()
            self.assertEqual(set(accounts.observation_ids.mapped('share')), {20})
            return self.env.cr.sql_log_count - before

        queries(2)
        self.assertEqual(queries(20), queries(2))


@tagged('post_install', '-at_install')
class TestCompetitorFile(CompetitorCommon):

    def test_where_they_are_and_what_was_won(self):
        self.at_account()
        self.at_account(partner_id=self.stranger.id)
        self.at_account(partner_id=self.stranger.id, product_id=self.glue.id)
        won = self.make_lead(
            self.customer, 10, user_id=self.salesperson.id,
            competitor_ids=[Command.set(self.rival.ids)])
        won.action_set_won()
        lost = self.make_lead(self.customer, 10, lost_to_id=self.rival.id)
        lost |= self.make_lead(self.customer, 10, lost_to_id=self.rival.id)
        colleagues = self.make_lead(
            self.customer, 10, lost_to_id=self.rival.id, user_id=self.colleague.id)
        (lost | colleagues).action_set_lost()
        rival = self.as_user(self.rival, self.salesperson)
        self.assertEqual((rival.account_count, rival.won_count, rival.lost_count), (2, 1, 2))
        self.assertAlmostEqual(rival.win_rate, 1 / 3)
        self.assertEqual(self.as_user(self.rival, self.lead_seller).lost_count, 3)
        for action, leads in (
            (rival.action_view_won(), won), (rival.action_view_lost(), lost),
        ):
            found = self.as_user(self.env['crm.lead'], self.salesperson).with_context(
                **action['context']).search(action['domain'])
            self.assertEqual(found, leads)
        accounts = self.env['crm.account.competitor'].search(
            rival.action_view_accounts()['domain'])
        self.assertEqual(len(accounts), 3)

    def test_prices_as_they_were_seen(self):
        observations = self.env['crm.competitor.observation'].with_user(self.salesperson)
        observations.create([
            {'competitor_id': self.rival.id, 'product_id': self.glue.id, 'price': price,
             'date': date, 'currency_id': currency.id}
            for date, price, currency in (
                ('2026-02-01', 12, self.company.currency_id),
                ('2026-01-01', 11, self.company.currency_id),
                ('2026-01-15', 9, self.foreign),
            )
        ] + [{'competitor_id': self.rival.id, 'note': "They hire", 'date': '2026-01-20'}])
        with freeze_time('2026-03-01 12:00:00'):
            self.at_account(price=10, product_id=self.glue.id)
        history = self.as_user(self.rival, self.salesperson).get_price_history()
        series = {
            line['currency']: [(point['date'], point['price'], point['account'])
                               for point in line['points']]
            for line in history['series']
        }
        self.assertEqual(series, {
            self.company.currency_id.name: [
                ('2026-01-01', 11, ''), ('2026-02-01', 12, ''),
                ('2026-03-01', 10, "Customer Ltd")],
            'GBP': [('2026-01-15', 9, '')],
        })

    def test_figures_of_many_cost_as_much_as_of_one(self):
        def queries(rivals):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.as_user(rivals, self.lead_seller).read(
                ['name', 'account_count', 'won_count', 'lost_count', 'win_rate'])
            return self.env.cr.sql_log_count - before

        many = self.env['crm.competitor'].create([
            {'name': f"Rival {number}"} for number in range(20)])
        queries(many)
        self.assertEqual(queries(many), queries(self.rival))

    def test_rights(self):
        account = self.at_account(share=10)
        own = (account.sudo().observation_ids, self.rival, self.glue, account)
        for record in own:
            record.with_user(self.salesperson).check_access('write')
            record.with_user(self.manager).check_access('unlink')
            with self.assertRaises(AccessError):
                record.with_user(self.salesperson).check_access('unlink')
            for user in (self.outsider, self.viewer):
                with self.assertRaises(AccessError):
                    record.with_user(user).check_access('read')
        factor = self.env['crm.decision.factor'].search([], limit=1)
        factor.with_user(self.salesperson).check_access('read')
        with self.assertRaises(AccessError):
            factor.with_user(self.salesperson).check_access('write')

    def test_two_companies(self):
        hidden = self.env['crm.competitor'].create({
            'name': "Abroad", 'company_id': self.company_b.id,
            'product_ids': [Command.create({'name': "Paste"})],
        })
        account = self.at_account(
            self.manager, competitor_id=hidden.id, company_id=self.company_b.id, price=5)
        sample = self.env['crm.competitor.sample'].create({
            'name': "Test", 'account_competitor_id': account.id})
        at_shared = self.at_account(
            self.manager, competitor_id=self.rival.id, company_id=self.company_b.id, price=6)
        seen = at_shared.sudo().observation_ids
        for record in (hidden, hidden.product_ids, account, account.sudo().observation_ids,
                       sample, at_shared, seen):
            with self.subTest(record), self.assertRaises(AccessError):
                self.as_user(record, self.salesperson).read(['display_name'])
            self.as_user(record, self.manager).read(['display_name'])
        with self.assertRaises(ValidationError):
            self.at_account(
                self.manager, competitor_id=hidden.id, company_id=self.company.id)
        with self.assertRaises(ValidationError):
            self.rival.company_id = self.company

    def test_merged_customers_keep_their_competitors(self):
        account = self.at_account(partner_id=self.stranger.id, price=5)
        self.env['base.partner.merge.automatic.wizard']._merge(
            (self.stranger | self.customer).ids, self.customer)
        account.invalidate_recordset()
        self.assertEqual(account.partner_id, self.customer)
        self.assertEqual(account.observation_ids.partner_id, self.customer)

    def test_page_of_the_customer(self):
        account = self.at_account(share=10)
        customer = self.as_user(self.customer, self.salesperson)
        self.assertEqual(customer.account_competitor_ids, account)
        self.assertEqual(
            self.env['crm.account.competitor'].search(
                self.as_user(self.contact, self.salesperson)
                .action_view_account_competitors()['domain']), account)
        with self.assertRaises(AccessError):
            self.as_user(self.customer, self.outsider).read(['account_competitor_ids'])

    def test_page_of_the_key_account(self):
        """It shows what is known in its own company, and what is added there is the customer's."""
        both = self.company | self.company_b
        here = self.at_account(share=10)
        self.at_account(
            self.manager, company_id=self.company_b.id,
            competitor_id=self.env['crm.competitor'].create({'name': "Abroad"}).id)
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id,
            'user_id': self.salesperson.id,
        })
        self.assertEqual(
            self.as_user(account, self.manager, both).account_competitor_ids, here)
        with Form(self.as_user(account, self.salesperson)) as form:
            with form.account_competitor_ids.edit(0) as line:
                line.share = 20
            with form.account_competitor_ids.new() as line:
                line.competitor_id = self.env['crm.competitor'].create({'name': "New One"})
                line.share = 15
        account.invalidate_recordset()
        self.assertEqual(here.share, 20)
        added = account.account_competitor_ids - here
        self.assertEqual(
            (added.competitor_id.name, added.partner_id, added.company_id, added.share),
            ("New One", self.customer, self.company, 15))
        self.assertEqual(added.observation_ids.share, 15)
        with self.assertRaises(AccessError):
            self.as_user(account, self.viewer).read(['account_competitor_ids'])
