from odoo import fields, models
from odoo.tools import SQL

from ..models.service_case import CASE_COST_GROUPS


class ServiceCaseReport(models.Model):
    """Cases with what is asked about them: how long, how often, how well, at which cost.

    Read from the cases at the moment of asking, so that the age of what is open is right.
    """

    _name = 'service.case.report'
    _inherit = ['service.about.case.mixin']
    _description = 'Case Analysis'
    _auto = False
    _order = 'opened_date desc, id desc'
    _rec_name = 'case_id'
    _depends = {
        'service.case': [
            'active', 'answer_count', 'close_hours', 'closed_date', 'commercial_partner_id',
            'company_id', 'cost', 'first_response_date', 'opened_date', 'priority', 'product_id',
            'reopen_count', 'stage_id', 'team_id', 'time_spent', 'type_id', 'user_id',
        ],
        'rating.rating': ['consumed', 'rating', 'res_id', 'res_model'],
        'service.handover': ['case_id', 'hours'],
        'service.stage': ['is_cancelled'],
        'res.partner': ['customer_tier_id'],
    }

    case_id = fields.Many2one('service.case', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)
    team_id = fields.Many2one('service.team', readonly=True)
    user_id = fields.Many2one('res.users', string='Agent', readonly=True)
    type_id = fields.Many2one('service.case.type', readonly=True)
    stage_id = fields.Many2one('service.stage', readonly=True)
    priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority'].selection, readonly=True)
    commercial_partner_id = fields.Many2one('res.partner', string='Customer', readonly=True)
    tier_id = fields.Many2one('crm.customer.tier', string='Customer Tier', readonly=True)
    product_id = fields.Many2one('product.product', readonly=True)
    opened_date = fields.Datetime(string='Opened On', readonly=True)
    closed_date = fields.Datetime(string='Closed On', readonly=True)
    is_open = fields.Boolean(string='Open', readonly=True)
    is_solved = fields.Boolean(
        string='Solved', readonly=True, help='Closed, and not without a result.')
    age_group = fields.Selection(
        [
            ('1', 'Up to 1 day'),
            ('2', '1 to 3 days'),
            ('3', '3 to 7 days'),
            ('4', '7 to 30 days'),
            ('5', 'Over 30 days'),
        ],
        string='Age',
        readonly=True,
        help='How long ago an open case was opened.',
    )

    age_days = fields.Float(
        string='Age (days)', readonly=True, aggregator='avg',
        help='Days since an open case was opened.')
    answer_hours = fields.Float(
        string='Hours to First Answer', readonly=True, aggregator='avg',
        help='Hours on the clock until the first message of a colleague.')
    close_hours = fields.Float(
        string='Hours to Close', readonly=True, aggregator='avg',
        help='Hours on the clock from opening to closing.')
    answer_count = fields.Integer(string='Answers', readonly=True, aggregator='avg')
    reopen_count = fields.Integer(string='Reopened', readonly=True, aggregator='sum')
    first_contact = fields.Float(
        string='Solved at First Contact', readonly=True, aggregator='avg',
        help='Share of the closed cases that one answer at most closed for good. Cases that were '
        'closed without a result do not count.')
    time_spent = fields.Float(readonly=True, aggregator='sum')
    cost = fields.Monetary(
        string='Cost to Serve', readonly=True, aggregator='sum', groups=CASE_COST_GROUPS)
    satisfaction = fields.Float(
        readonly=True, aggregator='avg',
        help='What customers gave, from 0 to 100%.')
    handover_count = fields.Integer(
        string='Handed Over', readonly=True, aggregator='sum',
        help='How often another team was asked to take the case.')
    handover_hours = fields.Float(
        string='Hours in Hand-Over', readonly=True, aggregator='sum',
        help='Working hours in which the case waited for the answers of other teams.')

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT service.id, service.id AS case_id, service.company_id, company.currency_id,
                   service.team_id, service.user_id, service.type_id, service.stage_id,
                   service.priority, service.commercial_partner_id, service.product_id,
                   (customer.customer_tier_id ->> service.company_id::text)::int AS tier_id,
                   service.opened_date, service.closed_date,
                   service.closed_date IS NULL AS is_open, standing.is_solved,
                   standing.age_days,
                   CASE WHEN standing.age_days <= 1 THEN '1' WHEN standing.age_days <= 3 THEN '2'
                        WHEN standing.age_days <= 7 THEN '3' WHEN standing.age_days <= 30 THEN '4'
                        WHEN standing.age_days > 30 THEN '5'
                   END AS age_group,
                   extract(epoch FROM service.first_response_date - service.opened_date) / 3600
                       AS answer_hours,
                   CASE WHEN service.closed_date IS NOT NULL THEN service.close_hours END
                       AS close_hours,
                   COALESCE(service.answer_count, 0) AS answer_count,
                   COALESCE(service.reopen_count, 0) AS reopen_count,
                   CASE WHEN standing.is_solved THEN (
                        COALESCE(service.answer_count, 0) <= 1
                        AND COALESCE(service.reopen_count, 0) = 0)::int::float8
                   END AS first_contact,
                   COALESCE(service.time_spent, 0) AS time_spent, service.cost,
                   rated.satisfaction,
                   COALESCE(handed.count, 0) AS handover_count, handed.hours AS handover_hours
              FROM service_case service
              JOIN res_company company ON company.id = service.company_id
              LEFT JOIN res_partner customer ON customer.id = service.commercial_partner_id
              LEFT JOIN service_stage stage ON stage.id = service.stage_id
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN service.closed_date IS NULL THEN extract(
                                epoch FROM %s - service.opened_date) / 86400
                           END AS age_days,
                           service.closed_date IS NOT NULL AND stage.is_cancelled IS NOT TRUE
                               AS is_solved
                   ) standing
              LEFT JOIN LATERAL (
                    SELECT avg(rating.rating) / 5 AS satisfaction
                      FROM rating_rating rating
                     WHERE rating.res_model = 'service.case' AND rating.res_id = service.id
                       AND rating.consumed AND rating.rating > 0
                   ) rated ON TRUE
              LEFT JOIN (
                    SELECT case_id, count(*) AS count, sum(hours) AS hours
                      FROM service_handover
                     GROUP BY case_id
                   ) handed ON handed.case_id = service.id
             WHERE service.active
            """,
            fields.Datetime.now(),
        )
