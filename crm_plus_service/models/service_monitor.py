from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_split_tuples

#: How many cases a queue and an agent show as cards, the most urgent first; the rest is counted.
CARDS = 12


class ServiceMonitor(models.AbstractModel):
    """What the lead of a team sees at a glance: its queue, its promises, and who has how much.

    Managers see the teams of the companies they work in; everybody else the teams that they are
    members of or lead. Cases are read with the rights of whoever looks.

    However many teams, agents and cases there are, the figures cost the same number of queries.
    """

    _name = 'service.monitor'
    _description = 'Service Monitor'

    # ------------------------------------------------------------
    # FOR THE PAGE
    # ------------------------------------------------------------

    @api.model
    def get_monitor(self, team_ids=None):
        """Return how teams stand at this moment.

        :param list team_ids: those asked for; teams out of sight are left out. None: all.
        :return: ``now``; ``may_set_up``, whether the user may set up teams; and ``teams``, each
            with its counts, the moment from which they are wrong if nothing happens
            (``next_change``), its ``queue`` and its ``agents`` with their cards
        """
        teams = self._get_teams(team_ids)
        now = fields.Datetime.now()
        figures = self._get_figures(teams, now)
        cards = self._get_cards(teams)
        agents = self._get_agents(
            teams, {user_id for _, user_id in figures if user_id}, now)
        return {
            'now': now,
            'may_set_up': self.env.user.has_group('crm_plus_service.group_manager'),
            'teams': [self._describe_team(team, figures, cards, agents) for team in teams],
        }

    @api.model
    def reassign(self, case_id, team_id, user_id, seen_user_id):
        """Give a case to an agent or back to the queue of a team, and return how it stands then.

        :param int user_id: the new agent; False for the queue
        :param int seen_user_id: whose the case was when the user decided; False for the queue
        :raise AccessError: when the user may not change the case or not see the team
        :raise UserError: when somebody else was faster, or the agent cannot have it
        """
        team = self._get_teams([team_id])
        if not team:
            raise AccessError(self.env._('You cannot give cases to this team.'))
        case = self.env['service.case'].browse(case_id).exists()
        if not case:
            raise UserError(self.env._('The case has been deleted meanwhile.'))
        case.check_access('write')
        user = self.env['res.users'].browse(user_id or [])
        self._check_unchanged(case, seen_user_id or False)
        self._check_agent(team, user)
        teams = case.team_id | team
        case._move_by_hand(team, user)
        return self.get_monitor(teams.ids)

    def _check_unchanged(self, case, seen_user_id):
        if case.closed_date:
            raise UserError(self.env._('%s has been closed meanwhile.', case.display_name))
        if case.user_id.id == seen_user_id:
            return
        if case.user_id:
            raise UserError(self.env._(
                '%(case)s has been given to %(agent)s meanwhile.',
                case=case.display_name, agent=case.user_id.name))
        raise UserError(self.env._(
            '%s has gone back to the queue meanwhile.', case.display_name))

    def _check_agent(self, team, user):
        # sudo: whether the colleague is an agent of the company of a team that the user sees
        agent = user.sudo()
        if user and not (
            agent.exists()
            and agent.active
            and agent.has_group('crm_plus_service.group_agent')
            and team.company_id in agent.company_ids
        ):
            raise UserError(self.env._(
                '%(user)s is no agent of %(company)s and cannot have cases of %(team)s.',
                user=agent.exists().name or self.env._('This user'),
                company=team.company_id.name, team=team.name))

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    @api.model
    def _get_teams(self, team_ids=None):
        """Return the teams that the user may look at, of those given or all."""
        if not self.env.user.has_group('crm_plus_service.group_agent'):
            raise AccessError(self.env._('Only agents of customer service see the monitor.'))
        domain = Domain.TRUE if team_ids is None else Domain('id', 'in', team_ids)
        if not self.env.user.has_group('crm_plus_service.group_manager'):
            domain &= Domain('member_ids', 'in', self.env.uid) | Domain(
                'leader_id', '=', self.env.uid)
        return self.env['service.team'].search(domain)

    def _search_open_cases(self, teams):
        """Return, as SQL, the ids of the open cases of the teams that the user may read."""
        cases = self.env['service.case']
        cases.flush_model([
            'active', 'closed_date', 'company_id', 'deadline', 'opened_date', 'partner_id',
            'priority', 'queued_date', 'team_id', 'user_id', 'waiting_for', 'warning_date',
        ])
        query = cases._search([('team_id', 'in', teams.ids), ('closed_date', '=', False)])
        return query.subselect()

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _get_figures(self, teams, now):
        """Return by team and agent (None for the queue) the counts of their open cases."""
        self.env.cr.execute(SQL(
            """
            SELECT team_id,
                   user_id,
                   COUNT(*) AS cases,
                   COUNT(*) FILTER (WHERE deadline < %(now)s) AS overdue,
                   COUNT(*) FILTER (WHERE deadline >= %(now)s AND warning_date <= %(now)s)
                       AS due_soon,
                   MIN(COALESCE(queued_date, opened_date)) AS oldest,
                   LEAST(MIN(deadline) FILTER (WHERE deadline >= %(now)s),
                         MIN(warning_date) FILTER (
                             WHERE warning_date > %(now)s AND deadline >= %(now)s))
                       AS next_change
              FROM service_case
             WHERE id IN %(cases)s
             GROUP BY team_id, user_id
            """,
            now=now, cases=self._search_open_cases(teams),
        ))
        return {
            (row['team_id'], row['user_id']): row for row in self.env.cr.dictfetchall()
        }

    def _get_cards(self, teams):
        """Return by team and agent (None for the queue) their most urgent open cases."""
        self.env.cr.execute(SQL(
            """
            SELECT id
              FROM (SELECT id,
                           ROW_NUMBER() OVER (
                               PARTITION BY team_id, user_id
                               ORDER BY deadline, priority DESC, opened_date, id) AS place
                      FROM service_case
                     WHERE id IN %(cases)s) ranked
             WHERE place <= %(limit)s
             ORDER BY place
            """,
            cases=self._search_open_cases(teams), limit=CARDS,
        ))
        cases = self.env['service.case'].browse(id_ for id_, in self.env.cr.fetchall())
        cards = {}
        for case in cases:
            key = case.team_id.id, case.user_id.id or None
            cards.setdefault(key, []).append(self._describe_case(case))
        return cards

    def _describe_case(self, case):
        return {
            'id': case.id,
            'number': case.number,
            'name': case.name,
            # sudo: the name alone of the customer of a case that the user reads
            'customer': case.sudo().partner_id.display_name or _sender_name(case.email_from),
            'priority': int(case.priority),
            'deadline': case.deadline,
            'warning_date': case.warning_date,
            'since': case.queued_date or case.opened_date,
            'waiting_for': case.waiting_for,
            'weight': case.weight or 1.0,
        }

    def _get_agents(self, teams, user_ids, now):
        """Return by user and company what is known of the agents who show on the monitor."""
        # sudo: names of the members of the teams and of the agents of their cases
        members = teams.sudo().member_ids
        users = members | members.browse(user_ids)
        users.fetch(['name'])
        profiles = self.env['service.agent'].search([
            ('user_id', 'in', users.ids), ('company_id', 'in', teams.company_id.ids)])
        loads = profiles._get_loads()
        agents = {
            (user.id, company.id): {
                'user_id': user.id,
                'name': user.name,
                'capacity': False,
                'load': False,
                'is_absent': False,
                'absent_until': False,
                'next_change': False,
            }
            for user in users for company in teams.company_id
        }
        for profile in profiles:
            key = profile.user_id.id, profile.company_id.id
            agents[key].update(
                capacity=profile.capacity,
                load=loads.get(key, 0.0),
                is_absent=profile.is_absent,
                absent_until=profile.is_absent and profile.absent_until,
                next_change=min(
                    (it for it in (profile.absent_from, profile.absent_until) if it and it > now),
                    default=False),
            )
        return agents

    def _describe_team(self, team, figures, cards, agents):
        own = {user_id: row for (team_id, user_id), row in figures.items() if team_id == team.id}
        queue = own.get(None) or {}
        # sudo: as above; who shows are the members, and who else has cases of the team
        members = team.sudo().member_ids
        shown = {
            user_id: agents[user_id, team.company_id.id]
            for user_id in {*members.ids, *filter(None, own)}
        }
        changes = [it['next_change'] for it in (*own.values(), *shown.values())]
        return {
            'id': team.id,
            'name': team.name,
            'company_id': team.company_id.id,
            'company': team.company_id.name,
            'overdue': sum(row['overdue'] for row in own.values()),
            'due_soon': sum(row['due_soon'] for row in own.values()),
            'next_change': min(filter(None, changes), default=False),
            'queue': {
                'count': queue.get('cases', 0),
                'oldest': queue.get('oldest', False),
                'cases': cards.get((team.id, None), []),
            },
            'agents': sorted(
                (
                    {
                        **agent,
                        'is_member': user_id in members.ids,
                        'count': own[user_id]['cases'] if user_id in own else 0,
                        'cases': cards.get((team.id, user_id), []),
                    }
                    for user_id, agent in shown.items()
                ),
                key=lambda agent: (not agent['is_member'], agent['name'], agent['user_id']),
            ),
        }


def _sender_name(address):
    """Return how a sender calls themselves, else the plain address."""
    for name, plain in email_split_tuples(address or ''):
        return name or plain
    return address or ''
