from datetime import date, timedelta
from statistics import mean

from odoo.tests import BaseCase

from ..industry_demo.checking import check
from ..industry_demo.crowd import members
from ..industry_demo.rhythm import EVEN, LONGEST, Rhythm, purchases, rounded

TODAY = date(2026, 11, 22)
PRODUCTS = ['a', 'b', 'c']


def bought(seed='seed', scale=1, **rhythm):
    return purchases(Rhythm(**rhythm), PRODUCTS, TODAY, seed, scale)


class TestRhythm(BaseCase):
    """Purchases of demo companies follow from the rhythm, and always come out the same."""

    def test_same_seed_same_purchases(self):
        self.assertEqual(bought(every_days=20), bought(every_days=20))
        self.assertNotEqual(bought(every_days=20), bought('other', every_days=20))

    def test_as_often_as_said(self):
        for spread in (0, 0.5, 1):
            found = [len(bought(str(seed), every_days=20, spread=spread)) for seed in range(40)]
            self.assertAlmostEqual(mean(found), LONGEST / 20, delta=3)

    def test_within_their_days_and_never_on_a_weekend(self):
        found = bought(every_days=5, first_days=300, last_days=120)
        self.assertTrue(found)
        for purchase in found:
            self.assertTrue(
                TODAY - timedelta(days=300) <= purchase.day <= TODAY - timedelta(days=120))
            self.assertLess(purchase.day.weekday(), 5)

    def test_bought_once(self):
        self.assertEqual(len(bought(every_days=5000, first_days=400)), 1)

    def test_growth_and_decline(self):
        def halves(growth):
            found = bought(every_days=3, growth=growth, quantity=[10, 30])
            quantities = [sum(quantity for _key, quantity in it.lines) for it in found]
            middle = len(quantities) // 2
            return mean(quantities[:middle]), mean(quantities[middle:])

        before, after = halves(1)
        self.assertGreater(after, 1.6 * before)
        before, after = halves(-0.5)
        self.assertLess(after, 0.7 * before)

    def test_season(self):
        december = (*EVEN[:11], 4)
        found = bought(every_days=6, season=december)
        share = sum(purchase.day.month == 12 for purchase in found) / len(found)
        self.assertGreater(share, 0.2)

    def test_scale(self):
        once, thrice = (bought(every_days=9, quantity=[2, 8], scale=scale) for scale in (1, 3))
        self.assertGreater(
            sum(it.lines[0][1] for it in thrice), 2 * sum(it.lines[0][1] for it in once))

    def test_only_the_products_of_the_rhythm(self):
        found = bought(every_days=9, products={'a': 1, 'b': 3}, lines=[1, 5])
        self.assertEqual({key for it in found for key, _quantity in it.lines}, {'a', 'b'})
        self.assertTrue(all(len(set(it.lines)) == len(it.lines) for it in found))

    def test_punctual_payers_pay_by_the_term(self):
        found = bought(every_days=9, term_days=30)
        for purchase in found:
            due = purchase.day + timedelta(days=30)
            if purchase.paid:
                self.assertTrue(purchase.day <= purchase.paid <= min(due, TODAY))
            else:
                self.assertGreater(due, TODAY - timedelta(days=5))

    def test_late_payers_pay_later(self):
        late = [
            (it.paid - it.day).days - 30 for seed in range(20)
            for it in bought(str(seed), every_days=9, late=1, late_days=20) if it.paid]
        self.assertGreater(min(late), 0)
        # on the Thursday after, when companies pay
        self.assertAlmostEqual(mean(late), 20 + 3, delta=3)

    def test_unpaid_and_credited(self):
        self.assertFalse(any(it.paid for it in bought(every_days=9, unpaid=1)))
        for purchase in bought(every_days=9, credited=1, quantity=[8, 20]):
            if purchase.credit_day:
                self.assertTrue(0 < purchase.credited < purchase.lines[0][1])
                self.assertTrue(purchase.day < purchase.credit_day <= TODAY)

    def test_quantities_as_people_order_them(self):
        self.assertEqual(
            [rounded(it) for it in (0.1, 7.4, 38, 123, 481, 2611)], [1, 7, 38, 125, 500, 2600])


