import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How many open cases are planned anew while who has changed a promise waits for it.
AT_ONCE = 500
#: How many the job plans in one transaction: short enough for agents who work on them meanwhile.
BATCH = 200
#: How often a batch is begun again when somebody has changed a case of it meanwhile.
ATTEMPTS = 5


class ServiceReplanning(models.Model):
    """Open cases that are planned anew by a job, since something else is promised on them now.

    A few are planned at once (:meth:`_plan_anew`), and keep no such record. Many are planned in
    batches, in the order of their ids, each batch whole or not at all; a job that was stopped
    goes on where it was. What the job has not come to yet still runs by what was promised
    before, unless the case itself changes: each case is always planned by the promises of that
    moment. A later change of the same takes the place of the earlier ones, and begins anew.
    """

    _name = 'service.replanning'
    _description = 'Cases Being Planned Anew'
    _order = 'id desc'
    _rec_name = 'reason'

    company_id = fields.Many2one('res.company', required=True, index=True, ondelete='cascade')
    team_id = fields.Many2one(
        'service.team', index='btree_not_null', ondelete='cascade', help='Empty: every team.'
    )
    reason = fields.Char(required=True, help='Written on the promises that change.')
    user_id = fields.Many2one(
        'res.users', string='Changed By', ondelete='set null', default=lambda self: self.env.user
    )
    case_count = fields.Integer(string='Open Cases', help='When the planning began.')
    planned_count = fields.Integer(string='Planned')
    last_case_id = fields.Integer(help='The cases up to this one are planned.')

    # ------------------------------------------------------------
    # BEGIN
    # ------------------------------------------------------------

    @api.model
    def _plan_anew(self, company, reason, team=None):
        """Give the open cases of a company, or of one team, the targets that are promised now.

        :param reason: why, to be read on the targets that change
        """
        # sudo: targets follow from the promise, which the user was allowed to change; cases that
        # the user cannot see are planned with the same promise and nothing of them is shown
        self = self.sudo()
        domain = self._open_cases(company, team)
        cases = self.env['service.case'].search(domain, limit=AT_ONCE + 1)
        if len(cases) <= AT_ONCE:
            cases._sync_targets(reason)
        else:
            self._plan_by_job(company, reason, team)

    @api.model
    def _plan_cases(self, cases, reason):
        """Give open cases the targets that are promised on them now.

        Where they are many, the job does, and looks at all cases of their companies.
        """
        if len(cases) <= AT_ONCE:
            cases._sync_targets(reason)
        else:
            for company in cases.company_id:
                self._plan_by_job(company, reason)

    @api.model
    def _plan_by_job(self, company, reason, team=None):
        # sudo: as above
        self = self.sudo()
        number = self.env['service.case'].search_count(self._open_cases(company, team))
        self.create({
            'company_id': company.id,
            'team_id': team.id if team else False,
            'reason': reason,
            'case_count': number,
        })
        # sudo: the job is the system's own; all that is said to it is to look
        self.env.ref('crm_plus_service.ir_cron_replan').sudo()._trigger()
        told = self.env.cr.precommit.data.setdefault(self._name, set())
        if company not in told:  # once, whatever else is changed along with it
            told.add(company)
            self._tell(self.env.user, 'info', self.env._(
                '%s open cases are concerned. What is promised on them is planned anew in the '
                'background; cases that come in or change meanwhile are planned at once.',
                number,
            ))

    @api.model
    def _open_cases(self, company, team=None, after=0):
        domain = Domain('company_id', '=', company.id) & Domain('closed_date', '=', False)
        if team:
            domain &= Domain('team_id', '=', team.id)
        return domain & Domain('id', '>', after) if after else domain

    @api.model
    def _tell(self, user, kind, message):
        user._bus_send('simple_notification', {
            'type': kind, 'title': self.env._('Promises'), 'message': message})

    # ------------------------------------------------------------
    # JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_plan(self):
        """Plan the cases that wait for it, batch by batch."""
        cron = self.env['ir.cron']
        while planned := self._plan_next_patiently():
            number, remaining = planned
            if not cron._commit_progress(number, remaining=remaining):
                break

    @api.model
    def _plan_next_patiently(self):
        """Plan the next batch; begin again where somebody has changed one of its cases meanwhile."""
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                with self.env.cr.savepoint():
                    return self._plan_next()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # each batch is a transaction of its own, which can be begun anew
                self.env.cr.rollback()
                if not attempts_left:
                    raise
                _logger.info('A batch of cases is begun again: one of them was being changed')
        return None

    @api.model
    def _plan_next(self):
        """Plan the next batch; return how many cases it had and how many are left, None if none."""
        replanning = self.search(Domain.TRUE, limit=1)
        if not replanning:
            return None
        replanning._get_superseded().unlink()
        cases = self.env['service.case'].search(
            self._open_cases(
                replanning.company_id, replanning.team_id, replanning.last_case_id),
            order='id', limit=BATCH,
        )
        cases._sync_targets(replanning.reason)
        cases._running_targets()._plan_missing_escalations()
        replanning.planned_count += len(cases)
        if len(cases) < BATCH:
            replanning._finish()
        else:
            replanning.last_case_id = cases[-1].id
        self.env.flush_all()
        # cases that have come meanwhile are planned as well, and not counted
        left = [it.case_count - it.planned_count for it in self.search(Domain.TRUE)]
        return len(cases), sum(max(number, 1) for number in left)

    def _get_superseded(self):
        """Return those before it of which it plans every case."""
        self.ensure_one()
        domain = Domain('company_id', '=', self.company_id.id) & Domain('id', '<', self.id)
        if self.team_id:
            domain &= Domain('team_id', '=', self.team_id.id)
        return self.search(domain)

    def _finish(self):
        reader = self.user_id
        if reader.active:
            env = self.with_context(lang=reader.lang).env
            self._tell(reader, 'success', env._(
                '%s open cases have been planned anew.', self.planned_count))
        self.unlink()
