from odoo import fields, models
from odoo.tools import SQL

from ..models.company_rates import company_rates_table
from .stage_history import stage_stays, working_days


class CrmLeadStageTime(models.Model):
    """How long opportunities stood in their stages: one row per stay."""

    _name = 'crm.lead.stage.time'
    _inherit = ['crm.process.report.mixin']
    _description = "Time in Stage"
    _auto = False
    _order = 'entered desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'active', 'company_id', 'date_closed', 'date_conversion', 'date_last_stage_update',
            'expected_revenue', 'merged_into_id', 'partner_id', 'stage_id', 'team_id', 'type',
            'user_id', 'won_status',
        ],
        'crm.stage': ['is_won', 'rotting_threshold_days', 'sequence'],
        'mail.message': ['model', 'res_id', 'subject'],
        'mail.tracking.value': ['field_id', 'new_value_integer', 'old_value_integer'],
        'res.company': ['resource_calendar_id'],
        'resource.calendar.attendance': ['calendar_id', 'dayofweek'],
        'resource.calendar.leaves': ['calendar_id', 'date_from', 'date_to', 'resource_id'],
    }

    next_stage_id = fields.Many2one('crm.stage', "Went To", readonly=True)
    mover_id = fields.Many2one('res.users', "Moved by", readonly=True)
    entered = fields.Datetime(readonly=True)
    left_on = fields.Datetime(
        "Left", readonly=True, help="Empty while the opportunity is still there.")
    outcome = fields.Selection(
        [
            ('open', "Still there"),
            ('passed', "Moved on"),
            ('back', "Sent back"),
            ('won', "Won"),
            ('lost', "Lost there"),
            ('archived', "Archived there"),
        ],
        readonly=True,
    )
    days = fields.Float(
        readonly=True, aggregator='avg',
        help="Days on the calendar in the stage, until now for what is still there.")
    working_days = fields.Integer(
        readonly=True, aggregator='avg',
        help="Days of the company's working week in the stage, without public holidays.")
    expected_days = fields.Integer(
        readonly=True, aggregator='avg',
        help="The days after which an opportunity rots in this stage: see the stage.")
    overstayed = fields.Float(
        "Longer Than Expected (%)", readonly=True, aggregator='avg',
        help="Share of the stays that took longer than expected, where the stage expects a time.")
    expected_revenue = fields.Monetary(
        readonly=True, aggregator='sum', help="At today's rate in the present company's currency.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT stay.id, stay.lead_id, lead.company_id, lead.team_id, lead.user_id,
                   lead.partner_id, stay.stage_id, stay.next_stage_id, stay.mover_id,
                   stay.entered, stay.left_on, spent.days, spent.outcome,
                   NULLIF(stage.rotting_threshold_days, 0) AS expected_days,
                   CASE WHEN stage.rotting_threshold_days > 0
                        THEN (spent.days > stage.rotting_threshold_days)::int * 100.0
                   END AS overstayed,
                   CASE WHEN NOT COALESCE(stage.is_won, FALSE)
                        THEN until_day.worked - from_day.worked END::int AS working_days,
                   lead.expected_revenue * rates.rate AS expected_revenue,
                   %(currency)s AS currency_id
              FROM (%(stays)s) stay
              JOIN crm_lead lead ON lead.id = stay.lead_id
              JOIN crm_stage stage ON stage.id = stay.stage_id
              LEFT JOIN crm_stage next_stage ON next_stage.id = stay.next_stage_id
              LEFT JOIN %(rates)s AS rates (company_id, rate)
                     ON rates.company_id = COALESCE(lead.company_id, %(company)s)
              LEFT JOIN res_company company ON company.id = rates.company_id
              LEFT JOIN resource_calendar calendar
                     ON calendar.id = company.resource_calendar_id
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN NOT COALESCE(stage.is_won, FALSE) THEN extract(
                                epoch FROM COALESCE(stay.left_on, %(now)s) - stay.entered) / 86400
                           END AS days,
                           CASE WHEN next_stage.id IS NOT NULL AND
                                     (next_stage.sequence, next_stage.id)
                                     > (stage.sequence, stage.id) THEN 'passed'
                                WHEN stay.next_stage_id IS NOT NULL THEN 'back'
                                WHEN lead.won_status = 'lost' THEN 'lost'
                                WHEN stage.is_won THEN 'won'
                                WHEN NOT lead.active THEN 'archived'
                                ELSE 'open'
                           END AS outcome
                   ) spent
              LEFT JOIN (%(working_days)s) from_day
                     ON from_day.company_id = company.id
                    AND from_day.day = (stay.entered AT TIME ZONE 'UTC'
                                        AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
              LEFT JOIN (%(working_days)s) until_day
                     ON until_day.company_id = company.id
                    AND until_day.day = (COALESCE(stay.left_on, %(now)s) AT TIME ZONE 'UTC'
                                         AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
            """,
            stays=stage_stays(self.env, self.env.context.get('stage_time_of')),
            rates=company_rates_table(self.env),
            working_days=working_days(self.env), now=fields.Datetime.now(),
            company=self.env.company.id, currency=self.env.company.currency_id.id,
        )
