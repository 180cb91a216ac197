from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmPlusCommon


class WinLossCommon(CrmPlusCommon):
    """Two competitors that every company knows, and reasons why they win."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival, cls.other_rival = cls.env['crm.competitor'].create([
            {'name': "Rival"}, {'name': "Other Rival"},
        ])
        cls.too_dear = cls.env['crm.lost.reason'].create({'name': "Too dear"})
        cls.price, cls.service = cls.env['crm.decision.factor'].create([
            {'name': "Their price"}, {'name': "Our service"},
        ])

    @classmethod
    def opportunity(cls, revenue, **values):
        return cls.make_lead(
            cls.customer, revenue, **{'user_id': cls.salesperson.id, **values})

    def lose(self, leads, user=None, **told):
        """Mark as lost with the dialog, as its user does it."""
        dialog = self.env['crm.lead.lost'].with_user(user or self.salesperson).with_context(
            default_lead_ids=leads.ids)
        form = Form(dialog)
        for name, value in told.items():
            if name == 'factors':
                for factor in value:
                    form.decision_factor_ids.add(factor)
            else:
                form[name] = value
        form.save().action_lost_reason_apply()

    @classmethod
    def order_of(cls, lead, price, cost, *, confirm=True, company=None, user=None, currency=None,
                 product=None):
        order = cls.make_order(
            lead.partner_id, price, '2024-05-01', confirm=False, company=company,
            user=user or cls.salesperson, cost=cost, currency=currency)
        if product:
            order.order_line.product_id = product
            order.order_line.write({
                'price_unit': price, 'purchase_price': cost, 'tax_ids': [Command.clear()]})
        order.opportunity_id = lead
        if confirm:
            order.action_confirm()
            order.date_order = '2024-05-01'
        return order


@tagged('post_install', '-at_install')
class TestClosing(WinLossCommon):

    def test_lost_to_whom_at_which_price(self):
        """1200 against 1000: 200 too much, a fifth of their price."""
        lead = self.opportunity(1200)
        self.lose(lead, lost_reason_id=self.too_dear, lost_to_id=self.rival,
                  competitor_price=1000, factors=self.price)
        self.assertEqual((lead.won_status, lead.lost_reason_id), ('lost', self.too_dear))
        self.assertEqual((lead.lost_to_id, lead.competitor_ids), (self.rival, self.rival))
        self.assertEqual((lead.price_gap, lead.price_gap_percent), (200, 0.2))
        self.assertEqual(lead.decision_factor_ids, self.price)

    def test_nothing_is_asked_by_default(self):
        lead = self.opportunity(1200)
        self.lose(lead)
        self.assertEqual(lead.won_status, 'lost')
        self.assertFalse(lead.lost_to_id or lead.competitor_price)
        self.assertEqual((lead.price_gap, lead.price_gap_percent), (0, 0))

    def test_several_at_once_have_no_price(self):
        leads = self.opportunity(1200) + self.opportunity(300)
        dialog = self.env['crm.lead.lost'].with_user(self.salesperson).create({
            'lead_ids': [Command.set(leads.ids)], 'lost_to_id': self.rival.id,
            'competitor_price': 5,
        })
        dialog.action_lost_reason_apply()
        self.assertEqual(leads.mapped('won_status'), ['lost', 'lost'])
        self.assertEqual(leads.lost_to_id, self.rival)
        self.assertFalse(any(leads.mapped('competitor_price')))

    def test_reason_can_be_required(self):
        self.company.crm_lost_reason_required = True
        lead = self.opportunity(10)
        dialog = self.env['crm.lead.lost'].with_user(self.salesperson).create({
            'lead_ids': [Command.set(lead.ids)]})
        with self.assertRaises(UserError):
            dialog.action_lost_reason_apply()
        self.assertEqual(lead.won_status, 'pending')
        dialog.lost_reason_id = self.too_dear
        dialog.action_lost_reason_apply()
        self.assertEqual(lead.won_status, 'lost')

    def test_reason_asks_for_competitor_and_price(self):
        self.too_dear.write({'competitor_required': True, 'competitor_price_required': True})
        lead = self.opportunity(10)
        dialog = self.env['crm.lead.lost'].with_user(self.salesperson).create({
            'lead_ids': [Command.set(lead.ids)], 'lost_reason_id': self.too_dear.id})
        with self.assertRaisesRegex(UserError, "Name the competitor"):
            dialog.action_lost_reason_apply()
        dialog.lost_to_id = self.rival
        with self.assertRaisesRegex(UserError, "Tell the price"):
            dialog.action_lost_reason_apply()
        dialog.competitor_price = 8
        dialog.action_lost_reason_apply()
        self.assertEqual(lead.competitor_price, 8)

    def test_restored_is_lost_to_nobody(self):
        lead = self.opportunity(1200)
        self.lose(lead, lost_to_id=self.rival, competitor_price=1000)
        lead.with_user(self.salesperson).action_restore()
        self.assertFalse(lead.lost_to_id)
        self.assertEqual((lead.competitor_ids, lead.competitor_price), (self.rival, 1000))

    def test_won_asks_why_where_the_company_wants_to_know(self):
        lead = self.opportunity(100, competitor_ids=[Command.set(self.rival.ids)])
        other = self.opportunity(100)
        other.with_user(self.salesperson).action_set_won_rainbowman()
        self.assertEqual(other.won_status, 'won')
        self.company.crm_ask_why_won = True
        action = lead.with_user(self.salesperson).action_set_won_rainbowman()
        self.assertEqual(lead.won_status, 'pending')
        dialog = self.env[action['res_model']].with_user(self.salesperson).with_context(
            **action['context']).create({'note': "<p>They trust us</p>"})
        self.assertEqual(dialog.competitor_ids, self.rival)
        dialog.write({
            'competitor_price': 90, 'decision_factor_ids': [Command.set(self.service.ids)]})
        closing = dialog.action_won()
        self.assertEqual(closing['type'], 'ir.actions.act_window_close')
        self.assertEqual(lead.won_status, 'won')
        self.assertEqual((lead.competitor_price, lead.decision_factor_ids), (90, self.service))

    def test_moved_to_a_won_stage_is_asked_why(self):
        lead = self.opportunity(100)
        lead.action_set_won()
        asked = lead.with_user(self.salesperson)
        self.assertFalse(asked.get_why_won_question(), "the company does not ask")
        self.company.crm_ask_why_won = True
        self.assertFalse(self.opportunity(100).get_why_won_question(), "it is not won")
        stage = lead.stage_id
        action = asked.get_why_won_question()
        dialog = self.env[action['res_model']].with_user(self.salesperson).with_context(
            **action['context']).create({'decision_factor_ids': [Command.set(self.service.ids)]})
        dialog.action_won()
        self.assertEqual((lead.stage_id, lead.decision_factor_ids), (stage, self.service))
        self.assertFalse(asked.get_why_won_question(), "it has been told")

    def test_note_is_kept_in_the_chatter(self):
        self.company.crm_ask_why_won = True
        lead = self.opportunity(100)
        self.env.flush_all()
        self.flush_tracking()
        dialog = self.env['crm.lead.won'].with_user(self.salesperson).with_context(
            tracking_disable=False, mail_notrack=False,
        ).create({'lead_id': lead.id, 'note': "<p>They trust us</p>"})
        dialog.action_won()
        self.flush_tracking()
        lead.invalidate_recordset()
        self.assertIn("They trust us", ''.join(lead.message_ids.mapped('body')))

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.flush()

    def test_orders_beside_the_expected(self):
        """1000 expected; orders of 700 and, in pounds, 600 = 300; margins 200 and 100."""
        lead = self.opportunity(1000)
        self.order_of(lead, 700, 500)
        self.order_of(lead, 600, 400, currency=self.foreign)
        self.order_of(lead, 5000, 1, confirm=False)
        lead.expected_revenue = 1000
        self.assertEqual(lead.sale_amount_total, 1000)
        self.assertEqual((lead.order_margin, lead.order_difference), (300, 0))
        lead.expected_revenue = 1100
        self.assertEqual(lead.order_difference, -100)

    def test_competitor_of_another_company_is_refused(self):
        self.other_rival.company_id = self.company_b
        with self.assertRaises(ValidationError):
            self.opportunity(10, competitor_ids=[Command.set(self.other_rival.ids)])
        with self.assertRaises(ValidationError):
            self.opportunity(10).competitor_price = -1

    def test_merge_keeps_who_competes(self):
        leads = self.opportunity(10, competitor_ids=[Command.set(self.rival.ids)])
        leads += self.opportunity(
            20, competitor_ids=[Command.set(self.other_rival.ids)], competitor_price=15)
        lost = self.opportunity(30)
        self.lose(lost, lost_to_id=self.rival)
        merged = (leads + lost).merge_opportunity()
        self.assertEqual(merged.competitor_ids, self.rival | self.other_rival)
        self.assertEqual(merged.competitor_price, 15)
        self.assertFalse(merged.lost_to_id)


@tagged('post_install', '-at_install')
class TestWinLossReport(WinLossCommon):
    """Four opportunities of the salesperson, one of a colleague, one of company B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product_a.standard_price = cls.product_b.standard_price = 0
        cls.won = cls.opportunity(1000, competitor_ids=[Command.set(cls.rival.ids)],
                                  competitor_price=800)
        cls.order_of(cls.won, 900, 600)
        cls.order_of(cls.won, 300, 100, product=cls.product_b)
        cls.won.expected_revenue = 1000
        cls.won_too = cls.opportunity(500, competitor_ids=[Command.set(
            (cls.rival | cls.other_rival).ids)])
        cls.lost = cls.opportunity(600, lost_to_id=cls.rival.id, competitor_price=500,
                                   lost_reason_id=cls.too_dear.id)
        cls.order_of(cls.lost, 650, 500, confirm=False)
        cls.order_of(cls.lost, 600, 500, confirm=False)
        cls.lost_too = cls.opportunity(200, lost_to_id=cls.other_rival.id)
        cls.colleagues = cls.opportunity(
            50, lost_to_id=cls.rival.id, user_id=cls.colleague.id)
        cls.abroad = cls.opportunity(
            40, lost_to_id=cls.rival.id, user_id=False, company_id=cls.company_b.id)
        (cls.won | cls.won_too).action_set_won()
        (cls.lost | cls.lost_too | cls.colleagues | cls.abroad).action_set_lost()
        cls.leads = (
            cls.won | cls.won_too | cls.lost | cls.lost_too | cls.colleagues | cls.abroad)
        cls.env.flush_all()

    def grouped(self, model, groupby, aggregates, user=None, companies=None, **context):
        rows = self.as_user(
            self.env[model], user or self.salesperson, companies,
        ).with_context(**context)._read_group(
            [('lead_id', 'in', self.leads.ids)], [groupby], aggregates)
        return {key: tuple(values) for key, *values in rows}

    def test_by_competitor(self):
        """Rival: two won, one lost; the gap is (25% + 20%) / 2. Other Rival: one and one."""
        found = self.grouped('crm.win.loss.report', 'competitor_ids', [
            'won_count:sum', 'lost_count:sum', 'win_rate:avg', 'price_gap_percent:avg'])
        won, lost, rate, gap = found[self.rival]
        self.assertEqual((won, lost), (2, 1))
        self.assertAlmostEqual(rate, 200 / 3)
        self.assertAlmostEqual(gap, 22.5)
        self.assertEqual(found[self.other_rival], (1, 1, 50, False))

    def test_orders_and_margin_beside_the_expected(self):
        """Won: 900 + 300 ordered of 1000 expected, 300 + 200 earned; and 500 without order."""
        found = self.grouped('crm.win.loss.report', 'result', [
            'expected_amount:sum', 'won_expected_amount:sum', 'order_amount:sum',
            'order_margin:sum', 'order_difference:sum'])
        self.assertEqual(found['won'], (1500, 1500, 1200, 500, 200 - 500))
        self.assertEqual(found['lost'], (800, False, False, False, False))

    def test_by_product(self):
        """A: won by the order, lost by the last quotation (600); B: won; without: one and one."""
        found = self.grouped('crm.win.loss.product.report', 'product_id', [
            'lead_id:count_distinct', 'won_count:sum', 'lost_count:sum', 'win_rate:avg',
            'offered_amount:sum', 'order_amount:sum', 'order_margin:sum'])
        self.assertEqual(found[self.product_a], (2, 1, 1, 50, 1500, 900, 300))
        self.assertEqual(found[self.product_b], (1, 1, 0, 100, 300, 300, 200))
        self.assertEqual(found[self.env['product.product']][:4], (2, 1, 1, 50))

    def test_opportunity_with_two_products_counts_once(self):
        found = self.grouped('crm.win.loss.product.report', 'user_id', [
            'lead_id:count_distinct', 'won_count:sum', 'lost_count:sum', 'win_rate:avg'])
        self.assertEqual(found[self.salesperson], (4, 2, 2, 50))

    def test_rights(self):
        for model in ('crm.win.loss.report', 'crm.win.loss.product.report'):
            for user, companies, leads in (
                (self.salesperson, None, self.won | self.won_too | self.lost | self.lost_too),
                (self.colleague, None, self.colleagues),
                (self.lead_seller, self.company, self.leads - self.abroad),
                (self.manager, self.company | self.company_b, self.leads),
                (self.manager, self.company_b, self.abroad),
            ):
                with self.subTest(model=model, user=user.login):
                    rows = self.as_user(self.env[model], user, companies).search([
                        ('lead_id', 'in', self.leads.ids)])
                    self.assertEqual(rows.lead_id.sudo(), leads)
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.outsider).search([])
            hidden = self.env[model].search([('lead_id', '=', self.colleagues.id)])
            with self.assertRaises(AccessError):
                hidden.with_user(self.salesperson).read(['win_rate'])

    def test_orders_that_may_not_be_seen_do_not_count(self):
        self.won.order_ids[:1].user_id = self.colleague
        self.env.flush_all()
        found = self.grouped(
            'crm.win.loss.report', 'lead_id', ['order_amount:sum', 'order_margin:sum'])
        self.assertIn(found[self.won], [(900, 300), (300, 200)])
        found = self.grouped(
            'crm.win.loss.report', 'lead_id', ['order_amount:sum'], self.lead_seller,
            self.company)
        self.assertEqual(found[self.won], (1200,))

    def test_several_currencies(self):
        """A company that counts in pounds lost 100 of them: 50 dollars for who counts so."""
        abroad = self.env['res.company'].create({'name': "C", 'currency_id': self.foreign.id})
        self.manager.company_ids |= abroad
        lead = self.opportunity(100, user_id=False, company_id=abroad.id, competitor_price=80)
        lead.action_set_lost()
        self.env.flush_all()
        rows = self.as_user(
            self.env['crm.win.loss.report'], self.manager, self.company | abroad,
        ).search([('lead_id', '=', lead.id)])
        self.assertEqual((rows.expected_amount, rows.competitor_price), (50, 40))
        self.assertEqual((rows.price_gap, rows.price_gap_percent), (10, 25))
        self.assertEqual(rows.currency_id, self.company.currency_id)

    def test_row_opens_its_opportunity(self):
        row = self.env['crm.win.loss.report'].search([('lead_id', '=', self.won.id)])
        self.assertEqual(row.action_open_lead()['res_id'], self.won.id)
        row = self.env['crm.win.loss.product.report'].search([
            ('lead_id', '=', self.won.id), ('product_id', '=', self.product_b.id)])
        self.assertEqual(row.browse(row.id).lead_id, self.won)
        self.assertEqual(row.action_open_lead()['res_id'], self.won.id)

    def test_queries_do_not_grow(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.grouped('crm.win.loss.report', 'competitor_ids', ['win_rate:avg'])
            self.grouped('crm.win.loss.product.report', 'product_id', ['win_rate:avg'])
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        more = self.env['crm.lead'].browse()
        for _number in range(10):
            more |= self.opportunity(10, lost_to_id=self.rival.id)
        more.action_set_lost()
        self.leads |= more
        self.assertEqual(queries(), few)
