from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import email_normalize, format_datetime

from ..routing import choose

TABLE = Markup(
    '<table class="table table-sm mb-0"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>')
ROW, HEAD_CELL, CELL = Markup('<tr>{}</tr>'), Markup('<th>{}</th>'), Markup('<td>{}</td>')
PARAGRAPH = Markup('<p class="{}">{}</p>')


class ServiceCaseTrial(models.TransientModel):
    """Shows what would become of a case, by the setup as it is now, without opening one.

    Whose case it would be, what would be promised on it until when, and who would be given it.
    """

    _name = 'service.case.trial'
    _description = 'Try Out a Case'

    team_id = fields.Many2one(
        'service.team', required=True,
        default=lambda self: self.env['service.team']._get_default_team(self.env.company))
    company_id = fields.Many2one(related='team_id.company_id')
    email_from = fields.Char(
        string='Written From', help='The address of somebody who writes to the team.')
    partner_id = fields.Many2one(
        'res.partner', string='Customer',
        compute='_compute_partner_id', store=True, readonly=False, precompute=True,
        help='By the address if one is entered.')
    type_id = fields.Many2one('service.case.type')
    priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority']._description_selection(self.env),
        required=True, default='0')
    tag_ids = fields.Many2many('service.case.tag', string='Tags')
    product_id = fields.Many2one('product.product', domain=[('sale_ok', '=', True)])
    opened_date = fields.Datetime(
        string='Opened On', required=True, default=fields.Datetime.now,
        help='When the case reaches us: try a night or a weekend.')

    sender_text = fields.Char(string='Known As', compute='_compute_sender_text')
    promise_table = fields.Html(string='Promised', compute='_compute_results', sanitize=False)
    agent_table = fields.Html(string='Given To', compute='_compute_results', sanitize=False)

    @api.depends('email_from', 'team_id')
    def _compute_partner_id(self):
        for trial in self:
            email = email_normalize(trial.email_from or '')
            if email:
                trial.partner_id = self.env['res.partner']._find_customer_by_address(
                    email, trial.company_id)

    @api.depends('email_from', 'partner_id', 'team_id')
    def _compute_sender_text(self):
        partners = self.env['res.partner']
        for trial in self:
            email = email_normalize(trial.email_from or '')
            domain = (email or '').rpartition('@')[2]
            found = email and partners._find_customer_by_address(email, trial.company_id)
            if not trial.email_from:
                trial.sender_text = False
            elif not email:
                trial.sender_text = self.env._('This is no e-mail address.')
            elif found and found.email_normalized == email:
                trial.sender_text = self.env._('%s, by the address', found.display_name)
            elif found:
                trial.sender_text = self.env._(
                    '%(customer)s, the only customer with the mail domain %(domain)s',
                    customer=found.display_name, domain=domain)
            elif partners._is_public_domain(domain):
                trial.sender_text = self.env._(
                    'Nobody: anybody can have an address at %s', domain)
            else:
                trial.sender_text = self.env._(
                    'Nobody: no contact has the address, and no customer alone has the mail '
                    'domain %s', domain)

    @api.depends(
        'team_id', 'partner_id', 'type_id', 'priority', 'tag_ids', 'product_id', 'opened_date')
    def _compute_results(self):
        for trial in self:
            if not trial.team_id:
                trial.promise_table = trial.agent_table = False
                continue
            case = trial._make_case()
            trial.promise_table = trial._show_promises(case)
            trial.agent_table = trial._show_agents(case)

    def _make_case(self):
        """Return the case as it would be, in memory alone."""
        for record in (self.team_id, self.partner_id, self.product_id):
            record.check_access('read')
        # sudo: the rest is worked out as when a case comes in, whoever opens it; shown is what the
        # administrator of the team has set up for it
        return self.env['service.case'].sudo().new({
            'team_id': self.team_id._origin.id,
            'partner_id': self.partner_id._origin.id,
            'type_id': self.type_id._origin.id,
            'priority': self.priority,
            'tag_ids': [Command.set(self.tag_ids._origin.ids)],
            'product_id': self.product_id._origin.id,
            'opened_date': self.opened_date,
            'user_id': False,
        })

    # ------------------------------------------------------------
    # RESULTS
    # ------------------------------------------------------------

    def _show_promises(self, case):
        policies = self.env['service.policy']
        rules = policies._read_rules(case.company_id)
        promises = case._get_promises(rules).values()
        lines = self.env['service.policy.target'].sudo()  # sudo: as above
        # a next answer is promised when there is a question to be answered
        asked = lines.browse([
            promise['policy_target_id'] for promise in policies._get_promised(case, rules)
            if promise['kind'] == 'next_response'])
        if not promises and not asked:
            return PARAGRAPH.format('text-muted', self.env._(
                'Nothing: neither the team nor a policy that fits promises anything.'))
        calendar = case._get_service_calendar()
        deadlines = calendar._plan_in_working_time(case.company_id, [
            (promise['start_date'], round(promise['hours'] * 3600), ()) for promise in promises])
        rows = [
            (
                self._name_promise(promise['kind'], promise['stage_id']),
                lines.browse(promise['policy_target_id'] or []).policy_id.name
                or self.env._('The team'),
                self._name_hours(promise['hours']),
                format_datetime(self.env, deadline, dt_format='short') if deadline
                else self.env._('Never: the working hours end before'),
            )
            for promise, deadline in zip(promises, deadlines, strict=True)
        ] + [
            (self._name_promise(line.kind, False), line.policy_id.name,
             self._name_hours(line.hours), self.env._('Once the customer writes again'))
            for line in asked
        ]
        heads = (self.env._('Promise'), self.env._('By'), self.env._('Within'), self.env._('Due'))
        return self._show_table(heads, rows) + PARAGRAPH.format('text-muted', self.env._(
            'Counted in “%(calendar)s” (%(zone)s).', calendar=calendar.name, zone=calendar.tz))

    def _name_promise(self, kind, stage_id):
        kinds = dict(
            self.env['service.policy.target']._fields['kind']._description_selection(self.env))
        stage = self.env['service.stage'].browse(stage_id or [])
        return stage.name or kinds[kind]

    def _name_hours(self, hours):
        minutes = round(hours * 60)
        return self.env._(
            '%(hours)s h %(minutes)s min', hours=minutes // 60, minutes=minutes % 60)

    def _show_agents(self, case):
        team = case.team_id
        if team.strategy == 'manual':
            return PARAGRAPH.format('text-muted', self.env._(
                'Nobody by itself: the team gives its cases out by hand.'))
        profiles = self.env['service.agent']._of_team(team)
        work = case._get_work(
            case._get_own_agents(team) if team.strategy == 'own_agent' else {})
        agents = {agent.id: agent for agent in profiles._as_numbers(team)}
        rows = [
            (profile.user_id.name, f'{agents[profile.user_id.id].load:g} / {profile.capacity:g}',
             self._name_obstacle(agents[profile.user_id.id].obstacle(work)))
            for profile in profiles
        ]
        without = team.member_ids - profiles.user_id
        rows += [(user.name, '', self.env._('has no profile under Agents')) for user in without]
        heads = (self.env._('Agent'), self.env._('Open Cases'), self.env._('Can Take It'))
        return PARAGRAPH.format('fw-bold', self._name_decision(team, work, agents)) + self._show_table(
            heads, rows)

    def _name_decision(self, team, work, agents):
        if team.strategy == 'pull':
            return self.env._('The first of the agents who takes the next case.')
        decision = choose(team.strategy, work, agents.values())
        if decision.agent is None:
            return self.env._('Nobody now: the case waits in the queue.')
        reasons = dict(
            self.env['service.assignment']._fields['reason']._description_selection(self.env))
        return self.env._(
            '%(agent)s. Why: %(reason)s.', reason=reasons[decision.reason],
            # sudo: the name alone
            agent=self.env['res.users'].sudo().browse(decision.agent).name)

    def _name_obstacle(self, obstacle):
        return {
            '': self.env._('Yes'),
            'absent': self.env._('No: absent, or not at work now'),
            'skill': self.env._('No: lacks a skill'),
            'language': self.env._('No: does not speak the language'),
            'full': self.env._('No: has enough to do'),
        }[obstacle]

    def _show_table(self, heads, rows):
        return TABLE.format(
            Markup('').join(map(HEAD_CELL.format, heads)),
            Markup('').join(ROW.format(Markup('').join(map(CELL.format, row))) for row in rows))
