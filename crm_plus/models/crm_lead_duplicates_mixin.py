from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..matching.likeness import Profile
from .crm_duplicate_source_mixin import CrmDuplicateSourceMixin


class CrmLeadDuplicatesMixin(models.AbstractModel):
    """Leads that are there already, and leads that go on as another one."""

    _name = 'crm.lead.duplicates.mixin'
    _inherit = ['crm.duplicate.source.mixin']
    _description = "Lead: Duplicates"

    MATCH_FIELDS = (
        *CrmDuplicateSourceMixin.MATCH_FIELDS, 'email_domain_criterion')
    SHOWN_FIELDS = (
        'name', 'partner_name', 'contact_name', 'email_from', 'type', 'stage_id', 'user_id',
        'won_status', 'active')

    merged_into_id = fields.Many2one(
        'crm.lead', readonly=True, copy=False, index='btree_not_null', ondelete='set null',
        help="The lead that this one goes on as. An administrator can undo that.",
    )

    def _match_name_fields(self):
        return ['partner_name', 'contact_name']

    # ------------------------------------------------------------
    # LOOKING UP
    # ------------------------------------------------------------

    @api.model
    def _duplicate_domain(self, open_only):
        domain = Domain('merged_into_id', '=', False)
        if open_only:
            domain &= Domain('active', '=', True) & Domain('won_status', '=', 'pending')
        return domain

    @api.model
    def _duplicate_columns(self, query):
        def column(fname):
            return self._match_column(query, fname)

        return [
            column('id'), column('company_id'),
            # the customer whose lead it is; a scalar, so that rows are found by their key first
            SQL("(SELECT customer.commercial_partner_id FROM res_partner customer"
                " WHERE customer.id = %s)", column('partner_id')),
            column('email_normalized'), column('phone_sanitized'), SQL("NULL"),
            column('email_domain_criterion'), column('match_web_domain'), column('match_name'),
            SQL("COALESCE(%s, '') <> ''", column('partner_name')), column('city'),
            column('name'), SQL("NULL::integer"),
        ]

    @api.model
    def _duplicate_profile(self, row):
        (record_id, company_id, customer_id, email, phone, _vat, mail_domain, web, name,
         is_company, city, title, _above_id, shown) = row
        return Profile(
            'crm.lead', record_id, company_id, customer_id, False, email, phone, None,
            self._domains_of(mail_domain, web), name, is_company,
            (city or '').strip().lower() or None, title, shown,
        )

    @api.model
    def _typed_fields(self):
        return [
            'email_from', 'phone', 'website', 'partner_name', 'contact_name', 'name', 'city',
            'country_id', 'company_id', 'partner_id',
        ]

    @api.model
    def _typed_profile(self, values, record_id=None):
        company_name = values.get('partner_name')
        customer = self.env['res.partner'].browse(self._typed_id(values.get('partner_id')))
        return Profile(
            model='crm.lead', id=record_id, title=values.get('name') or None,
            # of a contact that the reader may not read nothing is told
            customer_id=customer._filtered_access('read').commercial_partner_id.id or None,
            is_company=bool(company_name),
            **self._typed_keys(
                values, values.get('email_from'), company_name or values.get('contact_name')),
        )

    @api.model
    def _duplicate_details(self, profiles):
        states = dict(self._fields['won_status']._description_selection(self.env))
        leads = self._duplicates_shown(profiles)
        stages = self.env['crm.stage']._get_names()
        sellers = self._names_shown('user_id', leads)
        return {
            lead_id: {
                'name': lead['name'],
                'detail': ' · '.join(filter(None, (
                    lead['partner_name'] or lead['contact_name'] or lead['email_from'],
                    stages.get(lead['stage_id']) if lead['type'] == 'opportunity' else None,
                    sellers.get(lead['user_id']),
                ))),
                'badge': states[lead['won_status']] if lead['won_status'] != 'pending' else '',
                'kind': (self.env._("Opportunity") if lead['type'] == 'opportunity'
                         else self.env._("Lead")),
                'can_merge': lead['active'] and lead['won_status'] != 'lost',
            }
            for lead_id, lead in leads.items()
        }

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def _check_mergeable(self, survivor):
        leads = self | survivor
        if len(leads.company_id) > 1:
            raise UserError(self.env._(
                "These leads belong to different companies and cannot be merged: %s.",
                ', '.join(f"{lead.name} ({lead.company_id.name})" for lead in leads
                          if lead.company_id)))
        gone = leads.filtered('merged_into_id')
        if gone:
            raise UserError(self.env._(
                "%s has been merged already.", ', '.join(gone.mapped('name'))))
        won = self.filtered(lambda lead: lead.won_status == 'won')
        if won:
            raise UserError(self.env._(
                "%s is won, and a won opportunity is never merged away. Keep it instead.",
                ', '.join(won.mapped('name'))))
        if survivor.type == 'lead' and 'opportunity' in self.mapped('type'):
            raise UserError(self.env._(
                "One of these is an opportunity already: keep it, so that the pipeline loses "
                "nothing."))
        if survivor.won_status == 'lost' and any(
                lead.won_status == 'pending' for lead in self):
            raise UserError(self.env._(
                "%s is lost. Restore it first, or keep an open one.", survivor.name))

    def _merge_order(self):
        """What is won stays, then what Odoo is most confident of."""
        ranked = self._sort_by_confidence_level(reverse=True)
        return ranked.sorted(lambda lead: (
            lead.won_status != 'won', lead.won_status == 'lost', lead.type == 'lead'))

    @api.model
    def _merge_skipped_fields(self):
        # where it stands in the pipeline is the surviving lead's own
        return super()._merge_skipped_fields() | {
            'stage_id', 'probability', 'automated_probability', 'type', 'lost_reason_id',
            'date_open', 'date_closed', 'date_conversion', 'date_last_stage_update',
            'date_automation_last', 'duration_tracking',
        }

    @api.model
    def _tables_staying_with_merged(self):
        # what was approved, overridden, scored or forecast for one lead is not so for another
        return super()._tables_staying_with_merged() | {
            'crm_forecast_snapshot_line', 'crm_score_history', 'crm_stage_approval',
            'crm_stage_override',
        }

    @api.model
    def _merge_moving_rows(self, table):
        """Let each lead keep the messages of its own way through the pipeline.

        How long a lead was in its stages is read from them, by Odoo and by reports.
        """
        moving = super()._merge_moving_rows(table)
        if table != 'mail_message':
            return moving
        # sudo: the id of a field of the lead
        stage_field = self.env['ir.model.fields'].sudo()._get('crm.lead', 'stage_id').id
        return SQL(
            """%s AND NOT EXISTS (
                   SELECT FROM mail_tracking_value tracked
                    WHERE tracked.mail_message_id = named.id AND tracked.field_id = %s)""",
            moving, stage_field)
