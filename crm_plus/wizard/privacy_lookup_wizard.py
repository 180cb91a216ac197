from odoo import models
from odoo.tools import SQL

#: What is personal and goes with the contact by itself, so that Odoo does not look for it.
PERSONAL = ('crm.personal.profile', 'crm.account.role')


class PrivacyLookupWizard(models.TransientModel):
    _inherit = 'privacy.lookup.wizard'

    def _get_query(self):
        """Find personal entries and cards of buying centres, too: they may outlive a contact
        that is archived because documents keep it from being deleted."""
        query = super()._get_query()
        for model in PERSONAL:
            # indirect_references: the contacts that Odoo's own query has found
            query = SQL(
                "%s UNION ALL SELECT %s AS res_model_id, id AS res_id, True AS is_active"
                " FROM %s WHERE contact_id IN (SELECT id FROM indirect_references)",
                query, self.env['ir.model']._get_id(model),
                SQL.identifier(self.env[model]._table),
            )
        return query


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = 'privacy.lookup.wizard.line'

    def _onchange_is_active(self):
        """Who is archived for their privacy keeps no personal profile."""
        result = super()._onchange_is_active()
        archived = self.filtered(lambda line: line.res_model == 'res.partner' and not line.is_active)
        self.env['crm.personal.profile']._erase_of_contacts(
            self.env['res.partner'].browse(archived.mapped('res_id')), 'privacy')
        return result

    def action_unlink(self):
        """Delete the copies in journals of merges with the record."""
        result = super(PrivacyLookupWizardLine, self.with_context(
            personal_profile_reason='privacy')).action_unlink()
        self.env['crm.merge']._forget_person(self.wizard_id.email)
        return result
