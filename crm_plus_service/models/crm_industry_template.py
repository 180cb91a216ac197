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
        return {
            'skills': (
                self.env._('Skills'),
                self.env._('What agents must know to take certain cases.')),
            'case_tags': (self.env._('Tags of cases'), self.env._('Words to sort cases by.')),
            'case_stages': (self.env._('Stages of cases'), self.env._(
                'The way of a case: where it waits, and what closes it.')),
            'case_types': (self.env._('Types of cases'), self.env._(
                'What cases are about, and which skills they ask for.')),
            'response_classes': (self.env._('Response classes'), self.env._(
                'How quickly service contracts are answered, as they are sold.')),
            'service_teams': (self.env._('Service teams'), self.env._(
                'The teams, and how they give out cases and promise to resolve them.')),
            'warranties': (self.env._('Warranties'), self.env._(
                'The categories of products, and how long the warranty on them is.')),
            'policies': (self.env._('Service policies'), self.env._(
                'What is promised on which cases, and what happens when it runs out.')),
        }
