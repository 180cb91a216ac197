from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..routing import Work, choose


class ServiceCaseRoutingMixin(models.AbstractModel):
    """Whose a case is: given to an agent by the strategy of its team, or taken from the queue.

    A case that nobody can take stays in the queue and is tried again every minute; each decision
    says why it was made (:class:`service.assignment`). The most urgent goes first, but a day in
    the queue counts as much as a step of priority, so that no case waits for ever.
    """

    _name = 'service.case.routing.mixin'
    _description = 'Case: Routing'

    weight = fields.Float(
        compute='_compute_weight',
        store=True,
        precompute=True,
        readonly=False,
        aggregator='sum',
        groups='base.group_user',
        help='How much of an agent’s capacity the case takes. 1 is usual.',
    )
    assignment_ids = fields.One2many(
        'service.assignment', 'case_id', string='Assignments', groups='base.group_user'
    )
    queued_date = fields.Datetime(
        string='In the Queue Since',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='Since when the case waits for an agent in its team.',
    )

    _weight_positive = models.Constraint(
        'CHECK (weight IS NULL OR weight > 0)', 'The weight of a case must be above zero.'
    )

    @api.depends('type_id')
    def _compute_weight(self):
        for case in self:
            case.weight = case.type_id.weight or 1.0

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._note_queue()
        cases._route()
        return cases

    def write(self, vals):
        res = super().write(vals)
        if {'user_id', 'team_id', 'stage_id'} & vals.keys():
            self._note_queue(moved='team_id' in vals)
        if 'team_id' in vals and not vals.get('user_id'):
            self._route()
        return res

    def _note_queue(self, moved=False):
        """Remember since when the cases wait for an agent."""
        now = fields.Datetime.now()
        # sudo: whoever may open a case puts it into the queue
        for case in self.sudo():
            waits = not case.user_id and not case.closed_date
            if waits and (moved or not case.queued_date):
                case.queued_date = now
            elif not waits and case.queued_date:
                case.queued_date = False

    # ------------------------------------------------------------
    # GIVEN
    # ------------------------------------------------------------

    def _route(self, reason=None):
        """Give the cases that have no agent to one, by the strategies of their teams.

        :param reason: 'absent' when they were taken from an agent who is absent
        """
        # sudo: who is given a case follows from the team's setup, not from who opens it
        waiting = self.sudo().filtered(
            lambda case: not case.user_id
            and not case.closed_date
            and case.team_id.strategy not in ('manual', 'pull')
        )
        for team, cases in waiting.grouped('team_id').items():
            cases._route_in_team(team, because_absent=reason == 'absent')

    def _route_in_team(self, team, because_absent):
        profiles = self.env['service.agent']._of_team(team)
        agents = {agent.id: agent for agent in profiles._as_numbers(team)}
        turn = max((agent.last_turn for agent in agents.values()), default=0)
        own_agents = self._get_own_agents(team) if team.strategy == 'own_agent' else {}
        held = set()
        for case in self._by_urgency():
            turn += 1
            decision = case._decide(team, case._get_work(own_agents), agents, turn, held)
            case._note_decision(decision, because_absent)
            if decision.agent is not None:
                # told by the queue: a worker that sends by itself may meet it at the same mail
                case.with_context(mail_notify_force_send=False).user_id = decision.agent

    def _decide(self, team, work, agents, turn, held):
        """Return who takes the case, and note in ``agents`` that he has it.

        Who gives cases to an agent holds him until the end of the transaction, and counts what
        others have given him up to now: nobody gets more than he can take, however many give at
        once. Nobody waits either: where somebody else holds the agent, the next best gets the
        case. If there is none, it stays in the queue until the job looks, which is called.

        :param agents: what is known of the agents, by user
        :param turn: the number of this case
        :param held: the agents whom this transaction holds
        """
        while True:
            decision = choose(team.strategy, work, agents.values())
            agent = agents.get(decision.agent)
            if not agent:
                if decision.obstacles.get('taken') and not self.env.context.get('cron_id'):
                    # sudo: to look at the queue again is the system's own doing
                    self.env.ref('crm_plus_service.ir_cron_route').sudo()._trigger()
                return decision
            if agent.id in held:
                agents[agent.id] = replace(agent, load=agent.load + work.weight, last_turn=turn)
                return decision
            if not self.env['service.agent']._hold(agent.id, team.company_id):
                agents[agent.id] = replace(agent, taken=True)
                continue
            held.add(agent.id)
            given = self._get_weight_given_meanwhile(agent.id, team.company_id)
            agents[agent.id] = replace(agent, load=agent.load + given)

    def _get_weight_given_meanwhile(self, user_id, company):
        """Return what an agent has by now of which the running transaction does not know.

        It goes on seeing the database as it was when it began. What it has itself taken from the
        agent counts until it ends, except for the cases that it is giving away here.
        """
        known = self._read_weights(user_id, company).keys() | set(self.ids)
        with self.env.registry.cursor() as cr:
            now = self.with_env(self.env(cr=cr))._read_weights(user_id, company)
        return sum(weight for id_, weight in now.items() if id_ not in known)

    @api.model
    def _read_weights(self, user_id, company):
        """Return what each open case of an agent takes of his capacity, by its id."""
        self.flush_model(['user_id', 'company_id', 'closed_date', 'waiting_for', 'weight', 'active'])
        return dict(self.env.execute_query(SQL(
            """
            SELECT id, COALESCE(weight, 0) * CASE WHEN waiting_for IS NULL THEN 1 ELSE 0.5 END
              FROM service_case
             WHERE user_id = %s AND company_id = %s AND closed_date IS NULL AND active
            """,
            user_id, company.id,
        )))

    def _get_work(self, own_agents):
        """Return what the case asks of its agent."""
        self.ensure_one()
        lang = self.team_id.match_language and self.partner_id.lang
        return Work(
            weight=self.weight or 1.0,
            skills=self.type_id.skill_ids._as_numbers(),
            language=self.env['res.lang']._get_data(code=lang).id or None if lang else None,
            own_agent=own_agents.get(self.commercial_partner_id.id),
        )

    def _get_own_agents(self, team):
        """Return by customer the agent of their last case in the team's company."""
        self.env['service.case'].flush_model(['commercial_partner_id', 'user_id', 'opened_date'])
        self.env.cr.execute(SQL(
            """
            SELECT DISTINCT ON (commercial_partner_id) commercial_partner_id, user_id
              FROM service_case
             WHERE company_id = %s AND user_id IS NOT NULL AND commercial_partner_id IN %s
             ORDER BY commercial_partner_id, opened_date DESC, id DESC
            """,
            team.company_id.id, tuple(self.commercial_partner_id.ids) or (0,),
        ))
        return dict(self.env.cr.fetchall())

    def _note_decision(self, decision, because_absent):
        """Write down who was chosen and why; that nobody can, only when it is new."""
        last = self.assignment_ids.sorted('id')[-1:]
        if decision.agent is None and last.reason == 'nobody' and last.team_id == self.team_id:
            return
        self.env['service.assignment'].create({
            'case_id': self.id,
            'team_id': self.team_id.id,
            'user_id': decision.agent or False,
            'reason': decision.reason,
            'because_absent': because_absent,
            'explanation': self._explain(decision),
        })

    def _explain(self, decision):
        texts = {
            'absent': self.env._('%s absent'),
            'skill': self.env._('%s without the skill'),
            'language': self.env._('%s without the language'),
            'taken': self.env._('%s being given another case at this moment'),
            'full': self.env._('%s with enough to do'),
        }
        parts = [self.env._('%s could take it', decision.able)]
        parts += [
            texts[obstacle] % count for obstacle, count in sorted(decision.obstacles.items())
        ]
        return ', '.join(parts)

    def _by_urgency(self):
        """Return the cases, the most urgent first."""
        if len(self) < 2:
            return self
        query = self.with_context(active_test=False)._search([('id', 'in', self.ids)])
        query.order = self._urgency_order(query.table)
        return self.browse(query)

    @api.model
    def _urgency_order(self, table):
        """Return the ORDER BY of what waits, the most urgent first.

        The nearest deadline goes first among those of the same priority. A day in the queue
        counts as a step of priority: whatever comes in later, each case comes first one day.
        """
        self.flush_model(['priority', 'queued_date', 'opened_date', 'deadline'])
        return SQL(
            """
            %(table)s.priority::int + floor(extract(
                epoch FROM %(now)s - COALESCE(%(table)s.queued_date, %(table)s.opened_date)
            ) / 86400) DESC,
            %(table)s.deadline, %(table)s.opened_date, %(table)s.id
            """,
            table=SQL.identifier(table),
            now=fields.Datetime.now(),
        )

    @api.model
    def _route_waiting(self):
        """Try again to give away what waits, the most urgent first; hand over what waits too long.

        Before that, pass on the cases of those whose absence has begun.
        """
        self.env['service.agent']._note_absences()
        # sudo: the queue of every company, as the job of the system that it is
        waiting = self.sudo().search(
            [
                ('user_id', '=', False),
                ('closed_date', '=', False),
                ('team_id.strategy', 'not in', ('manual', 'pull')),
            ],
        )
        waiting._route()
        self._overflow()

    @api.model
    def _overflow(self):
        """Hand the cases that have waited too long to the team that helps out."""
        now = fields.Datetime.now()
        # sudo: as above
        for team in self.env['service.team'].sudo().search([('overflow_team_id', '!=', False)]):
            late = self.sudo().search([
                ('team_id', '=', team.id),
                ('user_id', '=', False),
                ('closed_date', '=', False),
                ('queued_date', '<=', now - timedelta(minutes=team.overflow_minutes)),
            ])
            for case in late:
                # sudo: as above
                self.env['service.assignment'].sudo().create({
                    'case_id': case.id, 'team_id': team.id, 'reason': 'overflow',
                    'explanation': self.env._('To %s', team.overflow_team_id.name),
                })
            late.team_id = team.overflow_team_id

    # ------------------------------------------------------------
    # TAKEN
    # ------------------------------------------------------------

    @api.model
    def action_take_next(self):
        """Make the current user the agent of the most urgent case of his teams, and open it."""
        case = self._take_next()
        if not case:
            raise UserError(self.env._(
                'No case waits in your teams that you can take. Well done.'))
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'service.case',
            'res_id': case.id,
            'views': [(False, 'form')],
        }

    def action_open_next(self):
        """Go on to the next case from the one that is done."""
        return self.action_take_next()

    @api.model
    def _take_next(self):
        """Return the case that the current user has been given; two at once get two."""
        query = self._search(self._get_takeable_domain())
        query.order, query.limit = self._urgency_order(query.table), 1
        # somebody else may be taking one at this moment: it is left to them
        case = self.browse(id_ for id_, in self.env.execute_query(SQL(
            '%s FOR UPDATE OF %s SKIP LOCKED', query.select(), SQL.identifier(query.table))))
        if case:
            case.user_id = self.env.user
            # sudo: the ledger is written by what happens, not by hand
            self.env['service.assignment'].sudo().create({
                'case_id': case.id, 'team_id': case.team_id.id, 'user_id': self.env.uid,
                'reason': 'pulled',
            })
        return case

    @api.model
    def _get_takeable_domain(self):
        """Return which cases wait in the current user's teams that they know enough for."""
        teams = self.env['service.team'].search([('member_ids', 'in', self.env.uid)])
        domain = (
            Domain('team_id', 'in', teams.ids)
            & Domain('user_id', '=', False)
            & Domain('closed_date', '=', False)
        )
        demanding = self.env['service.case.type'].with_context(active_test=False).search(
            [('skill_ids', '!=', False)])
        # sudo: the own profile, which decides what one can take
        for profile in self.env['service.agent'].sudo().search([
            ('user_id', '=', self.env.uid), ('company_id', 'in', teams.company_id.ids),
        ]):
            known = profile.skill_ids._as_numbers()
            unknown = demanding.filtered(lambda kind, known=known: any(
                known.get(skill, 0) < level
                for skill, level in kind.skill_ids._as_numbers().items()
            ))
            domain &= (
                Domain('company_id', '!=', profile.company_id.id)
                | Domain('type_id', 'not in', unknown.ids)
            )
        return domain
