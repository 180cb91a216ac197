from odoo import fields, models
from odoo.tools import SQL

from ..models.company_rates import company_rates_table


class CrmPipelineReport(models.Model):
    """How old opportunities are and how far they slipped: one row per opportunity.

    Read at the moment of asking, so that the age of what is open is right. The age of a closed
    opportunity is how old it became.
    """

    _name = 'crm.pipeline.report'
    _inherit = ['crm.process.report.mixin']
    _description = "Ageing and Slippage"
    _auto = False
    _order = 'age_days desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'active', 'company_id', 'date_closed', 'date_conversion', 'date_deadline',
            'date_last_stage_update', 'expected_revenue', 'first_date_deadline',
            'first_expected_revenue', 'merged_into_id', 'partner_id', 'postponed_days', 'postponement_count',
            'source_id', 'stage_id', 'team_id', 'type', 'user_id', 'won_status',
        ],
        'crm.stage': ['rotting_threshold_days'],
    }

    source_id = fields.Many2one('utm.source', readonly=True)
    won_status = fields.Selection(
        lambda self: self.env['crm.lead']._fields['won_status'].selection, "Status",
        readonly=True)
    is_open = fields.Boolean("Open", readonly=True)
    created_on = fields.Datetime(
        readonly=True, help="When the opportunity was created, or a lead became one.")
    closed_on = fields.Datetime(readonly=True)

    # -- ageing
    age_days = fields.Float("Age (Days)", readonly=True, aggregator='avg')
    age_group = fields.Selection(
        [
            ('1', "Up to 30 days"),
            ('2', "31 to 60 days"),
            ('3', "61 to 90 days"),
            ('4', "91 to 180 days"),
            ('5', "Over 180 days"),
        ],
        "Age", readonly=True,
    )
    stage_days = fields.Float(
        "Days in Present Stage", readonly=True, aggregator='avg',
        help="Of open opportunities: days since they came to the stage in which they are.")
    stage_age = fields.Selection(
        [
            ('1', "As expected"),
            ('2', "Up to twice as long"),
            ('3', "More than twice as long"),
            ('4', "Nothing expected"),
        ],
        "Time in Present Stage", readonly=True,
        help="Of open opportunities: against the days after which they rot in this stage.",
    )
    overstayed = fields.Integer(
        "Longer Than Expected", readonly=True, aggregator='sum',
        help="Open opportunities that are in their stage for longer than expected.")

    # -- slippage of the date
    date_deadline = fields.Date("Expected Closing", readonly=True)
    first_date_deadline = fields.Date("First Expected Closing", readonly=True)
    overdue = fields.Integer(
        readonly=True, aggregator='sum',
        help="Open opportunities whose expected closing has passed.")
    slip_days = fields.Float(
        "Closing Slipped (Days)", readonly=True, aggregator='avg',
        help="Days from the first expected closing to the present one, or to the day on which "
        "the opportunity was won. Negative when it is earlier.")
    slipped = fields.Integer(
        readonly=True, aggregator='sum', help="Opportunities that close later than first said.")
    postponement_count = fields.Integer("Times Postponed", readonly=True, aggregator='sum')
    postponed_days = fields.Integer(readonly=True, aggregator='sum')

    # -- slippage of the amount
    expected_revenue = fields.Monetary(
        readonly=True, aggregator='sum', help="At today's rate in the present company's currency.")
    first_expected_revenue = fields.Monetary(
        readonly=True, aggregator='sum', help="At today's rate in the present company's currency.")
    revenue_change = fields.Monetary(
        readonly=True, aggregator='sum',
        help="What is expected now, less what was expected first.")
    shrunk = fields.Integer(
        readonly=True, aggregator='sum', help="Opportunities with less than first expected.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id, lead.company_id, lead.team_id, lead.user_id,
                   lead.partner_id, lead.stage_id, lead.source_id, lead.won_status,
                   standing.is_open, standing.created_on, standing.closed_on, standing.age_days,
                   CASE WHEN standing.age_days <= 30 THEN '1' WHEN standing.age_days <= 60 THEN '2'
                        WHEN standing.age_days <= 90 THEN '3' WHEN standing.age_days <= 180 THEN '4'
                        WHEN standing.age_days > 180 THEN '5' END AS age_group,
                   standing.stage_days,
                   CASE WHEN NOT standing.is_open THEN NULL
                        WHEN COALESCE(stage.rotting_threshold_days, 0) = 0 THEN '4'
                        WHEN standing.stage_days <= stage.rotting_threshold_days THEN '1'
                        WHEN standing.stage_days <= 2 * stage.rotting_threshold_days THEN '2'
                        ELSE '3' END AS stage_age,
                   (stage.rotting_threshold_days > 0
                    AND standing.stage_days > stage.rotting_threshold_days)::int AS overstayed,
                   lead.date_deadline, standing.first_date_deadline,
                   (standing.is_open AND lead.date_deadline < %(today)s)::int AS overdue,
                   slip.days AS slip_days, (slip.days > 0)::int AS slipped,
                   COALESCE(lead.postponement_count, 0) AS postponement_count,
                   COALESCE(lead.postponed_days, 0) AS postponed_days,
                   money.present AS expected_revenue, money.first AS first_expected_revenue,
                   money.present - money.first AS revenue_change,
                   (money.present < money.first)::int AS shrunk,
                   %(currency)s AS currency_id
              FROM crm_lead lead
              LEFT JOIN crm_stage stage ON stage.id = lead.stage_id
              LEFT JOIN %(rates)s AS rates (company_id, rate)
                     ON rates.company_id = COALESCE(lead.company_id, %(company)s)
              CROSS JOIN LATERAL (
                    SELECT COALESCE(lead.first_date_deadline, lead.date_deadline)
                               AS first_date_deadline,
                           COALESCE(lead.date_conversion, lead.create_date) AS created_on,
                           CASE WHEN lead.won_status != 'pending' OR NOT lead.active
                                THEN lead.date_closed END AS closed_on,
                           lead.active AND lead.won_status = 'pending' AS is_open
                   ) known
              CROSS JOIN LATERAL (
                    SELECT known.*,
                           extract(epoch FROM COALESCE(known.closed_on, %(now)s)
                                   - known.created_on) / 86400 AS age_days,
                           CASE WHEN known.is_open THEN extract(epoch FROM %(now)s - GREATEST(
                                lead.date_last_stage_update, known.created_on)) / 86400
                           END AS stage_days
                   ) standing
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN standing.is_open
                                THEN lead.date_deadline - standing.first_date_deadline
                                WHEN lead.won_status = 'won'
                                THEN standing.closed_on::date - standing.first_date_deadline
                           END AS days
                   ) slip
              CROSS JOIN LATERAL (
                    SELECT COALESCE(lead.expected_revenue, 0) * rates.rate AS present,
                           COALESCE(NULLIF(lead.first_expected_revenue, 0),
                                    lead.expected_revenue, 0) * rates.rate AS first
                   ) money
             WHERE lead.type = 'opportunity' AND lead.merged_into_id IS NULL
            """,
            rates=company_rates_table(self.env), now=fields.Datetime.now(),
            today=fields.Date.context_today(self), company=self.env.company.id,
            currency=self.env.company.currency_id.id,
        )
