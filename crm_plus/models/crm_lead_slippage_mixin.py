from odoo import fields, models


class CrmLeadSlippageMixin(models.AbstractModel):
    """What was first expected of an opportunity, and how often its closing was put off.

    Kept in the lead's own row, so that it costs nothing to keep and imports count as well. What
    has never been changed is empty: then the present value is the first one.
    """

    _name = 'crm.lead.slippage.mixin'
    _description = "Opportunity Whose Expectations Slip"

    # Odoo's own field of the lead, named here for the amount below
    company_currency = fields.Many2one('res.currency')
    first_date_deadline = fields.Date(
        "First Expected Closing", readonly=True, copy=False,
        help="What was expected before the date was changed for the first time.",
    )
    postponement_count = fields.Integer(
        "Times Postponed", readonly=True, copy=False,
        help="How often the expected closing was moved to a later day.",
    )
    postponed_days = fields.Integer(
        readonly=True, copy=False,
        help="All postponements together. Bringing the date forward takes nothing away.",
    )
    first_expected_revenue = fields.Monetary(
        readonly=True, copy=False, currency_field='company_currency',
        help="The first amount that was expected, before it was changed.",
    )

    def write(self, vals):
        if 'date_deadline' not in vals and 'expected_revenue' not in vals:
            return super().write(vals)
        slips = {lead: lead._get_slip(vals) for lead in self}
        first = next(iter(slips.values()), {})
        if all(slip == first for slip in slips.values()):
            return super().write({**vals, **first})
        result = super().write(vals)
        for lead, slip in slips.items():
            if slip:
                super(CrmLeadSlippageMixin, lead).write(slip)
        return result

    def _get_slip(self, vals):
        """Return what the change of the closing date or the revenue adds to the record."""
        slip = {}
        old = self.date_deadline
        new = fields.Date.to_date(vals.get('date_deadline', old))
        if old and new != old:
            if not self.first_date_deadline:
                slip['first_date_deadline'] = old
            if new and new > old:
                slip['postponement_count'] = self.postponement_count + 1
                slip['postponed_days'] = self.postponed_days + (new - old).days
        revenue = self.expected_revenue
        if revenue and not self.first_expected_revenue and (
                vals.get('expected_revenue', revenue) or 0) != revenue:
            slip['first_expected_revenue'] = revenue
        return slip