class TestCrowd(BaseCase):

    CROWD = {
        'key': 'shoppers', 'count': 5, 'country': 'FR', 'cities': ['Lyon'],
        'first_names': ['Ana', 'Luc'], 'last_names': ['Petit', 'Roux'], 'rhythms': {'often': 1},
    }

    def test_each_name_before_any_twice(self):
        found = members(self.CROWD, 'seed')
        self.assertEqual(len(found), 5)
        self.assertEqual(len({it['name'] for it in found}), 4)
        self.assertEqual(len({it['key'] for it in found}), 5)
        self.assertEqual(len({it['email'] for it in found}), 5)
        self.assertEqual(found, members(self.CROWD, 'seed'))

    def test_companies(self):
        found = members({
            **self.CROWD, 'count': 2, 'companies': True, 'names': ['Bar Nord', 'Bar Sud']}, 'seed')
        self.assertEqual({it['name'] for it in found}, {'Bar Nord', 'Bar Sud'})
        self.assertFalse(any(it['person'] for it in found))


class TestChecking(BaseCase):
    """Mistakes in the data of demo companies are named where they are."""

    FILES = {'crm_plus.json': {
        'tiers': [{'key': 'a'}],
        'sales_teams': [{'key': 'team', 'lead_fields': [
            {'name': 'size', 'type': 'selection', 'selection': [['big', "Big"]]}]}],
    }}
    DATA = {
        'company': {'name': "Demo"},
        'products': [{'key': 'p', 'name': "P", 'category': "All", 'price': 1}],
        'rhythms': {'often': {'every_days': 10}},
        'customers': [{'key': 'c', 'name': "C", 'country': 'FR', 'tier': 'a', 'rhythm': 'often',
                       'contacts': [{'key': 'x', 'name': "X"}]}],
        'leads': [{'key': 'l', 'name': "L", 'customer': 'c', 'contact': 'x', 'team': 'team',
                   'fields': {'size': 'big'}}],
    }

    def problems(self, **parts):
        return [*check({'crm_plus': {'demo.json': {**self.DATA, **parts}}}, self.FILES)]

    def test_nothing_wrong(self):
        self.assertEqual(self.problems(), [])

    def test_nothing_happened_in_the_future(self):
        case = {'key': 'x', 'subject': "X", 'opened_hours': 4, 'closed_after': 5}
        found = [*check({'crm_plus_service': {'demo.json': {'cases': [case]}}}, {})]
        self.assertEqual(len(found), 1)
        self.assertIn('future', found[0])

    def test_unknown_and_wrong(self):
        for parts, words in (
            ({'shops': []}, '“shops” is not known'),
            ({'rhythms': {'often': {'every_days': 0}}}, '“every_days”'),
            ({'rhythms': {'often': {'every_days': 9, 'season': [1]}}}, '“season”'),
            ({'rhythms': {'often': {'every_days': 9, 'products': {'z': 1}}}}, '“z” in products'),
            ({'rhythms': {'often': {'every_days': 9, 'last_days': 800}}}, '“last_days”'),
            ({'rhythms': {}}, '“often” in rhythms'),
            ({'products': [{'key': 'p', 'price': 'much'}]}, "wrong kind: 'much'"),
            ({'products': [{'name': "P"}]}, '“key” is missing'),
            ({'leads': [{'key': 'l', 'customer': 'c', 'contact': 'y'}]}, 'no contact “y”'),
            ({'leads': [{'key': 'l', 'team': 'none'}]}, '“none” in sales_teams'),
            ({'leads': [{'key': 'l', 'team': 'team', 'fields': {'size': 'odd'}}]}, '“odd”'),
            ({'leads': [{'key': 'l', 'team': 'team', 'fields': {'age': 1}}]}, 'lead field'),
            ({'leads': [{'key': 'l', 'salesperson': 'ada'}]}, 'salesperson is one of'),
        ):
            with self.subTest(words):
                found = self.problems(**parts)
                self.assertTrue(any(words in problem for problem in found), found)
