from odoo import api, models


class CrmLeadQualityMixin(models.AbstractModel):
    """The quality of leads and opportunities."""

    _name = 'crm.lead.quality.mixin'
    _inherit = ['crm.quality.mixin']
    _description = "Quality of a Lead"

    QUALITY_FIELDS = (
        'campaign_id', 'city', 'contact_name', 'country_id', 'date_deadline', 'description',
        'email_from', 'expected_revenue', 'function', 'lang_id', 'medium_id', 'partner_id',
        'partner_name', 'phone', 'referred', 'source_id', 'state_id', 'street', 'website', 'zip',
    )

    @api.model
    def _quality_depends(self):
        return [*super()._quality_depends(), 'type']

    def _quality_applies_to(self):
        return {'any_lead', self.type}
