from odoo import fields, models


class ResCompanyKeyAccountMixin(models.AbstractModel):
    """What a company decides about its key accounts, for ``res.company``."""

    _name = 'res.company.key.account.mixin'
    _description = "Company: Key Accounts"

    key_account_contact_days = fields.Integer(
        "Days without Contact", default=90,
        help="After so many days without a meeting, message or call the map of the buying "
             "centre warns. 0: never.",
    )
    personal_profile_months = fields.Integer(
        "Months Personal Entries Are Kept", default=24,
        help="Entries in the personal profile of contacts are erased after so many months, "
             "unless somebody has renewed them. At least 1.",
    )
    birthday_reminder_days = fields.Integer(
        "Days before a Birthday", default=7,
        help="So many days before a birthday whoever recorded it gets an activity. 0: never.",
    )

    _check_personal_profile_months = models.Constraint(
        'CHECK (personal_profile_months BETWEEN 1 AND 120)',
        "Personal entries are kept for 1 to 120 months.",
    )
    _check_birthday_reminder_days = models.Constraint(
        'CHECK (birthday_reminder_days BETWEEN 0 AND 60)',
        "Reminders of birthdays come 0 to 60 days before.",
    )
    _check_key_account_contact_days = models.Constraint(
        'CHECK (key_account_contact_days >= 0)',
        "The days without contact cannot be negative.",
    )
