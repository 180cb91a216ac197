from odoo import fields, models
from odoo.tools import SQL

from ..models.company_rates import company_rates_table
from .stage_history import stage_stays


class CrmStageConversion(models.Model):
    """How many of the opportunities that reach a stage get past it, and how many are won.

    One row per opportunity and stage, from the first stage in which it was to the furthest it
    came to. A stage that was jumped over counts as reached and passed. Rates are taken among
    what is decided: an opportunity that still waits in a stage neither failed nor passed.
    """

    _name = 'crm.stage.conversion'
    _inherit = ['crm.process.report.mixin']
    _description = "Stage Conversion"
    _auto = False
    _order = 'reached_on desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'active', 'company_id', 'date_closed', 'date_conversion', 'date_last_stage_update',
            'expected_revenue', 'merged_into_id', 'partner_id', 'stage_id', 'team_id', 'type',
            'user_id', 'won_status',
        ],
        'crm.stage': ['is_won', 'sequence', 'team_ids'],
        'mail.message': ['model', 'res_id', 'subject'],
        'mail.tracking.value': ['field_id', 'new_value_integer', 'old_value_integer'],
    }

    created_on = fields.Datetime(readonly=True, help="When the opportunity came into being.")
    reached_on = fields.Datetime(readonly=True)
    reached = fields.Integer(readonly=True, aggregator='sum')
    skipped = fields.Integer(
        readonly=True, aggregator='sum', help="Opportunities that jumped over the stage.")
    passed = fields.Integer(
        readonly=True, aggregator='sum', help="Opportunities that came to a later stage.")
    waiting = fields.Integer(
        readonly=True, aggregator='sum',
        help="Opportunities that are still open and never came further.")
    lost = fields.Integer(
        "Lost Before the Next", readonly=True, aggregator='sum',
        help="Opportunities that were lost and never came further.")
    conversion = fields.Float(
        "Passed on (%)", readonly=True, aggregator='avg',
        help="Share of the opportunities that came to a later stage, among those that did or "
        "were lost before.")
    win_rate = fields.Float(
        "Won in the End (%)", readonly=True, aggregator='avg',
        help="Share of the opportunities that were won, among those that reached the stage and "
        "are won or lost.")
    expected_revenue = fields.Monetary(
        readonly=True, aggregator='sum', help="At today's rate in the present company's currency.")

    @property
    def _table_query(self):
        return SQL(
            """
            WITH place AS (
                SELECT id AS stage_id, COALESCE(is_won, FALSE) AS is_won,
                       row_number() OVER (ORDER BY sequence, id) AS number
                  FROM crm_stage
            ), visit AS (
                SELECT stay.lead_id, place.number, min(stay.entered) AS entered
                  FROM (%(stays)s) stay
                  JOIN place ON place.stage_id = stay.stage_id
                 GROUP BY stay.lead_id, place.number
            ), way AS (
                SELECT lead_id, min(number) AS first, max(number) AS furthest
                  FROM visit
                 GROUP BY lead_id
            ), step AS (
                SELECT way.lead_id, place.stage_id, place.is_won, visit.lead_id IS NULL AS skipped,
                       way.furthest > place.number AS passed,
                       min(visit.entered) OVER (
                            PARTITION BY way.lead_id ORDER BY place.number DESC
                       ) AS reached_on
                  FROM way
                  JOIN crm_lead lead ON lead.id = way.lead_id
                  JOIN place ON place.number BETWEEN way.first AND way.furthest
                  LEFT JOIN visit
                         ON visit.lead_id = way.lead_id AND visit.number = place.number
                 WHERE visit.lead_id IS NOT NULL
                    -- a stage of other teams was not on its way
                    OR NOT EXISTS (SELECT FROM crm_stage_crm_team_rel
                                    WHERE crm_stage_crm_team_rel.crm_stage_id = place.stage_id)
                    OR EXISTS (SELECT FROM crm_stage_crm_team_rel
                                WHERE crm_stage_crm_team_rel.crm_stage_id = place.stage_id
                                  AND crm_stage_crm_team_rel.crm_team_id = lead.team_id)
            )
            SELECT lead.id::bigint * 1000000 + step.stage_id AS id, lead.id AS lead_id,
                   lead.company_id, lead.team_id, lead.user_id, lead.partner_id, step.stage_id,
                   COALESCE(lead.date_conversion, lead.create_date) AS created_on,
                   step.reached_on, 1 AS reached, step.skipped::int AS skipped,
                   step.passed::int AS passed,
                   (NOT step.passed AND NOT step.is_won AND lead.won_status = 'pending'
                    AND lead.active)::int AS waiting,
                   (NOT step.passed AND lead.won_status = 'lost')::int AS lost,
                   CASE WHEN step.is_won THEN NULL WHEN step.passed THEN 100.0
                        WHEN lead.won_status = 'lost' THEN 0.0 END AS conversion,
                   CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0
                   END AS win_rate,
                   lead.expected_revenue * rates.rate AS expected_revenue,
                   %(currency)s AS currency_id
              FROM step
              JOIN crm_lead lead ON lead.id = step.lead_id
              LEFT JOIN %(rates)s AS rates (company_id, rate)
                     ON rates.company_id = COALESCE(lead.company_id, %(company)s)
            """,
            stays=stage_stays(self.env), rates=company_rates_table(self.env),
            company=self.env.company.id, currency=self.env.company.currency_id.id,
        )
