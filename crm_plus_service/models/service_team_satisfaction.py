from odoo import api, fields, models


class ServiceTeam(models.Model):
    """Whether and when a team asks its customers how satisfied they are."""

    _inherit = 'service.team'

    ask_satisfaction = fields.Boolean(
        string='Ask for Satisfaction',
        help='Customers are asked once by mail how satisfied they are when a case is closed, '
        'unless it was closed without a result.',
    )
    satisfaction_since = fields.Datetime(
        compute='_compute_satisfaction_since',
        store=True,
        help='Cases that were closed before are not asked about.',
    )
    satisfaction_delay = fields.Float(
        string='Ask After',
        default=24.0,
        help='Hours from the closing of a case until its customer is asked. A case that is open '
        'again by then is not asked about.',
    )
    satisfaction_template_id = fields.Many2one(
        'mail.template',
        string='Question',
        domain=[('model', '=', 'service.case')],
        default=lambda self: self.env.ref(
            'crm_plus_service.mail_template_satisfaction', raise_if_not_found=False),
        help='The mail with the faces that the customer clicks on.',
    )
    bad_rating = fields.Selection(
        [('1', 'Unhappy'), ('3', 'Unhappy or neutral')],
        string='Bad Is',
        required=True,
        default='1',
        help='Ratings that open a follow-up.',
    )
    bad_rating_follow_up = fields.Selection(
        [('activity', 'An activity'), ('case', 'A new case'), ('nothing', 'Nothing')],
        string='A Bad Rating Opens',
        required=True,
        default='activity',
    )
    follow_up_user_id = fields.Many2one(
        'res.users',
        string='Followed Up By',
        check_company=True,
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
        help='Who takes care of customers that were not satisfied. Empty: the agent of the case.',
    )

    _satisfaction_complete = models.Constraint(
        'CHECK (satisfaction_delay >= 0'
        ' AND (ask_satisfaction IS NOT TRUE OR satisfaction_template_id IS NOT NULL))',
        'To ask customers, choose the question; the hours until then cannot be negative.',
    )

    @api.depends('ask_satisfaction')
    def _compute_satisfaction_since(self):
        for team in self:
            team.satisfaction_since = team.ask_satisfaction and fields.Datetime.now()

    def _get_responsible_user(self):
        """Return who takes care of what is nobody's: the leader, a member, an administrator."""
        # sudo: whose duty it is does not depend on who has brought it about
        team = self.sudo()
        people = team.leader_id | team.member_ids
        return people.filtered('active')[:1] or team.company_id._get_service_manager()
