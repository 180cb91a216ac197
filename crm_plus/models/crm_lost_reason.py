from odoo import fields, models


class CrmLostReason(models.Model):
    """What else has to be told when an opportunity is lost for this reason."""

    _name = 'crm.lost.reason'
    _inherit = ['crm.lost.reason']

    competitor_required = fields.Boolean(
        "Ask Who Won",
        help="Whoever marks an opportunity as lost for this reason has to name the competitor "
             "who won.",
    )
    competitor_price_required = fields.Boolean(
        "Ask the Winner's Price",
        help="Whoever marks an opportunity as lost for this reason has to tell the price at "
             "which the competitor won.",
    )
