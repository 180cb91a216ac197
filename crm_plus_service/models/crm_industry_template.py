from odoo import api, models

from ..industry_sections import COMPANY_FIELDS, SECTIONS

#: what an escalation may do that does not name somebody
NAMELESS = ('notify_agent', 'notify_team', 'raise_priority', 'activity_type_id')


class CrmIndustryTemplate(models.Model):
    """What customer service is configured with, in industry templates."""

    _inherit = 'crm.industry.template'

    @api.model
    def _industry_sections(self):
        labels = self._industry_service_labels()
        return {
            **super()._industry_sections(),
            'crm_plus_service': tuple(
                section._replace(label=labels[section.key][0], help=labels[section.key][1])
                for section in SECTIONS
            ),
        }

    @api.model
    def _industry_settings(self):
        return {**super()._industry_settings(), 'crm_plus_service': COMPANY_FIELDS}

    @api.model
    def _industry_left_out(self, section, record):
        reason = super()._industry_left_out(section, record)
        if not reason and section.model == 'service.escalation' and not any(
                record[name] for name in NAMELESS):
            return self.env._('it does nothing but tell certain people, or hand the case to them')
        return reason

    @api.model
    def _industry_service_labels(self):
        """Return label and help of the sections of this add-on, by key."""
        _ = self.env._
        return {
            'skills': (_('Skills'), _('What agents must know to take certain cases.')),
            'case_tags': (_('Tags of cases'), _('Words to sort cases by.')),
            'case_stages': (_('Stages of cases'), _(
                'The way of a case: where it waits, and what closes it.')),
            'case_types': (_('Types of cases'), _(
                'What cases are about, and which skills they ask for.')),
            'response_classes': (_('Response classes'), _(
                'How quickly service contracts are answered, as they are sold.')),
            'service_teams': (_('Service teams'), _(
                'The teams, and how they give out cases and promise to resolve them.')),
            'warranties': (_('Warranties'), _(
                'The categories of products, and how long the warranty on them is.')),
            'policies': (_('Service policies'), _(
                'What is promised on which cases, and what happens when it runs out.')),
        }
