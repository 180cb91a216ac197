import numpy as np

from odoo import fields, models
from odoo.tools import SQL, split_every

from .customer_score import AMOUNT_GROUPS
from .customer_score_writer import round_money

#: Customers per statement: bounds what is in memory as text.
BATCH = 50_000


class CustomerScoreBacktestCustomer(models.Model):
    """What a back-test expected of a customer, and what came."""
    _name = 'customer.score.backtest.customer'
    _description = 'Customer of a Back-Test'
    _order = 'expected desc, id'
    _rec_name = 'partner_id'
    _log_access = False

    backtest_id = fields.Many2one(
        'customer.score.backtest', string="Back-Test", required=True, readonly=True, index=True,
        ondelete='cascade')
    company_id = fields.Many2one(related='backtest_id.company_id')
    currency_id = fields.Many2one(related='backtest_id.currency_id')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, index=True,
        ondelete='cascade')
    repeats = fields.Integer(
        string="Repeat Purchases Before", readonly=True, aggregator='avg',
        help="Purchases after the first one, up to the date until which the model learnt.")
    expected = fields.Float(
        string="Expected Purchases", readonly=True,
        help="Purchases that the model expected of the customer.")
    actual = fields.Integer(
        string="Actual Purchases", readonly=True, help="Purchases that came.")
    naive = fields.Float(
        string="At the Same Rate", readonly=True,
        help="Purchases, had the customer gone on at the same rate as before.")
    expected_value = fields.Monetary(
        string="Expected Revenue", readonly=True, groups=AMOUNT_GROUPS,
        help="What the expected purchases were expected to bring.")
    actual_value = fields.Monetary(
        string="Actual Revenue", readonly=True, groups=AMOUNT_GROUPS,
        help="What was bought in that time, less credit notes, without taxes.")
    naive_value = fields.Monetary(
        string="Revenue at the Same Rate", readonly=True, groups=AMOUNT_GROUPS,
        help="Revenue, had the customer gone on spending at the same rate as before.")

    def _record(self, backtest, measures, forecast) -> None:
        """Write one row per customer of the back-test, many at a time."""
        currency = backtest.currency_id
        columns = [
            measures.partner_id, measures.repeats, forecast.expected,
            np.rint(forecast.actual).astype(np.int64), forecast.naive,
            *(round_money(amounts, currency) for amounts in (
                forecast.expected_value, forecast.actual_value, forecast.naive_value)),
        ]
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for batch in split_every(BATCH, rows):
            self.env.cr.execute(SQL(
                """
                INSERT INTO customer_score_backtest_customer (
                            backtest_id, partner_id, repeats, expected, actual, naive,
                            expected_value, actual_value, naive_value)
                     SELECT %s, * FROM unnest(
                            %s::int[], %s::int[], %s::float8[], %s::int[], %s::float8[],
                            %s::numeric[], %s::numeric[], %s::numeric[])
                """,
                backtest.id, *(list(column) for column in zip(*batch, strict=True))))
        self.invalidate_model()

    def action_open_customer(self) -> dict:
        """Open the customer's own page."""
        self.ensure_one()
        return self.partner_id._get_records_action()
