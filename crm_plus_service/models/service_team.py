from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceTeam(models.Model):
    """Agents of one company who share a queue of cases, an e-mail address and a promise.

    The promise (hours to resolution, counted in the team's working hours) becomes a target
    (:class:`service.case.target`) on each of its cases; changing it plans the open ones anew.
    """

    _name = 'service.team'
    _inherit = [
        'mail.alias.mixin', 'mail.thread', 'service.monitored.mixin',
        'service.team.intake.mixin', 'service.team.profiles.mixin', 'service.replanned.mixin',
    ]
    _description = 'Service Team'
    _order = 'sequence, name, id'
    _check_company_auto = True

    PROMISE_FIELDS = {'resource_calendar_id', 'resolution_hours', 'warning_hours'}
    MONITORED_FIELDS = frozenset({'active', 'leader_id', 'member_ids', 'name'})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    member_ids = fields.Many2many(
        'res.users',
        'service_team_member_rel',
        'team_id',
        'user_id',
        string='Members',
        check_company=True,
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
        help='New cases of a member go to this team unless another one is chosen.',
    )
    leader_id = fields.Many2one(
        'res.users',
        string='Team Leader',
        index='btree_not_null',
        check_company=True,
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
        help='Sees the team on the monitor, also without being a member.',
    )
    stage_ids = fields.Many2many(
        'service.stage', 'service_stage_team_rel', 'team_id', 'stage_id', string='Own Stages'
    )
    use_in_portal = fields.Boolean(
        string='Receives Portal Cases',
        help='Customers may open cases for this team in the portal. When several teams of a '
        'company are ticked, the first one receives them.',
    )
    use_web_form = fields.Boolean(
        string='Public Form',
        help='People without an account may write to this team by a form. It becomes a case when '
        'they have confirmed their e-mail address.',
    )
    web_form_url = fields.Char(
        string='Address of the Form',
        compute='_compute_web_form_url',
        help='Link to it from your website.',
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    hourly_cost = fields.Monetary(
        groups='crm_plus_service.group_manager',
        help='What an hour of work in this team costs the company, wages and all. It makes the '
        'cost of a case from the time spent on it; cases that have a cost keep it.',
    )
    billing_product_id = fields.Many2one(
        'product.product',
        string='Work Is Billed With',
        check_company=True,
        domain="[('sale_ok', '=', True)]",
        help='What customers pay for an hour of work that neither a warranty nor a service '
        'contract covers. Empty: work on cases is not billed.',
    )
    acknowledgement_template_id = fields.Many2one(
        'mail.template',
        string='Acknowledgement',
        domain=[('model', '=', 'service.case')],
        help='Sent to a customer whose e-mail opened a case. Leave empty to send nothing. '
        'Automatic mail is never acknowledged.',
    )
    reopen_days = fields.Integer(
        string='Reopen Within',
        default=14,
        help='A reply of the customer opens a closed case again for this many days. A later one '
        'begins a new case that is linked to the old. 0: it is always opened again.',
    )

    copied_follow = fields.Selection(
        [
            ('customer', 'Colleagues, and contacts of the same customer'),
            ('known', 'Every contact that is known'),
            ('nobody', 'Nobody'),
        ],
        string='Copied Contacts Follow',
        required=True,
        default='customer',
        help='Who of those that an e-mail was copied to gets what is said on the case from then '
        'on. Contacts of other customers would read along: choose that only where customers '
        'work with partners. The addresses of the others are kept on the case.',
    )

    # promise
    resource_calendar_id = fields.Many2one(
        'resource.calendar',
        string='Working Hours',
        compute='_compute_resource_calendar_id',
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        check_company=True,
        help='The promise is counted in these hours only, in their time zone: lunch breaks, '
        'nights, weekends and public holidays do not count.',
    )
    resolution_hours = fields.Float(
        string='Resolve Within',
        tracking=True,
        help='Working hours from the opening of a case to its closing that the team promises. '
        '0 means that nothing is promised.',
    )
    warning_hours = fields.Float(
        string='Warn Before',
        default=2.0,
        help='A case shows as due soon when this many working hours are left.',
    )

    # whose a case is
    strategy = fields.Selection(
        [
            ('manual', 'By hand'),
            ('pull', 'Agents take the next one'),
            ('least_loaded', 'To who has least to do'),
            ('round_robin', 'In turn'),
            ('best_skill', 'To who knows most about it'),
            ('own_agent', 'To the agent whom the customer knows'),
        ],
        string='Cases Are Given',
        required=True,
        default='manual',
        help='To whom a new case goes. Agents are given cases that they have the skills and the '
        'language for, in their working hours and up to their capacity; see Agents.',
    )
    match_language = fields.Boolean(
        string='In the Language of the Customer',
        help='Only agents with the language of the customer are given a case.',
    )
    reassign_absent = fields.Boolean(
        string='Pass On When Absent',
        default=True,
        help='When an agent goes absent, the open cases that do not wait for anybody go to '
        'others, and back to the queue where nobody is given cases. Those that wait go when the '
        'customer writes.',
    )
    overflow_team_id = fields.Many2one(
        'service.team',
        string='Helped Out By',
        check_company=True,
        domain="[('id', '!=', id), ('company_id', '=', company_id)]",
        help='Takes over the cases that nobody has taken in time.',
    )
    overflow_minutes = fields.Integer(
        string='After', default=60, help='Minutes that a case waits for an agent of this team.'
    )

    # what the board of teams shows
    open_case_count = fields.Integer(compute='_compute_case_counts', string='Open Cases')
    unassigned_case_count = fields.Integer(compute='_compute_case_counts', string='Unassigned')
    overdue_case_count = fields.Integer(compute='_compute_case_counts', string='Overdue')

    _resolution_hours_positive = models.Constraint(
        'CHECK (resolution_hours >= 0 AND warning_hours >= 0)',
        'Promised hours cannot be negative. Enter 0 to promise nothing.',
    )

    _hourly_cost_positive = models.Constraint(
        'CHECK (hourly_cost >= 0)', 'The hourly cost of a team cannot be negative.'
    )

    _overflow_minutes_positive = models.Constraint(
        'CHECK (overflow_minutes > 0)', 'A case must wait at least a minute.'
    )

    _reopen_days_positive = models.Constraint(
        'CHECK (reopen_days >= 0)', 'The days to reopen a case cannot be negative.'
    )

    @api.depends('company_id')
    def _compute_resource_calendar_id(self):
        for team in self:
            if (
                team.resource_calendar_id.company_id
                not in (
                    self.env['res.company'],
                    team.company_id,
                )
                or not team.resource_calendar_id
            ):
                team.resource_calendar_id = team.company_id.resource_calendar_id

    @api.depends('use_web_form', 'name')
    def _compute_web_form_url(self):
        for team in self:
            if team.use_web_form and team._origin:
                slug = self.env['ir.http']._slug(team._origin)
                team.web_form_url = f'{team.get_base_url()}/service/{slug}/new'
            else:
                team.web_form_url = False

    def _compute_case_counts(self):
        # not by depends: a team is looked at, the counts are those of that moment
        open_cases = [('team_id', 'in', self.ids), ('closed_date', '=', False)]
        counts = {
            name: dict(
                self.env['service.case']._read_group(open_cases + domain, ['team_id'], ['__count'])
            )
            for name, domain in (
                ('open_case_count', []),
                ('unassigned_case_count', [('user_id', '=', False)]),
                ('overdue_case_count', [('sla_state', '=', 'overdue')]),
            )
        }
        for team in self:
            for name, count_by_team in counts.items():
                team[name] = count_by_team.get(team._origin, 0)

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains('resource_calendar_id', 'resolution_hours')
    def _check_working_hours(self):
        for team in self:
            if team.resolution_hours and not team.resource_calendar_id.attendance_ids:
                raise ValidationError(
                    self.env._(
                        'The working hours “%(calendar)s” of %(team)s contain no hour, so no '
                        'deadline can be planned. Add hours to them or choose others.',
                        calendar=team.resource_calendar_id.name,
                        team=team.name,
                    )
                )

    @api.constrains('overflow_team_id')
    def _check_overflow(self):
        if self._has_cycle('overflow_team_id'):
            raise ValidationError(
                self.env._(
                    'Teams cannot hand their cases round in a circle. Choose another team to '
                    'help out.'
                )
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if 'company_id' in vals:
            self.filtered(
                lambda team: team.company_id.id != vals['company_id']
            )._check_has_no_cases()
        res = super().write(vals)
        if self.PROMISE_FIELDS & vals.keys():
            self._replan_open_cases()
        return res

    def _check_has_no_cases(self):
        """Refuse to take cases, with the documents they are about, to another company."""
        # sudo: archived cases and those of other companies count; only their existence shows
        cases = self.env['service.case'].sudo().with_context(active_test=False)
        for team in self:
            if cases.search_count([('team_id', '=', team.id)], limit=1):
                raise ValidationError(
                    self.env._(
                        '%(team)s already has cases and stays in their company. '
                        'Create another team for the other company.',
                        team=team.name,
                    )
                )

    def _replan_open_cases(self):
        """Give the open cases of these teams the targets that the teams promise now."""
        for team in self:
            self.env['service.replanning']._plan_anew(
                team.company_id, self.env._('The promise of the team was changed.'), team)

    def _get_replannings(self, replannings):
        return super()._get_replannings(replannings).filtered(
            lambda it: not it.team_id or it.team_id == self._origin)

    # ------------------------------------------------------------
    # MAIL GATEWAY
    # ------------------------------------------------------------

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values['alias_model_id'] = self.env['ir.model']._get_id('service.case')
        if self.id:
            defaults = literal_eval(self.alias_defaults or '{}')
            values['alias_defaults'] = {**defaults, 'team_id': self.id}
        return values

    # ------------------------------------------------------------
    # HELPERS AND ACTIONS
    # ------------------------------------------------------------

    def _monitored_teams(self):
        return self

    def _get_stage(self, *, closed: bool):
        """Return the first stage of the team that is closed or open, empty when there is none."""
        self.ensure_one()
        return self.env['service.stage'].search(
            [
                ('is_closed', '=', closed),
                '|',
                ('team_ids', '=', False),
                ('team_ids', 'in', self.ids),
            ],
            limit=1,
        )

    def _get_closing_stage(self):
        """Return the first stage of the team that closes a case.

        :raise ValidationError: when there is none
        """
        stage = self._get_stage(closed=True)
        if not stage:
            raise ValidationError(
                self.env._(
                    '%(team)s has no stage that closes a case. '
                    'Tick “Closes the Case” on one of its stages.',
                    team=self.name,
                )
            )
        return stage

    @api.model
    def _get_default_team(self, company):
        """Return the team of ``company`` for a new case: the user's own, else the first."""
        teams = self.search([('company_id', '=', company.id)])
        return teams.filtered(lambda team: self.env.user in team.member_ids)[:1] or teams[:1]

    @api.model
    def _get_portal_team(self, company):
        """Return the team of ``company`` that receives portal cases, empty when none does."""
        return self.search([('company_id', '=', company.id), ('use_in_portal', '=', True)], limit=1)

    def action_open_cases(self):
        """Open the team's cases; the context may name filters (``search_default_…``)."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_case_action'
        )
        action['display_name'] = self.name
        action['domain'] = [('team_id', '=', self.id)]
        action['context'] = {
            'search_default_open': 1,
            'default_team_id': self.id,
            **{
                key: value
                for key, value in self.env.context.items()
                if key.startswith('search_default_')
            },
        }
        return action
