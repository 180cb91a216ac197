from odoo import fields, models


class ResCompanyCaptureMixin(models.AbstractModel):
    """How much the public forms of a company's sales teams take from one person."""

    _name = 'res.company.capture.mixin'
    _description = "Company: Public Forms of Sales Teams"

    lead_requests_per_visitor = fields.Integer(
        string="Form Entries of a Visitor an Hour", required=True, default=10,
        help="How often the public forms of sales teams may be sent from one network address "
             "within an hour.",
    )
    lead_requests_per_sender = fields.Integer(
        string="Form Entries of an E-mail Address an Hour", required=True, default=3,
        help="How often the public forms of sales teams may be sent with one e-mail address "
             "within an hour. Each time a link to confirm it is mailed there.",
    )

    _lead_requests_positive = models.Constraint(
        'CHECK (lead_requests_per_visitor > 0 AND lead_requests_per_sender > 0)',
        "The forms must take at least one entry of everybody.",
    )
