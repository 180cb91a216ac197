"""How contracts are used up, by hand and against a simulation day by day."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.crm_plus_service.entitlement import Contract, Ledger, Work
from odoo.tests import BaseCase, tagged

FIRST = date(2026, 1, 31)


def contract(key=1, unit='hours', amount=10.0, months=1, first=FIRST, last=date(2027, 1, 30)):
    return Contract(key, first, last, unit, amount, months)


@tagged('post_install', '-at_install')
class TestLedger(BaseCase):
    def test_period_of_a_contract_from_the_end_of_a_month(self):
        self.assertEqual(contract().period(date(2026, 2, 15)), (FIRST, date(2026, 2, 27)))
        self.assertEqual(
            contract().period(date(2026, 3, 30)), (date(2026, 2, 28), date(2026, 3, 30)))
        self.assertEqual(
            contract().period(date(2026, 3, 31)), (date(2026, 3, 31), date(2026, 4, 29)))

    def test_last_period_ends_with_the_contract(self):
        short = contract(months=3, last=date(2026, 5, 30))
        self.assertEqual(short.period(date(2026, 5, 1)), (date(2026, 4, 30), date(2026, 5, 30)))
        whole = contract(months=0)
        self.assertEqual(whole.period(date(2026, 9, 1)), (FIRST, date(2027, 1, 30)))

    def test_hours_are_used_in_the_order_of_the_cases(self):
        ledger = Ledger([contract()], [
            Work(1, date(2026, 2, 1), 6.5), Work(2, date(2026, 2, 2), 5),
            Work(3, date(2026, 2, 3), 1), Work(4, date(2026, 3, 1), 2),
        ])
        self.assertEqual(
            [(share.covered, share.uncovered) for share in ledger.shares.values()],
            [(6.5, 0), (3.5, 1.5), (0, 1), (2, 0)])
        self.assertEqual(ledger.balance(contract(), date(2026, 2, 9)).left, 0)
        self.assertEqual(ledger.balance(contract(), date(2026, 3, 1)).left, 8)

    def test_second_contract_takes_what_the_first_cannot(self):
        first, second = contract(1, amount=2), contract(2, amount=3)
        ledger = Ledger([first, second], [Work(1, date(2026, 2, 1), 4)])
        self.assertEqual(ledger.shares[1], ((1, 2), 4, 0))
        self.assertEqual(ledger.balance(second, date(2026, 2, 1)).left, 1)

    def test_cases_without_result_take_none(self):
        by_cases = contract(unit='cases', amount=2)
        day = date(2026, 2, 1)
        ledger = Ledger([by_cases], [
            Work(1, day, 3), Work(2, day, 1, counts=False), Work(3, day), Work(4, day, 2),
        ])
        self.assertEqual([it.uncovered for it in ledger.shares.values()], [0, 0, 0, 2])
        self.assertEqual(ledger.shares[4].contracts, ())

    def test_nothing_is_covered_before_or_after(self):
        ledger = Ledger([contract(unit='unlimited')], [
            Work(1, FIRST - timedelta(days=1), 1), Work(2, FIRST, 1),
            Work(3, date(2027, 1, 30), 1), Work(4, date(2027, 1, 31), 1),
        ])
        self.assertEqual([it.uncovered for it in ledger.shares.values()], [1, 0, 0, 1])

    @settings(max_examples=200, deadline=None)
    @given(
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.sampled_from([0, 1, 3, 12]),
        st.integers(1, 40),
    )
    def test_periods_cover_each_day_once(self, first, months, duration):
        last = first + relativedelta(months=duration, days=-1)
        it = contract(first=first, last=last, months=months)
        day = first
        while day <= last:
            start, end = it.period(day)
            self.assertEqual(start, day, 'a period begins when the one before has ended')
            self.assertEqual(it.period(end), (start, end))
            day = end + timedelta(days=1)
        self.assertEqual(end, last)

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from(['hours', 'cases', 'unlimited']), st.integers(0, 6),
                           st.integers(0, 60), st.integers(1, 120)), max_size=4),
        st.lists(st.tuples(st.integers(0, 150), st.integers(0, 8)), max_size=20),
    )
    def test_nothing_is_lost_and_no_contract_gives_too_much(self, sold, done):
        contracts = [
            contract(key, unit, amount, 0, FIRST + timedelta(days=start),
                     FIRST + timedelta(days=start + length))
            for key, (unit, amount, start, length) in enumerate(sold)
        ]
        works = [Work(key, FIRST + timedelta(days=day), hours)
                 for key, (day, hours) in enumerate(done)]
        ledger = Ledger(contracts, works)
        for work in works:
            share = ledger.shares[work.key]
            self.assertEqual(share.covered + share.uncovered, work.hours)
            self.assertTrue(share.uncovered >= 0 and share.covered >= 0)
        given_hours = sum(
            share.covered for share in ledger.shares.values()
            if all(contracts[key].unit == 'hours' for key in share.contracts))
        self.assertLessEqual(
            given_hours, sum(it.amount for it in contracts if it.unit == 'hours'))
