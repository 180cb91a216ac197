from odoo import api, models

from ..industry_sections import COMPANY_FIELDS, SECTIONS


class CrmIndustryTemplate(models.Model):
    """What customer value is configured with, in industry templates."""

    _inherit = 'crm.industry.template'

    @api.model
    def _industry_sections(self):
        labels = self._industry_value_labels()
        return {
            **super()._industry_sections(),
            'crm_plus_analytics': tuple(
                section._replace(label=labels[section.key][0], help=labels[section.key][1])
                for section in SECTIONS
            ),
        }

    @api.model
    def _industry_settings(self):
        return {**super()._industry_settings(), 'crm_plus_analytics': COMPANY_FIELDS}

    @api.model
    def _industry_value_labels(self):
        """Return label and help of the sections of this add-on, by key."""
        return {
            'segments': (self.env._("Segments"), self.env._(
                "Customers who behave alike, and what to do about them.")),
            'tier_rules': (self.env._("Tier rules"), self.env._(
                "Which tier a customer should have, by their score.")),
        }
