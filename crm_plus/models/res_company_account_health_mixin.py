from odoo import fields, models


class ResCompanyAccountHealthMixin(models.AbstractModel):
    """What a company decides about account health and contact, for ``res.company``."""

    _name = 'res.company.account.health.mixin'
    _description = "Company: Account Health and Contact Cadence"

    account_health_green = fields.Integer(
        "Green from", default=70, help="From this health on, key accounts are green.")
    account_health_amber = fields.Integer(
        "Amber from", default=40,
        help="From this health on, key accounts are amber; below they are red.",
    )
    contact_plan_activities = fields.Boolean(
        "Plan Contact by Itself", default=False,
        help="Every night, whoever looks after a customer gets an activity for contact that is "
             "due: once for each due date. What is settled meanwhile is taken back.",
    )
    contact_plan_days = fields.Integer(
        "Days before Contact Is Due", default=3,
        help="So many days before contact is due it is planned.",
    )

    _check_account_health = models.Constraint(
        'CHECK (0 < account_health_amber AND account_health_amber < account_health_green'
        ' AND account_health_green <= 100)',
        "Amber must begin above 0 and below green, and green at 100 at the latest.",
    )
    _check_contact_plan_days = models.Constraint(
        'CHECK (contact_plan_days BETWEEN 0 AND 60)',
        "Contact is planned 0 to 60 days before it is due.",
    )
