"""Numbers of several units, as one reads them."""

from odoo import api, fields, models
from odoo.tools import format_amount, formatLang

#: Amounts of which nobody asks for the cents.
LARGE_AMOUNT = 1_000


class CrmAccountPlanAmountMixin(models.AbstractModel):
    """Start, value, target and gap of a goal as texts, for what stands together in a list.

    For models with ``unit`` ('money', 'percent', 'number' or 'days'), ``unit_name``,
    ``start_value``, ``start_known``, ``value``, ``value_known``, ``target_value`` and ``lower``.
    """

    _name = 'crm.account.plan.amount.mixin'
    _description = "Account Plan: Amounts"

    # here, because the currency of the texts below is read through it
    company_id = fields.Many2one('res.company')
    currency_id = fields.Many2one(related='company_id.currency_id')
    gap = fields.Float(
        compute='_compute_texts', aggregator=None,
        help="How much is missing to the target; 0: nothing.",
    )
    start_text = fields.Char("Start", compute='_compute_texts')
    value_text = fields.Char("Now", compute='_compute_texts')
    target_text = fields.Char("Aim", compute='_compute_texts')
    gap_text = fields.Char("Missing", compute='_compute_texts')

    @api.depends(
        'unit', 'unit_name', 'start_value', 'start_known', 'value', 'value_known',
        'target_value', 'lower',
    )
    @api.depends_context('lang')
    def _compute_texts(self):
        for record in self:
            missing = record.value - record.target_value
            missing = max(missing if record.lower else -missing, 0) if record.value_known else 0
            record.gap = missing
            record.start_text = record._amount_text(record.start_value, record.start_known)
            record.value_text = record._amount_text(record.value, record.value_known)
            record.target_text = record._amount_text(record.target_value)
            record.gap_text = record._amount_text(missing, bool(missing))

    def _amount_text(self, value, known=True) -> str:
        """The number with its unit; a dash where it is not known."""
        if not known:
            return "–"
        currency = self.currency_id or self.env.company.currency_id
        return measure_text(self.env, value, self.unit, currency, self.unit_name)


def measure_text(env, value, unit, currency, unit_name='') -> str:
    """Return a measured number as one reads it.

    :param str unit: 'money', 'percent', 'number' or 'days'
    :param str unit_name: what a plain number counts
    """
    if unit == 'money':
        whole = abs(value) >= LARGE_AMOUNT and currency.decimal_places > 0
        return format_amount(
            env, round(value) if whole else value, currency, trailing_zeroes=not whole)
    number = formatLang(env, value, digits=0 if abs(value - round(value)) < 0.05 else 1)
    if unit == 'percent':
        return f"{number} %"
    if unit == 'days':
        return env._("%s days", number)
    return f"{number} {unit_name}" if unit_name else number
