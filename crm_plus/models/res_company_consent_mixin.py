from odoo import fields, models


class ResCompanyConsentMixin(models.AbstractModel):
    """Whom a company writes to of its own accord."""

    _name = 'res.company.consent.mixin'
    _description = "Company: Consent"

    mass_mail_purpose_id = fields.Many2one(
        'crm.consent.purpose', string="Purpose of Mails to Many", ondelete='restrict',
        help="Proposed whenever somebody writes to several contacts or leads at once, mails or "
             "text messages. Who has not agreed to it is left out.",
    )
