"""What orders and invoices entitle customers to, and what is billed of the rest."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import utc
from .entitlement_common import NOW, EntitlementCommon


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestWarranty(EntitlementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({'warranty_months': 24, 'invoice_policy': 'order'})
        cls.order._action_cancel()  # the one that all tests share

    def about(self, **values):
        return self.create_case(**{
            'product_id': self.product.id, 'opened_date': utc(NOW), **values})

    def last_day(self, case):
        return self.env['service.entitlement']._read_warranties(case)[case][1]

    def test_from_the_invoice_where_nothing_was_delivered(self):
        line = self.sell(self.product, '2026-03-15')
        case = self.about()
        self.assertEqual(self.last_day(case), date(2028, 3, 15))
        self.invoice(line, '2026-04-02')
        self.assertEqual(self.last_day(case), date(2028, 4, 2))
        self.company.service_warranty_from = 'order'
        self.assertEqual(self.last_day(case), date(2028, 3, 15))

    def test_from_the_delivery_where_a_module_tells_it(self):
        if 'effective_date' not in self.env['sale.order']._fields:
            self.skipTest('no module installed that delivers')
        line = self.sell(self.product, '2026-03-15')
        line.order_id.effective_date = utc('2026-03-20 22:30')
        # 23:30 in Brussels is the same day
        self.assertEqual(self.last_day(self.about()), date(2028, 3, 20))

    def test_covers_up_to_its_last_day(self):
        self.sell(self.product, '2024-06-17')
        self.assertEqual(self.covered(self.about())[0], 'warranty')
        late = self.about(opened_date=utc('2026-06-17 22:30'), time_spent=2)  # the 18th there
        self.assertEqual(self.covered(late), ('expired', None, 2))
        self.assertIn('ended on', late.coverage_text)

    def test_months_come_from_the_nearest_category(self):
        category = self.env['product.category'].create(
            {'name': 'Light', 'warranty_months': 6})
        below = self.env['product.category'].create(
            {'name': 'Lamps', 'parent_id': category.id})
        self.product.write({'warranty_months': 0, 'categ_id': below.id})
        self.sell(self.product, '2026-03-15')
        case = self.about()
        self.assertEqual(self.last_day(case), date(2026, 9, 15))
        self.product.no_warranty = True
        self.assertEqual(self.covered(case)[0], 'none')

    def test_only_what_the_customer_bought(self):
        self.sell(self.product, partner=self.stranger)
        self.assertEqual(self.covered(self.about())[0], 'none')
        self.sell(self.product, partner=self.colleague)
        self.assertEqual(self.covered(self.about())[0], 'warranty', 'of the same company')

    def test_the_order_and_invoice_of_the_case_are_meant(self):
        old, new = self.sell(self.product, '2023-01-10'), self.sell(self.product, '2026-01-10')
        self.assertEqual(self.covered(self.about())[0], 'warranty')
        self.assertEqual(
            self.covered(self.about(sale_order_id=old.order_id.id))[0], 'expired')
        invoice = self.invoice(new, '2026-01-11')
        self.assertEqual(self.covered(self.about(invoice_id=invoice.id))[0], 'warranty')

    def test_what_was_given_back_has_none(self):
        line = self.sell(self.product)
        invoice = self.invoice(line, '2026-03-16')
        case = self.about()
        self.assertEqual(self.covered(case)[0], 'warranty')
        refund = invoice._reverse_moves([{'invoice_date': '2026-03-20'}], cancel=True)
        self.assertEqual(refund.state, 'posted')
        self.assertEqual(self.covered(case)[0], 'none')

    def test_work_under_warranty_takes_nothing_from_a_contract(self):
        self.sell(self.product)
        self.sell(self.contract_product)
        case = self.about(time_spent=4)
        self.assertEqual(self.covered(case), ('warranty', None, 0))
        self.assertEqual(self.covered(self.create_case(time_spent=1)), ('contract', 9, 0))


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestContract(EntitlementCommon):
    def test_hours_left_in_the_period(self):
        self.sell(self.contract_product, '2026-03-15', quantity=2)
        self.create_case(opened_date=utc('2026-06-14 09:00'), time_spent=7)  # the period before
        self.create_case(opened_date=utc('2026-06-15 09:00'), time_spent=12)
        case = self.create_case(opened_date=utc(NOW), time_spent=4.5)
        self.assertEqual(self.covered(case), ('contract', 3.5, 0))
        self.assertIn('3.5 of 20 h left until', case.coverage_text)
        self.assertIn('07/14/2026', case.coverage_text)
        over = self.create_case(opened_date=utc(NOW), time_spent=5)
        self.assertEqual(self.covered(over), ('contract', 0, 1.5))
        self.assertEqual(self.covered(self.create_case(time_spent=1)), ('used_up', 0, 1))

    def test_by_cases(self):
        self.contract_product.write(
            {'contract_unit': 'cases', 'contract_amount': 2, 'contract_period': '0'})
        self.sell(self.contract_product)
        cancelled = self.create_case()
        cancelled.stage_id = self.env.ref('crm_plus_service.stage_cancelled')
        first, second, third = (
            self.create_case(str(number), time_spent=9) for number in range(3))
        self.assertEqual(self.covered(first), ('contract', 0, 0))
        self.assertEqual(self.covered(second)[2], 0)
        self.assertEqual(self.covered(third), ('used_up', 0, 9))
        first.active = False
        self.assertEqual(self.covered(third)[0], 'contract', 'an archived case takes none')

    def test_runs_for_its_months_in_its_company_for_its_customer(self):
        self.sell(self.contract_product, '2025-06-17')
        ended = self.create_case(opened_date=utc('2026-06-16 22:30'))  # the 17th there
        self.assertEqual(self.covered(ended)[0], 'none')
        last = self.create_case(opened_date=utc('2026-06-16 12:00'))
        self.assertEqual(self.covered(last)[0], 'contract')
        self.assertEqual(self.covered(self.create_case(
            opened_date=utc('2026-06-16 12:00'), partner_id=self.stranger.id))[0], 'none')
        self.assertEqual(self.covered(self.create_case(
            opened_date=utc('2026-06-16 12:00'), team_id=self.other_team.id))[0], 'none')

    def test_company_says_whether_an_unpaid_contract_covers(self):
        invoice = self.invoice(
            self.sell(self.contract_product), '2026-03-15', due='2026-06-16')
        case = self.create_case(time_spent=1)
        self.company.service_unpaid_contract = 'covers'
        self.assertEqual(self.covered(case), ('contract', 9, 0))
        self.company.service_unpaid_contract = 'warns'
        self.assertEqual(self.covered(case), ('overdue', 9, 0))
        self.assertIn('not paid', case.coverage_text)
        self.company.service_unpaid_contract = 'refuses'
        self.assertEqual(self.covered(case), ('unpaid', None, 1))
        invoice.invoice_date_due = '2026-06-17'
        self.assertEqual(self.covered(case), ('contract', 9, 0), 'due today is not overdue')

    def test_who_may_read_a_case_sees_what_covers_it(self):
        self.sell(self.contract_product)
        case = self.create_case()
        self.assertTrue(case.with_user(self.agent).coverage_text)
        self.assertTrue(case.with_user(self.salesperson).coverage_text)
        for user in (self.portal, self.far_agent):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                case.with_user(user).read(['coverage_text'])

    def test_customer_shows_what_is_left(self):
        line = self.sell(self.contract_product)
        self.create_case(time_spent=2)
        customer = self.customer.with_user(self.agent)
        self.assertIn('(Golden): 8 of 10 h left', customer.service_contract_text)
        figure = {it['key']: it for it in customer._customer_360_figures()}['service_contracts']
        self.assertEqual(figure['value'], 1)
        found = self.env['sale.order.line'].with_user(self.agent).search(
            figure['action']['domain'])
        self.assertEqual(found, line)
        self.assertFalse(self.customer.with_user(self.far_agent).service_contract_text)

    def test_queries_do_not_grow_with_the_cases(self):
        self.sell(self.contract_product)
        counts = []
        self.create_case()
        for number in (5, 50):
            cases = self.env['service.case'].create([
                {'name': str(it), 'partner_id': self.contact.id, 'team_id': self.team.id,
                 'user_id': False, 'time_spent': 0.1}
                for it in range(number)
            ])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cases.mapped('coverage_text')
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestContractPromises(EntitlementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env['service.policy'].create({
            'name': 'Gold', 'company_id': cls.company.id,
            'response_class_ids': cls.gold.ids,
            'target_ids': [Command.create({'kind': 'first_response', 'hours': 1})],
        })

    def promised(self, case):
        return case.target_ids.filtered(
            lambda it: it.outcome == 'open' and it.policy_target_id.policy_id == self.policy)

    def test_policy_of_a_class_fits_who_has_such_a_contract(self):
        self.assertFalse(self.promised(self.create_case()))
        self.sell(self.contract_product)
        self.assertTrue(self.promised(self.create_case()))
        self.assertFalse(self.promised(self.create_case(partner_id=self.stranger.id)))

    def test_open_cases_follow_the_order(self):
        case = self.create_case()
        line = self.sell(self.contract_product)
        self.assertTrue(self.promised(case))
        line.order_id._action_cancel()
        self.assertFalse(self.promised(case))
        self.assertIn('contract', case.target_ids.filtered('withdrawn_date').reason)

    def test_open_cases_follow_the_product(self):
        self.sell(self.contract_product)
        case = self.create_case()
        self.contract_product.contract_response_class_id = False
        self.assertFalse(self.promised(case))

    def test_expiry_is_noticed_by_the_daily_run(self):
        self.sell(self.contract_product, '2025-06-18')
        case = self.create_case(opened_date=utc('2026-06-17 07:30'))
        self.assertTrue(self.promised(case))
        with freeze_time('2026-06-17 22:30'):  # the 18th in Brussels
            target = self.promised(case)
            target.deadline = utc('2026-06-18 12:00')  # not overdue yet
            self.env['service.case']._sync_contracts()
            self.assertFalse(self.promised(case))

    def test_hours_of_the_contract_come_first(self):
        night = self.create_calendar('Around the Clock', 'UTC', '0123456', ((0, 12), (12, 24)))
        self.customer.with_company(self.company).service_calendar_id = self.calendar
        self.contract_product.contract_calendar_id = night
        case = self.create_case(opened_date=utc('2026-06-17 20:00'))
        self.assertEqual(case._get_service_calendar(), self.calendar)
        self.sell(self.contract_product)
        self.assertEqual(case._get_service_calendar(), night)
        self.assertEqual(self.promised(case).deadline, utc('2026-06-17 21:00'))

    def test_best_class_decides(self):
        silver = self.env['service.response.class'].create({'name': 'Silver', 'sequence': 5})
        other = self.env['product.product'].create({
            'name': 'Care Less', 'type': 'service', 'is_service_contract': True,
            'contract_response_class_id': silver.id,
        })
        self.sell(other)
        case = self.create_case()
        self.assertFalse(self.promised(case))
        self.sell(self.contract_product)
        self.assertTrue(self.promised(case))
        self.assertEqual(case.contract_line_id.product_id, self.contract_product)


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestBilling(EntitlementCommon):
    def bill(self, case, user=None):
        action = case.with_user(user or self.agent).action_bill_work()
        return self.env['sale.order'].browse(action['res_id'])

    def test_uncovered_work_becomes_an_order_line_once(self):
        case = self.create_case(time_spent=2.25)
        order = self.bill(case)
        self.assertEqual((order.state, order.partner_id), ('draft', self.contact))
        self.assertEqual(order.company_id, self.company)
        line = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.hour_product, 2.25))
        self.assertEqual(line.price_subtotal, 180)
        self.assertIn(case.number, line.name)
        self.assertEqual(case.hours_to_bill, 0)
        self.assertTrue(case.billed_date)
        with self.assertRaisesRegex(UserError, 'nothing to bill'):
            self.bill(case)

    def test_case_says_what_it_comes_to(self):
        case = self.create_case(time_spent=2.25).with_user(self.agent)
        self.assertEqual(case.amount_to_bill, 180)
        prices = self.env['product.pricelist'].create({
            'name': 'Friends', 'currency_id': self.company.currency_id.id, 'item_ids': [
                Command.create({'compute_price': 'percentage', 'percent_price': 50})]})
        self.contact.with_company(self.company).property_product_pricelist = prices
        case.invalidate_recordset(['amount_to_bill'])
        self.assertEqual(case.amount_to_bill, 90)
        self.assertEqual(self.bill(case).amount_untaxed, 90)
        self.assertEqual(case.amount_to_bill, 0)
        other = self.create_case(time_spent=1)
        self.team.billing_product_id = False
        self.assertEqual(other.amount_to_bill, 0)

    def test_more_work_goes_on_the_same_draft(self):
        case = self.create_case(time_spent=1)
        order = self.bill(case)
        case.time_spent = 3
        self.assertEqual(self.bill(case), order)
        self.assertEqual(order.order_line.product_uom_qty, 3)
        other = self.create_case(time_spent=2)
        self.assertEqual(self.bill(other), order)
        self.assertEqual(order.order_line.service_case_id, case | other)

    def test_confirmed_hours_stay_billed_and_cancelled_ones_do_not(self):
        case = self.create_case(time_spent=1)
        order = self.bill(case)
        order.action_confirm()
        case.time_spent = 3
        self.assertEqual(case.hours_to_bill, 2)
        second = self.bill(case)
        self.assertNotEqual(second, order)
        order._action_cancel()
        self.assertEqual(case.hours_to_bill, 1)

    def test_quotation_for_something_else_is_left_alone(self):
        quotation = self.env['sale.order'].create({
            'partner_id': self.contact.id,
            'order_line': [Command.create({'product_id': self.product.id})],
        })
        self.assertNotEqual(self.bill(self.create_case(time_spent=1)), quotation)

    def test_overrun_of_a_contract_alone_is_billed(self):
        self.sell(self.contract_product)
        case = self.create_case(time_spent=11.5)
        self.assertEqual(case.hours_to_bill, 1.5)
        self.assertEqual(self.bill(case).order_line.product_uom_qty, 1.5)

    def test_hours_of_a_merged_case_are_not_billed_again(self):
        stays, goes, last = (
            self.create_case(str(number), time_spent=number + 1) for number in range(3))
        self.bill(goes)
        goes._merge_into(stays)
        self.assertEqual((stays.time_spent, stays.hours_to_bill), (3, 1))
        stays._merge_into(last)
        self.assertEqual((last.time_spent, last.hours_to_bill), (6, 4))
        stays._undo_merge()
        self.assertEqual((stays.hours_to_bill, last.hours_to_bill), (1, 3))

    def test_days_on_the_order_count_as_their_hours(self):
        case = self.create_case(time_spent=20)
        line = self.bill(case).order_line
        line.write({
            'product_uom_id': self.env.ref('uom.product_uom_day').id, 'product_uom_qty': 2})
        self.assertEqual(case.hours_to_bill, 4, 'two days are 16 hours')

    def test_says_what_is_missing(self):
        case = self.create_case(time_spent=1)
        self.team.billing_product_id = False
        with self.assertRaisesRegex(UserError, 'product'):
            self.bill(case)
        self.team.billing_product_id = self.hour_product
        case.partner_id = False
        with self.assertRaisesRegex(UserError, 'customer'):
            self.bill(case)

    def test_only_who_works_on_the_case_bills_it(self):
        case = self.create_case(time_spent=1)
        for user in (self.salesperson, self.portal, self.far_agent):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.bill(case, user)
        self.assertFalse(case.billing_line_ids)
        self.assertEqual(case.billed_date, False)
