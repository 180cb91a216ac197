from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLeadConsentMixin(models.AbstractModel):
    """What the person of a lead has agreed to: on the lead, as a contact, with their address."""

    _name = 'crm.lead.consent.mixin'
    _inherit = ['crm.consent.mixin']
    _description = "Lead: Consent"

    @api.model
    def _flush_consent_subjects(self):
        self.flush_model(['partner_id'])
        return super()._flush_consent_subjects()

    @api.model
    def _get_consent_subjects_sql(self):
        return SQL("""
            SELECT id, email_normalized AS email, partner_id, id AS lead_id FROM crm_lead
        """)

    def _get_consents_domain(self):
        domain = Domain('lead_id', '=', self.id)
        if self.partner_id:
            domain |= Domain('partner_id', '=', self.partner_id.id)
        if self.email_normalized:
            domain |= Domain('email_normalized', '=', self.email_normalized)
        return domain

    def _get_consent_defaults(self):
        return {'default_lead_id': self.id, 'default_partner_id': self.partner_id.id}
