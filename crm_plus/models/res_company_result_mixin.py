from odoo import fields, models


class ResCompanyResultMixin(models.AbstractModel):
    """What salespersons are asked when an opportunity is won or lost."""

    _name = 'res.company.result.mixin'
    _description = "Questions when Opportunities Are Closed"

    crm_lost_reason_required = fields.Boolean("Lost Reason Required")
    crm_ask_why_won = fields.Boolean("Ask Why Opportunities Are Won")
