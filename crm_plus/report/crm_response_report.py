from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_lead_response_mixin import RESPONSE_STATES

#: a middle value: half of what was measured is below it
MEDIAN = ':median'


class CrmResponseReport(models.Model):
    """Promised answers and whether they were kept: by source, team and person.

    Read from the leads at the moment of asking: what is overdue by now counts as missed.
    """

    _name = 'crm.response.report'
    _description = "Response Time Analysis"
    _auto = False
    _order = 'start_date desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'active', 'campaign_id', 'company_id', 'medium_id', 'response_date',
            'response_deadline', 'response_minutes', 'response_promise_id',
            'response_start_date', 'response_state', 'response_user_id', 'source_id', 'team_id',
            'type', 'user_id',
        ],
        'crm.response.promise': ['hours'],
    }

    lead_id = fields.Many2one('crm.lead', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    response_user_id = fields.Many2one('res.users', "Answered By", readonly=True)
    source_id = fields.Many2one('utm.source', readonly=True)
    medium_id = fields.Many2one('utm.medium', readonly=True)
    campaign_id = fields.Many2one('utm.campaign', readonly=True)
    promise_id = fields.Many2one('crm.response.promise', readonly=True)
    type = fields.Selection(
        [('lead', "Lead"), ('opportunity', "Opportunity")], "Kind", readonly=True)
    outcome = fields.Selection(
        [*RESPONSE_STATES, ('overdue', "Overdue")], readonly=True,
        help="Overdue has not been answered yet; missed was answered too late.",
    )
    start_date = fields.Datetime("Promised On", readonly=True)
    deadline = fields.Datetime("Answer By", readonly=True)
    response_date = fields.Datetime("Answered On", readonly=True)

    kept_count = fields.Integer("Kept", readonly=True, aggregator='sum')
    missed_count = fields.Integer(
        "Missed", readonly=True, aggregator='sum',
        help="Answered too late, or overdue by now.",
    )
    kept_share = fields.Float(
        "Share Kept", readonly=True, aggregator='avg',
        help="Of the promises that were kept or missed, the share that was kept. What still "
             "runs in time, and what was closed unanswered, does not count.",
    )
    promised_hours = fields.Float("Hours Promised", readonly=True, aggregator='avg')
    hours = fields.Float(
        "Average Hours to Answer", readonly=True, aggregator='avg',
        help="Working hours from the promise to the first answer of a person.",
    )
    median_hours = fields.Float(
        "Median Hours to Answer", readonly=True, aggregator='median',
        help="Half of the leads were answered within this many working hours. Unlike the "
             "average, a few that took very long do not move it.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id, lead.company_id, lead.team_id, lead.user_id,
                   lead.response_user_id, lead.source_id, lead.medium_id, lead.campaign_id,
                   lead.response_promise_id AS promise_id, lead.type, standing.outcome,
                   lead.response_start_date AS start_date, lead.response_deadline AS deadline,
                   lead.response_date,
                   (standing.outcome = 'kept')::int AS kept_count,
                   (standing.outcome IN ('missed', 'overdue'))::int AS missed_count,
                   CASE standing.outcome
                        WHEN 'kept' THEN 1.0 WHEN 'missed' THEN 0.0 WHEN 'overdue' THEN 0.0
                   END AS kept_share,
                   promise.hours AS promised_hours,
                   measured.hours, measured.hours AS median_hours
              FROM crm_lead lead
              LEFT JOIN crm_response_promise promise ON promise.id = lead.response_promise_id
              CROSS JOIN LATERAL (
                    SELECT CASE
                           WHEN lead.response_date IS NULL AND (
                                lead.response_state = 'missed'
                                OR lead.response_state = 'waiting'
                                   AND lead.response_deadline < %(now)s)
                           THEN 'overdue' ELSE lead.response_state
                           END AS outcome
                   ) standing
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN lead.response_date IS NOT NULL
                                THEN lead.response_minutes / 60.0
                           END AS hours
                   ) measured
             WHERE lead.response_state IS NOT NULL
            """,
            now=fields.Datetime.now(),
        )

    def _read_group_select(self, aggregate_spec, query):
        if not aggregate_spec.endswith(MEDIAN):
            return super()._read_group_select(aggregate_spec, query)
        name = aggregate_spec.removesuffix(MEDIAN)
        # asked for by its average, so that what may be read and aggregated is checked
        super()._read_group_select(f'{name}:avg', query)
        return SQL(
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY %s)",
            self._field_to_sql(self._table, name, query),
        )

    def action_open_lead(self):
        """Open the lead."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.lead',
            'res_id': self.lead_id.id,
            'views': [(False, 'form')],
        }
