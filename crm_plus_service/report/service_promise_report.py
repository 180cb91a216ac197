from odoo import fields, models
from odoo.tools import SQL

from ..models.service_policy_target import KINDS


class ServicePromiseReport(models.Model):
    """Promises on cases and whether they were kept: by team, agent, customer, tier and type.

    Read from the targets at the moment of asking: what is overdue by now counts as missed, and
    what was withdrawn in time counts as neither. Archived cases count too: a promise that was
    missed on a case stays missed when that is merged into another.
    """

    _name = 'service.promise.report'
    _description = 'Promise Analysis'
    _auto = False
    _order = 'start_date desc, id desc'
    _rec_name = 'case_id'
    _depends = {
        'service.case': ['priority', 'product_id'],
        'service.case.target': [
            'case_id', 'commercial_partner_id', 'company_id', 'deadline', 'done_date', 'hours',
            'kind', 'outcome', 'policy_target_id', 'stage_id', 'start_date', 'team_id', 'tier_id',
            'type_id', 'user_id', 'withdrawn_date',
        ],
        'service.policy.target': ['policy_id'],
    }

    case_id = fields.Many2one('service.case', readonly=True)
    target_id = fields.Many2one('service.case.target', readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    team_id = fields.Many2one('service.team', readonly=True)
    user_id = fields.Many2one('res.users', string='Agent', readonly=True)
    type_id = fields.Many2one('service.case.type', readonly=True)
    priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority'].selection, readonly=True)
    commercial_partner_id = fields.Many2one('res.partner', string='Customer', readonly=True)
    tier_id = fields.Many2one(
        'crm.customer.tier', string='Customer Tier', readonly=True,
        help='The tier that the customer had when it was promised.')
    product_id = fields.Many2one('product.product', readonly=True)
    kind = fields.Selection(KINDS, string='Promise', readonly=True)
    stage_id = fields.Many2one('service.stage', readonly=True)
    policy_id = fields.Many2one(
        'service.policy', readonly=True, help='Empty: the team promises it.')
    outcome = fields.Selection(
        [
            ('open', 'Still Running'),
            ('overdue', 'Overdue'),
            ('kept', 'Kept'),
            ('missed', 'Missed'),
            ('withdrawn', 'Withdrawn'),
        ],
        readonly=True,
    )
    start_date = fields.Datetime(string='Promised On', readonly=True)
    deadline = fields.Datetime(readonly=True)
    done_date = fields.Datetime(string='Reached On', readonly=True)

    kept_count = fields.Integer(string='Kept', readonly=True, aggregator='sum')
    missed_count = fields.Integer(
        string='Missed', readonly=True, aggregator='sum',
        help='Reached too late, or overdue by now.')
    kept_share = fields.Float(
        string='Share Kept', readonly=True, aggregator='avg',
        help='Of the promises that were kept or missed, the share that was kept. What still '
        'runs in time and what was withdrawn does not count.')
    hours = fields.Float(
        string='Promised Hours', readonly=True, aggregator='avg',
        help='Working hours within which it was to be reached.')
    late_hours = fields.Float(
        string='Hours Late', readonly=True, aggregator='avg',
        help='Hours on the clock by which what was missed was late, or is by now.')

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT target.id, target.id AS target_id, target.case_id, target.company_id,
                   target.team_id, target.user_id, target.type_id, service.priority,
                   target.commercial_partner_id, target.tier_id, service.product_id, target.kind,
                   target.stage_id, promise.policy_id, standing.outcome, target.start_date,
                   target.deadline, target.done_date, target.hours,
                   (standing.outcome = 'kept')::int AS kept_count,
                   (standing.outcome IN ('missed', 'overdue'))::int AS missed_count,
                   CASE standing.outcome
                        WHEN 'kept' THEN 1.0 WHEN 'missed' THEN 0.0 WHEN 'overdue' THEN 0.0
                   END AS kept_share,
                   CASE WHEN standing.outcome IN ('missed', 'overdue') THEN extract(
                        epoch FROM COALESCE(target.done_date, target.withdrawn_date, %(now)s)
                                   - target.deadline) / 3600
                   END AS late_hours
              FROM service_case_target target
              JOIN service_case service ON service.id = target.case_id
              LEFT JOIN service_policy_target promise ON promise.id = target.policy_target_id
              CROSS JOIN LATERAL (
                    SELECT CASE WHEN target.outcome = 'open' AND target.deadline < %(now)s
                                THEN 'overdue' ELSE target.outcome
                           END AS outcome
                   ) standing
            """,
            now=fields.Datetime.now(),
        )

    def action_open_target(self):
        """Open the promise, with how its deadline is counted."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'service.case.target',
            'res_id': self.target_id.id,
            'views': [(False, 'form')],
        }
