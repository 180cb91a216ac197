from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.address_quality import EU_COUNTRIES
from .crm_finding_mixin import Finding


class ResPartnerFindingMixin(models.AbstractModel):
    """Contacts that somebody should look at: those of customers, not of one's own people."""

    _name = 'res.partner.finding.mixin'
    _inherit = ['crm.finding.mixin']
    _description = "Contacts That Need Attention"

    WAIVER_COLUMN = 'partner_id'

    # a portal user reads contacts too
    is_incomplete = fields.Boolean(groups='crm_plus.group_user')
    is_contradictory = fields.Boolean(groups='crm_plus.group_user')
    finding_text = fields.Char(groups='crm_plus.group_user')
    finding_kind = fields.Selection(groups='crm_plus.group_user')
    quality_waiver_ids = fields.One2many(
        'crm.quality.waiver', 'partner_id', "Not an Issue", groups='crm_plus.group_user')

    @api.model
    def _finding_from(self):
        return SQL(
            """
            res_partner it
            JOIN res_company company ON company.id = COALESCE(it.company_id, %s)
            LEFT JOIN res_country country ON country.id = it.country_id
            LEFT JOIN res_country_state state ON state.id = it.state_id
            LEFT JOIN res_partner parent ON parent.id = it.parent_id
                  AND (it.company_id IS NULL OR parent.company_id IS NULL
                       OR parent.company_id = it.company_id)
            """,
            self.env.company.id,
        )

    @api.model
    def _finding_kinds(self):
        # Greece writes EL into its VAT numbers
        vat_country = SQL("replace(upper(left(it.vat, 2)), 'EL', 'GR')")
        findings = {
            'incomplete': Finding(
                'incomplete',
                SQL("it.quality_stamp <> 0 AND it.quality_score < company.lead_quality_bar"),
                SQL("it.quality_score::text"),
            ),
            'email_website': self._email_website_finding(),
            'phone_country': self._phone_country_finding(),
            'state_country': self._state_country_finding(),
            'vat_country': Finding(
                'contradictory',
                SQL("it.parent_id IS NULL AND %s = ANY(%s) AND %s <> country.code",
                    vat_country, sorted(EU_COUNTRIES), vat_country),
                SQL("it.vat || ' / ' || country.code"),
            ),
            'archived_company': Finding(
                'contradictory', SQL("NOT parent.active"), SQL("parent.name")),
        }
        return {
            kind: finding._replace(condition=SQL(
                "it.active AND it.partner_share AND (%s)", finding.condition))
            for kind, finding in findings.items()
        }
