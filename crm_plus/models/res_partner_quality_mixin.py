from odoo import api, fields, models


class ResPartnerQualityMixin(models.AbstractModel):
    """The quality of contacts: companies and persons, not the mere addresses below them."""

    _name = 'res.partner.quality.mixin'
    _inherit = ['crm.quality.mixin']
    _description = "Quality of a Contact"

    # a portal user reads contacts too
    quality_score = fields.Integer(groups='crm_plus.group_user')
    quality_stamp = fields.Integer(groups='crm_plus.group_user')
    quality_problems = fields.Json(groups='crm_plus.group_user')
    quality_text = fields.Char(groups='crm_plus.group_user')

    QUALITY_FIELDS = (
        'city', 'comment', 'company_registry', 'country_id', 'email', 'function', 'industry_id',
        'lang', 'parent_id', 'phone', 'ref', 'state_id', 'street', 'user_id', 'vat', 'website',
        'zip',
    )

    @api.model
    def _quality_depends(self):
        return [*super()._quality_depends(), 'is_company', 'parent_id', 'type']

    def _quality_applies_to(self):
        if self.parent_id and self.type != 'contact':
            return ()
        return {'contact', 'company' if self.is_company else 'person'}
