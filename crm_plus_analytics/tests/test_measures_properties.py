"""What holds of the measures whatever the documents are, tried on documents that hypothesis makes up.

Most properties compare twins: two customers of whom the documents tell the same in different ways.
"""

from contextlib import closing
from dataclasses import fields as dataclass_fields
from datetime import timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon

#: Documents are slow to make; the same ones each time, so that a failure can be repeated. The
#: first draw looks through all of Odoo's modules for constants, and must not count as slow.
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow])


class Paper(NamedTuple):
    """An invoice or a credit note of one of two customers."""

    customer: int
    #: days before the last one that is measured
    age: int
    amount: int
    #: one of a kind of two, for what a property tells apart
    side: int = 0


def papers(smallest=1, most=6):
    ages = st.integers(0, 9) | st.integers(0, 900)
    return st.lists(
        st.builds(Paper, st.integers(0, 1), ages, st.integers(1, 999), st.integers(0, 1)),
        min_size=smallest, max_size=most)


@tagged('post_install', '-at_install')
class TestMeasuresProperties(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, 'tracking_disable': True})
        cls.other = cls.setup_other_company()['company']
        Partner = cls.env['res.partner']
        cls.ones = Partner.create([{'name': "Anna"}, {'name': "Bert"}])
        cls.twins = Partner.create([{'name': "Anna's twin"}, {'name': "Bert's twin"}])

    def undone(self):
        """Undo what an example writes."""
        return closing(self.env.cr.savepoint())

    def enter(self, drawn, partner_of, kind='out_invoice', company=None, **values):
        """Post a document for each paper, in this order.

        :param partner_of: function from a paper to its contact
        :param values: functions from a paper to the value of a field, or values
        """
        company = company or self.company
        moves = self.env['account.move'].with_company(company).create([{
            'move_type': kind,
            'partner_id': partner_of(paper).id,
            'invoice_date': AS_OF - timedelta(days=paper.age),
            'invoice_line_ids': [Command.create({
                'name': "Something", 'price_unit': paper.amount, 'tax_ids': [Command.clear()]})],
            **{name: value(paper) if callable(value) else value for name, value in values.items()},
        } for paper in drawn])
        moves.action_post()
        return moves

    def one(self, paper):
        return self.ones[paper.customer]

    def twin(self, paper):
        return self.twins[paper.customer]

    def everything(self, as_of=AS_OF):
        """Return all that is measured, by customer; what is not known as None."""
        measures = self.env['customer.measures'].sudo()._measure(self.company, as_of)
        names = [each.name for each in dataclass_fields(measures)
                 if hasattr(getattr(measures, each.name), 'tolist') and each.name != 'partner_id']
        columns = zip(*(getattr(measures, name).round(6).tolist() for name in names), strict=True)
        return {
            partner: {name: None if value != value else value
                      for name, value in zip(names, row, strict=True)}
            for partner, row in zip(measures.partner_id.tolist(), columns, strict=True)
        }

    def assertTwins(self):
        measured = self.everything()
        self.assertTrue(measured)
        for one, twin in zip(self.ones, self.twins, strict=True):
            self.assertEqual(measured.get(one.id), measured.get(twin.id))

    @FEW
    @given(drawn=papers(2), shuffle=st.randoms(use_true_random=False))
    def test_order_of_entry_changes_nothing(self, drawn, shuffle):
        with self.undone():
            self.enter(drawn, self.one)
            self.enter(shuffle.sample(drawn, len(drawn)), self.twin)
            self.assertTwins()

    @FEW
    @given(drawn=papers(2))
    def test_splitting_over_contacts_changes_nothing(self, drawn):
        with self.undone():
            contacts = [self.env['res.partner'].create([
                {'name': name, 'parent_id': twin.id} for name in ("Buyer", "Boss")
            ]) for twin in self.twins]
            self.enter(drawn, self.one)
            self.enter(drawn, lambda paper: contacts[paper.customer][paper.side])
            self.assertTwins()

    @FEW
    @given(bought=papers(), credited=papers(most=4))
    def test_credit_note_never_adds_a_purchase(self, bought, credited):
        with self.undone():
            self.enter(bought, self.one)
            before = self.everything()
            invoices = self.enter(bought, self.twin)
            # of the first invoice of that customer, or of none
            self.enter(credited, self.twin, 'out_refund', reversed_entry_id=lambda paper: (
                paper.side and invoices.filtered(
                    lambda move: move.partner_id == self.twin(paper))[:1].id))
            after = self.everything()
            for index, (one, twin) in enumerate(zip(self.ones, self.twins, strict=True)):
                self.assertEqual(twin.id in after, one.id in before, "credit notes make no customer")
                if one.id not in before:
                    continue
                was, now = before[one.id], after[twin.id]
                for name in ('purchases', 'first_day', 'last_day', 'squared_gaps', 'longest_gap'):
                    self.assertEqual(now[name], was[name], name)
                amount = sum(paper.amount for paper in credited if paper.customer == index)
                self.assertAlmostEqual(now['revenue'], was['revenue'] - amount, 4)
                self.assertAlmostEqual(now['credited'], amount, 4)

    @FEW
    @given(drawn=papers(), rate=st.sampled_from([0.5, 2.0, 4.0, 125.0]))
    def test_money_is_converted_at_the_rate(self, drawn, rate):
        with self.undone():
            foreign = self.setup_other_currency('EUR', rates=[('2020-01-01', rate)])
            self.enter(drawn, self.one)
            self.enter([paper._replace(amount=paper.amount * rate) for paper in drawn], self.twin,
                       currency_id=foreign.id)
            self.assertTwins()

    @FEW
    @given(drawn=papers(2))
    def test_merged_contacts_are_the_sum_of_them(self, drawn):
        with self.undone():
            others = self.env['res.partner'].create([
                {'name': f"{twin.name}, entered again"} for twin in self.twins])
            self.enter(drawn, self.one)
            self.enter(drawn, lambda paper: (self.twins, others)[paper.side][paper.customer])
            for twin, other in zip(self.twins, others, strict=True):
                # sudo: merging contacts is for administrators
                self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
                    (twin | other).ids, twin)
            self.assertTwins()

    @FEW
    @given(drawn=papers(), elsewhere=papers(most=4))
    def test_documents_of_another_company_change_nothing(self, drawn, elsewhere):
        with self.undone():
            self.enter(drawn, self.one)
            before = self.everything()
            for kind in ('out_invoice', 'out_refund'):
                self.enter(elsewhere, self.one, kind, company=self.other)
            self.assertEqual(self.everything(), before)

    @FEW
    @given(drawn=papers(), later=papers(most=4), age=st.integers(0, 400))
    def test_documents_after_the_date_change_nothing(self, drawn, later, age):
        day = AS_OF - timedelta(days=age)
        with self.undone():
            invoices = self.enter(drawn, self.one)
            before = self.everything(day)
            # up to as many days later as they were earlier
            later = [paper._replace(age=age - 1 - paper.age) for paper in later]
            self.enter(later, self.one)
            self.enter(later, self.one, 'out_refund', reversed_entry_id=lambda paper: (
                paper.side and invoices.filtered(
                    lambda move: move.partner_id == self.one(paper))[:1].id))
            self.assertEqual(self.everything(day), before)
