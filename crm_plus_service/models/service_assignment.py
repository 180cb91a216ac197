from odoo import fields, models


class ServiceAssignment(models.Model):
    """A decision of whose a case is, and why.

    Written by the router and by the moves on the monitor, edited by nobody.
    """

    _name = 'service.assignment'
    _description = 'Assignment of a Case'
    _order = 'id desc'
    _rec_name = 'case_id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    team_id = fields.Many2one('service.team', required=True, index=True, ondelete='cascade')
    user_id = fields.Many2one(
        'res.users', string='Agent', ondelete='set null')
    from_team_id = fields.Many2one(
        'service.team', index='btree_not_null', ondelete='set null',
        help='The team that had the case before it was moved by hand.')
    from_user_id = fields.Many2one(
        'res.users', string='Taken From', index='btree_not_null', ondelete='set null',
        help='The agent who had the case before it was moved by hand. Empty: the queue.')
    moved_by_id = fields.Many2one(
        'res.users', index='btree_not_null', ondelete='set null',
        help='Who moved the case by hand. Empty when a rule of the team decided.')
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    reason = fields.Selection(
        [
            ('own_agent', 'The customer knows the agent'),
            ('best_skill', 'Knows most of what the case asks for'),
            ('least_loaded', 'Has the least to do for the capacity'),
            ('round_robin', 'Was next in turn'),
            ('pulled', 'Took the next case'),
            ('nobody', 'Nobody can take it now'),
            ('queued', 'Went back to the queue'),
            ('overflow', 'Waited too long: handed to another team'),
            ('moved', 'Moved by hand on the monitor'),
        ],
        required=True,
        string='Why',
    )
    because_absent = fields.Boolean(
        string='Agent Absent', help='The case was taken from an agent who is absent.')
    explanation = fields.Char(help='Who else could have taken the case, and who could not.')

    _agent_idx = models.Index('(user_id, company_id, id) WHERE user_id IS NOT NULL')
