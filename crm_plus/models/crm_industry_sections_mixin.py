from odoo import api, models

from ..industry_templates.sections import COMPANY_FIELDS, SECTIONS


class CrmIndustrySectionsMixin(models.AbstractModel):
    """What industry templates may contain: the sections and settings of each add-on.

    An add-on adds its own by extending ``_industry_sections`` and ``_industry_settings``, and says
    by ``_industry_left_out`` which records no template can carry.
    """

    _name = 'crm.industry.sections.mixin'
    _description = "Sections of Industry Templates"

    @api.model
    def _industry_sections(self):
        """Return the sections by add-on: ``{module: (Section, …)}``, in the order of the screen."""
        labels = self._industry_section_labels()
        return {'crm_plus': tuple(
            section._replace(label=labels[section.key][0], help=labels[section.key][1])
            for section in SECTIONS
        )}

    @api.model
    def _industry_settings(self):
        """Return the company's fields that are settings, by add-on: ``{module: (name, …)}``."""
        return {'crm_plus': COMPANY_FIELDS}

    @api.model
    def _industry_left_out(self, section, record):
        """Return why no template can carry a record, in words; nothing where one can."""
        if section.model == 'crm.stage.criterion' and (
                record.kind == 'approval' and not record.approver_group_id):
            return self.env._("only certain people may approve")
        return ''

    @api.model
    def _industry_section_labels(self):
        """Return label and help of the sections of this add-on, by key."""
        return {
            'tiers': (self.env._("Customer tiers"), self.env._(
                "How customers are treated: what each tier may expect.")),
            'lead_tags': (
                self.env._("Tags of leads"),
                self.env._("Words to sort leads and opportunities by.")),
            'lead_sources': (
                self.env._("Sources of leads"),
                self.env._("Where leads come from in this trade.")),
            'lost_reasons': (self.env._("Lost reasons"), self.env._(
                "Why opportunities are lost, and what has to be told then.")),
            'consent_purposes': (self.env._("Purposes of consent"), self.env._(
                "What people are asked to agree to before they are written to.")),
            'sales_teams': (self.env._("Sales teams"), self.env._(
                "The teams, and what each lead of theirs has to tell: its own fields.")),
            'activity_plans': (self.env._("Activity plans"), self.env._(
                "Lists of things to do that start when an opportunity enters a stage.")),
            'stages': (self.env._("Stages"), self.env._(
                "The way of an opportunity: what must be so before a stage is left, and what "
                "happens when one is entered.")),
            'quality_checks': (self.env._("Quality checks"), self.env._(
                "What makes leads and contacts complete.")),
            'score_rules': (self.env._("Lead scoring"), self.env._("For what leads get points.")),
            'response_promises': (self.env._("Response times"), self.env._(
                "How soon new leads are answered, and what happens when they are not.")),
            'duplicate_rules': (self.env._("Duplicates"), self.env._(
                "What two records must have in common to be taken for the same.")),
            'account_profiles': (self.env._("Facts of key accounts"), self.env._(
                "What is worth knowing about the customers of an industry.")),
            'buying_roles': (self.env._("Roles in buying centres"), self.env._(
                "What people do when their company buys.")),
            'decision_factors': (self.env._("Deciding factors"), self.env._(
                "What decides whether an opportunity is won or lost.")),
            'agreement_kinds': (self.env._("Kinds of agreements"), self.env._(
                "Contracts with customers, and what new ones begin with.")),
            'contact_cadences': (self.env._("Contact cadences"), self.env._(
                "How often somebody talks to customers of a tier.")),
            'health_measures': (self.env._("Account health"), self.env._(
                "What the health of key accounts is made of.")),
        }
