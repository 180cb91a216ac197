from odoo import fields, models


class CrmAgreementKind(models.Model):
    """A kind of agreement, and what new ones of it begin with."""

    _name = 'crm.agreement.kind'
    _description = "Kind of Agreement"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    description = fields.Char("Meaning", translate=True)
    term_months = fields.Integer(
        "Months It Runs", help="For how long new agreements are made. 0: without an end.")
    notice_value = fields.Integer("Notice Period", help="0: no notice has to be given.")
    notice_unit = fields.Selection(
        [('days', "Days"), ('weeks', "Weeks"), ('months', "Months")],
        "Unit of the Notice Period", required=True, default='months',
    )
    is_renewed = fields.Boolean(
        "Renews Itself", default=False,
        help="Such agreements go on when nobody gives notice.",
    )
    reminder_days = fields.Integer(
        "Remind", default=30,
        help="So many days before the last day to act the owner gets an activity. 0: never.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use the kind in every company.",
    )
    active = fields.Boolean(default=True)

    _not_negative = models.Constraint(
        'CHECK (term_months >= 0 AND notice_value >= 0 AND reminder_days >= 0)',
        "Months, notice period and days of reminding cannot be negative.",
    )
