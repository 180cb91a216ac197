"""Profitability: the signs, and the cost of late payment worked out by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation.profitability import late_payment_cost, profitability
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

COSTS = ("discount", "credits", "cost_to_serve", "late_payment")

class TestProfitability(BaseCase):
    def test_costs_are_positive_and_taken_from_the_margin(self):
        found = profitability(
            [1000, -50], discount=[100, 0], credits=[50, 10], cost_to_serve=[200, 5], late_payment=[1.5, 0]
        )
        assert_allclose(found.profit, [648.5, -65])
        assert_allclose(found.share_of([2000, 0]), [0.32425, np.nan])

    def test_costs_that_are_not_given_are_none_and_one_number_is_for_all(self):
        assert_allclose(profitability([10, 20], cost_to_serve=3).profit, [7, 17])

    @FEW_EXAMPLES
    @given(st.lists(st.tuples(st.floats(-1e6, 1e6), *[st.floats(0, 1e6)] * 4), min_size=1, max_size=20))
    def test_profit_of_all_is_the_sum_of_each_ones(self, rows):
        def profit(columns):
            margin, *costs = columns
            return profitability(margin, **dict(zip(COSTS, costs, strict=True))).profit

        columns = np.array(rows).T
        together = profit(columns.sum(axis=1, keepdims=True))
        assert_allclose(profit(columns).sum(), together[0], rtol=1e-9, atol=1e-6)

    def test_no_customers(self):
        self.assertEqual(profitability([]).profit.shape, (0,))

    def test_negative_costs_are_refused(self):
        with self.assertRaisesRegex(ValueError, "^credits must not be negative"):
            profitability([10], credits=[-1])
        with self.assertRaisesRegex(ValueError, "^discount must be one number"):
            profitability([10], discount=[1, 2])


class TestLatePaymentCost(BaseCase):
    def test_by_hand(self):
        # 1000 for 36.525 days at 10 % a year is 10; early payment earns nothing.
        found = late_payment_cost(
            [2, 0, 0, 2], [1000, 500, 500, 300], [36.525, -20, 73.05, 0], annual_rate=0.1, customers=4
        )
        assert_allclose(found, [10, 0, 10, 0])

    @FEW_EXAMPLES
    @given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1e5), st.floats(-90, 400)), max_size=20), st.floats(0.1, 0.9))
    def test_an_invoice_in_two_parts_costs_the_same(self, invoices, share):
        customer, amount, days = np.array(invoices).reshape(-1, 3).T
        whole = late_payment_cost(customer, amount, days, 0.08, 4)
        parts = late_payment_cost(
            np.tile(customer, 2), np.append(amount * share, amount * (1 - share)), np.tile(days, 2), 0.08, 4)
        assert_allclose(parts, whole, rtol=1e-9, atol=1e-9)

    def test_nobody_owes(self):
        assert_array_equal(late_payment_cost([], [], [], annual_rate=0.1, customers=2), [0, 0])

    def test_input_that_is_refused(self):
        for sentence, arguments in (
            ("^amount must not be negative", ([0], [-1], [5], 0.1, 1)),
            ("^annual_rate must not be negative", ([0], [1], [5], -0.1, 1)),
            ("^customer must hold whole numbers from 0", ([1], [1], [5], 0.1, 1)),
            ("^customer must hold whole numbers from 0", ([0.5], [1], [5], 0.1, 1)),
        ):
            with self.assertRaisesRegex(ValueError, sentence):
                late_payment_cost(*arguments)
