"""Customers with a purchase history of a few documents each, in a company of their own."""

import threading
import time
from datetime import date, timedelta
from unittest.mock import patch

import numpy as np

from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.api import SUPERUSER_ID, Environment
from odoo.tests import new_test_user

from ..measures import Measures
from ..models.customer_score_queue_mixin import CustomerScoreQueueMixin

AS_OF = date(2026, 6, 30)


class CustomerValueCommon(AccountTestInvoicingCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data['company']
        cls.anna, cls.bert = cls.env['res.partner'].create([{'name': "Anna"}, {'name': "Bert"}])

    @classmethod
    def buy(cls, partner, day, amount, move_type='out_invoice', *, currency=None, company=None,
            reverses=None, post=True):
        """Invoice `amount` without taxes to a partner."""
        company = company or cls.company
        move = cls.env['account.move'].with_company(company).create({
            'move_type': move_type,
            'partner_id': partner.id,
            'invoice_date': day,
            'currency_id': (currency or company.currency_id).id,
            'reversed_entry_id': reverses and reverses.id,
            'invoice_line_ids': [Command.create({
                'name': "Something", 'price_unit': amount, 'tax_ids': [Command.clear()],
            })],
        })
        if post:
            move.action_post()
        return move

    @classmethod
    def measure(cls, as_of=AS_OF, company=None) -> dict:
        """Return what was measured, as a dict per partner."""
        measures = cls.env['customer.measures'].sudo()._measure(
            company or cls.company, fields.Date.to_date(as_of))
        partners = cls.env['res.partner'].browse(measures.partner_id.tolist())
        return {
            partner: {
                'purchases': int(measures.purchases[i]),
                'first': date.fromordinal(int(measures.first_day[i])),
                'last': date.fromordinal(int(measures.last_day[i])),
                'revenue': round(float(measures.revenue[i]), 2),
                'repeat': round(float(measures.average_repeat_value[i]), 2),
            }
            for i, partner in enumerate(partners)
        }

    @classmethod
    def new_run(cls, as_of=AS_OF, company=None):
        # sudo: runs are created by the dialog and the schedule only
        return cls.env['customer.score.run'].sudo().create({
            'company_id': (company or cls.company).id, 'as_of': as_of,
        })

    @classmethod
    def score(cls, as_of=AS_OF, company=None):
        run = cls.new_run(as_of, company)
        run._execute()
        return run

    @classmethod
    def score_of(cls, partner, company=None):
        return cls.env['customer.score'].sudo().search([
            ('partner_id', '=', partner.id), ('company_id', '=', (company or cls.company).id),
        ])

    @classmethod
    def new_user(cls, login, *groups, **values):
        return new_test_user(
            cls.env, login, groups=','.join(('base.group_user', *groups)),
            company_id=cls.company.id, company_ids=[Command.set(cls.company.ids)], **values)

    @classmethod
    def two_segments(cls, company):
        """Let the company have two segments only: who bought more recently, and the others."""
        # sudo: the test's own user is a bookkeeper
        return cls.env['customer.segment'].sudo().create([
            {'name': "Recent", 'company_id': company.id, 'sequence': -2, 'r_min': 4},
            {'name': "The others", 'company_id': company.id, 'sequence': -1},
        ])

    @classmethod
    def many_customers(cls, count=200):
        """Create customers and return measures of them on which both models can be fitted."""
        partners = cls.env['res.partner'].create(
            [{'name': f"Customer {number}"} for number in range(count)])
        return simulated_measures(np.array(partners.ids))


class BackgroundScoring:
    """For browser tests: what is queued is scored soon, as the scheduler would."""

    def scoring_soon(self):
        """Return a context in which scorings begin a few seconds after they are queued."""
        return patch.object(CustomerScoreQueueMixin, '_wake_scheduler', self._process_queue_soon)

    def _process_queue_soon(self, *args):
        def work():
            # long enough for the browser to show that the run is waiting
            time.sleep(3)
            with self.registry.cursor() as cr:
                Environment(cr, SUPERUSER_ID, {})['customer.score.run']._cron_process_queue()

        worker = threading.Thread(target=work)
        worker.start()
        self.addCleanup(worker.join)


def simulated_measures(partner_id, as_of=AS_OF, seed=7) -> Measures:
    """Return the history of customers who buy, spend and leave as the models suppose."""
    chance = np.random.default_rng(seed)
    rows = [_simulated_customer(chance, as_of) for _ in partner_id]
    purchases, first, last, revenue, repeat = (np.array(column) for column in zip(*rows, strict=True))
    return Measures(
        as_of=as_of, partner_id=partner_id, purchases=purchases, first_day=first, last_day=last,
        revenue=revenue, repeat_revenue=repeat, invoices=int(purchases.sum()),
    )


def _simulated_customer(chance, as_of):
    first = day = (as_of - timedelta(days=int(chance.integers(200, 720)))).toordinal()
    rate = chance.gamma(0.8, 1 / 60)
    leaving = chance.beta(0.8, 2.5)
    scale = 15 / chance.gamma(4.0)
    values = [chance.gamma(6.0) * scale]
    while True:
        following = day + max(1, round(chance.exponential(1 / rate)))
        if following > as_of.toordinal():
            break
        day = following
        values.append(chance.gamma(6.0) * scale)
        if chance.random() < leaving:
            break
    return len(values), first, day, sum(values), sum(values[1:])
