from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_finding_mixin import CrmFindingMixin, Finding

#: messages that nobody wrote
AUTOMATIC_MESSAGES = ['notification', 'user_notification', 'auto_comment', 'out_of_office']
#: how long a lead that was won may be asked for its order
WON_DAYS = 365


class CrmLeadFindingMixin(models.AbstractModel):
    """Leads and opportunities that somebody should look at."""

    _name = 'crm.lead.finding.mixin'
    _inherit = ['crm.finding.mixin']
    _description = "Leads That Need Attention"

    WAIVER_COLUMN = 'lead_id'
    WORK_LIST_FIELDS = {**CrmFindingMixin.WORK_LIST_FIELDS, 'is_stale': 'stale'}

    is_stale = fields.Boolean(
        "Stale", compute='_compute_findings', search='_search_is_stale',
        help="Open, nothing has happened for longer than your company allows, and nothing is "
             "planned from today on.",
    )
    quality_waiver_ids = fields.One2many('crm.quality.waiver', 'lead_id', "Not an Issue")

    def action_hand_out(self):
        """Ask who is to take care of these leads."""
        return self._open_dialog(
            self.env._("Assign"), 'crm.lead.hand.out', {'default_lead_ids': self.ids})

    @api.model
    def _search_is_stale(self, operator, _value):
        return self._search_work_list('stale', operator)

    @api.model
    def _finding_from(self):
        return SQL(
            """
            crm_lead it
            JOIN res_company company ON company.id = COALESCE(it.company_id, %s)
            LEFT JOIN res_country country ON country.id = it.country_id
            LEFT JOIN res_country_state state ON state.id = it.state_id
            LEFT JOIN res_users seller ON seller.id = it.user_id
            LEFT JOIN res_partner seller_name ON seller_name.id = seller.partner_id
            LEFT JOIN res_partner contact ON contact.id = it.partner_id
                  AND (it.company_id IS NULL OR contact.company_id IS NULL
                       OR contact.company_id = it.company_id)
            LEFT JOIN res_partner customer ON customer.id = contact.commercial_partner_id
            LEFT JOIN res_country contact_country ON contact_country.id = contact.country_id
            """,
            self.env.company.id,
        )

    @api.model
    def _finding_kinds(self):
        findings = {
            'incomplete': Finding(
                'incomplete',
                SQL("it.quality_stamp <> 0 AND it.quality_score < company.lead_quality_bar"),
                SQL("it.quality_score::text"),
            ),
            'stale': self._stale_finding(),
            'email_website': self._email_website_finding(),
            'phone_country': self._phone_country_finding(),
            'state_country': self._state_country_finding(),
            **self._contact_findings(),
            **self._progress_findings(),
        }
        return {
            kind: finding._replace(condition=SQL(
                "it.active AND it.won_status = 'pending' AND (%s)", finding.condition))
            for kind, finding in findings.items()
        } | {'won_without_order': self._won_without_order_finding()}

    @api.model
    def _stale_finding(self):
        """Untouched for longer than the company allows; what is planned from today on counts."""
        return Finding(
            'stale',
            SQL(
                """
                company.lead_stale_days > 0
                AND GREATEST(it.create_date, it.date_last_stage_update, it.date_open)
                    < %(now)s - company.lead_stale_days * interval '1 day'
                AND NOT EXISTS (
                    SELECT FROM mail_activity activity
                     WHERE activity.res_model = 'crm.lead' AND activity.res_id = it.id
                       AND activity.active AND activity.date_deadline >= %(today)s)
                AND NOT EXISTS (
                    SELECT FROM mail_message message
                     WHERE message.model = 'crm.lead' AND message.res_id = it.id
                       AND message.date >= %(now)s - company.lead_stale_days * interval '1 day'
                       AND %(written)s)
                """,
                now=fields.Datetime.now(), today=fields.Date.context_today(self),
                written=self._written_sql(),
            ),
            SQL(
                """
                GREATEST(it.create_date, it.date_last_stage_update, it.date_open, (
                    SELECT max(message.date) FROM mail_message message
                     WHERE message.model = 'crm.lead' AND message.res_id = it.id AND %s
                ))::date::text
                """,
                self._written_sql(),
            ),
        )

    @api.model
    def _written_sql(self):
        """A message that somebody wrote, or an activity that somebody did."""
        return SQL(
            "(message.message_type <> ALL(%s) OR message.mail_activity_type_id IS NOT NULL)",
            AUTOMATIC_MESSAGES,
        )

    @api.model
    def _contact_findings(self):
        """Where the lead says something else than its contact, or who it belongs to is gone."""
        return {
            'contact_email': Finding(
                'contradictory',
                SQL("it.email_normalized <> contact.email_normalized"),
                SQL("it.email_normalized || ' / ' || contact.email_normalized"),
            ),
            'contact_country': Finding(
                'contradictory',
                SQL("it.country_id <> contact.country_id"),
                SQL("country.code || ' / ' || contact_country.code"),
            ),
            'contact_company': Finding(
                'contradictory',
                SQL(
                    "customer.is_company AND trim(it.partner_name) <> '' "
                    "AND lower(trim(it.partner_name)) <> lower(trim(customer.name))"),
                SQL("it.partner_name || ' / ' || customer.name"),
            ),
            'archived_contact': Finding(
                'contradictory', SQL("NOT contact.active"), SQL("contact.name")),
            'seller_left': Finding(
                'contradictory', SQL("NOT seller.active"), SQL("seller_name.name")),
        }

    @api.model
    def _progress_findings(self):
        """Where the opportunity's own figures do not go together."""
        return {
            'closing_past': Finding(
                'contradictory',
                SQL(
                    "it.type = 'opportunity' AND it.date_deadline < %s",
                    fields.Date.context_today(self)),
                SQL("it.date_deadline::text"),
            ),
            # without any history Odoo itself predicts 0: then nobody has said so
            'zero_probability': Finding(
                'contradictory',
                SQL(
                    "it.type = 'opportunity' AND it.probability <= 0 "
                    "AND it.automated_probability > 0"),
                SQL("''"),
            ),
            'sure_but_open': Finding(
                'contradictory', SQL("it.type = 'opportunity' AND it.probability >= 100"),
                SQL("''")),
        }

    @api.model
    def _won_without_order_finding(self):
        return Finding(
            'contradictory',
            SQL(
                """
                it.active AND it.won_status = 'won' AND it.date_closed > %s
                AND NOT EXISTS (
                    SELECT FROM sale_order
                     WHERE sale_order.opportunity_id = it.id AND sale_order.state = 'sale')
                """,
                fields.Datetime.now() - timedelta(days=WON_DAYS),
            ),
            SQL("it.date_closed::date::text"),
        )
