from odoo import fields, models


class ResCompanyQualityMixin(models.AbstractModel):
    """When leads of the company go into the work lists."""

    _name = 'res.company.quality.mixin'
    _description = "What a Company Asks of Its Leads"

    lead_quality_bar = fields.Integer(
        "Complete From", default=70,
        help="Leads and contacts with a lower quality than this, from 0 to 100, stand in the "
             "work list of incomplete ones.",
    )
    lead_stale_days = fields.Integer(
        "Stale After", default=30,
        help="Days without a message, a note, a done activity or a change of stage after which "
             "an open lead stands in the work list of stale ones. 0: never.",
    )
