from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..routing import Agent


class ServiceAgent(models.Model):
    """What a colleague can be given in a company: skills, languages, hours, and how much at once.

    Who has no such profile is given nothing by a team's strategy, and can still take cases.
    """

    _name = 'service.agent'
    _inherit = ['service.monitored.mixin']
    _description = 'Service Agent'
    _order = 'company_id, user_id'
    _rec_name = 'user_id'
    _check_company_auto = True

    MONITORED_FIELDS = frozenset({
        'absent_from', 'absent_until', 'active', 'capacity', 'user_id',
    })

    user_id = fields.Many2one(
        'res.users',
        string='Agent',
        required=True,
        index=True,
        ondelete='cascade',
        check_company=True,
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
    )
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    active = fields.Boolean(default=True)
    capacity = fields.Float(
        required=True,
        default=10.0,
        help='How many cases of the usual weight the agent can have open at once.',
    )
    skill_ids = fields.One2many('service.skill.level', 'agent_id', string='Skills', copy=True)
    lang_ids = fields.Many2many(
        'res.lang',
        string='Languages',
        help='Languages in which the agent can answer. Empty: any.',
    )
    resource_calendar_id = fields.Many2one(
        'resource.calendar',
        string='Working Hours',
        check_company=True,
        help='Cases are given to the agent in these hours only. Empty: in those of the team.',
    )
    absent_from = fields.Datetime(help='Empty: not absent.')
    absent_until = fields.Datetime(help='Empty: until further notice.')
    given_back_date = fields.Datetime(
        readonly=True, copy=False,
        help='When the cases were passed on because of the absence that is noted.')
    is_absent = fields.Boolean(compute='_compute_is_absent', search='_search_is_absent')
    load = fields.Float(
        compute='_compute_load', string='Open Cases by Weight',
        help='What the open cases of the agent weigh. Cases that wait for somebody count half.')
    load_percent = fields.Float(compute='_compute_load', string='Taken')

    _user_once = models.Constraint(
        'UNIQUE (user_id, company_id)', 'An agent has one profile in a company.'
    )
    _capacity_positive = models.Constraint(
        'CHECK (capacity > 0)', 'The capacity of an agent must be above zero.'
    )

    @api.constrains('absent_from', 'absent_until')
    def _check_absence(self):
        for agent in self:
            begin = agent.absent_from or fields.Datetime.now()
            if agent.absent_until and agent.absent_until < begin:
                raise ValidationError(
                    self.env._(
                        'The absence of %s ends before it begins. Correct one of the dates.',
                        agent.user_id.name,
                    )
                )

    @api.depends('absent_from', 'absent_until')
    def _compute_is_absent(self):
        now = fields.Datetime.now()
        for agent in self:
            agent.is_absent = bool(
                agent.absent_from
                and agent.absent_from <= now
                and (not agent.absent_until or agent.absent_until > now)
            )

    @api.model
    def _search_is_absent(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        absent = Domain('absent_from', '<=', now) & (
            Domain('absent_until', '=', False) | Domain('absent_until', '>', now)
        )
        return Domain.OR(absent if it else ~absent for it in value)

    def _compute_load(self):
        # not by depends: an agent is looked at, the load is that of that moment
        loads = self._get_loads()
        for agent in self:
            agent.load = loads.get((agent.user_id.id, agent.company_id.id), 0.0)
            agent.load_percent = agent.load / agent.capacity if agent.capacity else 0.0

    def _get_loads(self):
        """Return the weight of the open cases by user and company."""
        # sudo: how much an agent has to do counts all of it, and shows none of it
        cases = self.env['service.case'].sudo()
        groups = cases._read_group(
            [
                ('user_id', 'in', self.user_id.ids),
                ('company_id', 'in', self.company_id.ids),
                ('closed_date', '=', False),
            ],
            ['user_id', 'company_id', 'waiting_for'],
            ['weight:sum'],
        )
        loads = {}
        for user, company, waiting_for, weight in groups:
            key = user.id, company.id
            loads[key] = loads.get(key, 0.0) + weight * (0.5 if waiting_for else 1.0)
        return loads

    def _get_turns(self):
        """Return the number of the last case that was given, by user and company.

        It is the one in the ledger. A counter on the agent would make everybody who gives him a
        case at the same moment wait for, and fail on, whoever comes first.
        """
        self.env['service.assignment'].flush_model(['user_id', 'company_id'])
        self.env.cr.execute(SQL(
            """
            SELECT agent.user_id, agent.company_id, last.id
              FROM service_agent agent
             CROSS JOIN LATERAL (
                   SELECT id FROM service_assignment
                    WHERE user_id = agent.user_id AND company_id = agent.company_id
                    ORDER BY id DESC LIMIT 1) last
             WHERE agent.id IN %s
            """,
            tuple(self.ids) or (0,),
        ))
        return {(user_id, company_id): turn for user_id, company_id, turn in self.env.cr.fetchall()}

    # ------------------------------------------------------------
    # ABSENCE
    # ------------------------------------------------------------

    def action_go(self):
        """Be absent from now on; open cases go to others where the team wants it."""
        self._check_own()
        # sudo: agents say themselves whether they are there; profiles are set up by managers
        self.sudo().write({'absent_from': fields.Datetime.now(), 'absent_until': False})

    def action_come_back(self):
        """Be there again."""
        self._check_own()
        # sudo: as above
        self.sudo().write({'absent_from': False, 'absent_until': False})

    def _check_own(self):
        if not self.has_access('write') and self.user_id != self.env.user:
            raise AccessError(self.env._('You can only say of yourself whether you are there.'))

    def write(self, vals):
        if not {'absent_from', 'absent_until', 'active'} & vals.keys():
            return super().write(vals)
        res = super().write({'given_back_date': False, **vals})
        self.filtered(lambda agent: agent.is_absent or not agent.active)._give_back()
        return res

    @api.model
    def _note_absences(self):
        """Pass on the cases of those whose absence has begun by now, or who have left."""
        # sudo: the agents of every company, as the job of the system that it is
        self.sudo().search(
            Domain('given_back_date', '=', False)
            & (Domain('is_absent', '=', True) | Domain('user_id.active', '=', False))
        )._give_back()

    @api.model
    def _get_absent(self, users, companies):
        """Return the profiles of those of the users who are absent now."""
        return self._of_users(users, companies).filtered('is_absent')

    def _give_back(self):
        """Give the open cases of absent agents to others, where their teams want it."""
        # sudo: the cases of the agent, whoever notes the absence; none of them is shown
        agents, cases = self.sudo(), self.env['service.case'].sudo()
        for agent in agents:
            cases |= cases.search([
                ('user_id', '=', agent.user_id.id),
                ('company_id', '=', agent.company_id.id),
                ('closed_date', '=', False),
                ('team_id.reassign_absent', '=', True),
                ('waiting_for', '=', False),
            ])
        agents.given_back_date = fields.Datetime.now()
        cases._pass_on()

    # ------------------------------------------------------------
    # ROUTING
    # ------------------------------------------------------------

    def _monitored_teams(self):
        return self.env['service.team'].search([
            ('company_id', 'in', self.company_id.ids), ('member_ids', 'in', self.user_id.ids),
        ])

    @api.model
    def _of_team(self, team):
        """Return the profiles of the team's members, whoever asks."""
        return self._of_users(team.member_ids, team.company_id)

    @api.model
    def _of_users(self, users, companies):
        # sudo: who is given a case does not depend on who opens it
        return self.sudo().search([
            ('user_id', 'in', users.ids), ('company_id', 'in', companies.ids),
        ])

    @api.model
    def _hold(self, user_id, company):
        """Keep others from giving an agent cases until the transaction ends.

        :return: False when somebody else does so at this moment
        """
        key = f'service.agent {user_id} in {company.id}'
        [(is_free,)] = self.env.execute_query(
            SQL('SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))', key)
        )
        return is_free

    def _as_numbers(self, team):
        """Return what the strategies need to know of the agents at this moment."""
        now, loads, at_work = fields.Datetime.now(), self._get_loads(), {}
        turns = self._get_turns()
        for calendar, company in {
            (agent.resource_calendar_id or team.resource_calendar_id, agent.company_id)
            for agent in self
        }:
            soon = now + timedelta(minutes=1)
            at_work[calendar] = bool(calendar._work_between(company, [(now, soon)])[0])
        every_language = frozenset(
            lang.id for lang in self.env['res.lang']._get_active_by('code').values())
        return [
            Agent(
                id=agent.user_id.id,
                capacity=agent.capacity,
                load=loads.get((agent.user_id.id, agent.company_id.id), 0.0),
                skills=agent.skill_ids._as_numbers(),
                languages=frozenset(agent.lang_ids.ids) or every_language,
                present=not agent.is_absent
                and agent.user_id.active
                and at_work[agent.resource_calendar_id or team.resource_calendar_id],
                last_turn=turns.get((agent.user_id.id, agent.company_id.id), 0),
            )
            for agent in self
        ]
