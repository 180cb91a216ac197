from odoo import fields, models


class ServiceCaseClockMixin(models.AbstractModel):
    """What the stages of a case do to its promises: reach them, stop their clock, start it again.

    Stages that wait for somebody, and closing, are kept as pauses (:class:`service.case.pause`);
    how long the case stood in each stage, as :class:`service.case.stage.time`.
    """

    _name = 'service.case.clock.mixin'
    _description = 'Case: Clock'

    pause_ids = fields.One2many(
        'service.case.pause', 'case_id', string='Pauses', groups='base.group_user'
    )
    waiting_for = fields.Selection(
        [('customer', 'The customer'), ('third_party', 'Somebody else')],
        readonly=True,
        copy=False,
        index='btree_not_null',
        groups='base.group_user',
        help='For whom the case waits, by its stage.',
    )
    stage_before_waiting_id = fields.Many2one(
        'service.stage', readonly=True, copy=False, groups='base.group_user'
    )
    reopen_count = fields.Integer(
        string='Reopened',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='How often the case was opened again after it had been closed.',
    )
    stage_time_ids = fields.One2many(
        'service.case.stage.time', 'case_id', string='Time in Stages', groups='base.group_user'
    )

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def _follow_stage(self, before=None):
        """Stop or restart the clock, and reach what the new stages reach.

        :param before: stage and closing date by case, as they were; none for new cases
        """
        now = fields.Datetime.now()
        # sudo: what follows from a stage that the user was allowed to set; nothing is returned
        for case in self.sudo():
            stage, closed_date = (before or {}).get(case, (case.stage_id.browse(), False))
            # a stage that closes a case ends every wait
            waiting_for = not case.closed_date and case.stage_id.waiting_for
            if waiting_for != case.waiting_for:
                case._end_pause(now)
                if waiting_for:
                    case._begin_pause(waiting_for, now, stage)
            if case.closed_date and not closed_date:
                case._reach_on_closing()
            elif closed_date and not case.closed_date:
                case._run_again(closed_date, now)
            case._reach_stages(case.closed_date or now)
        # sudo: the case keeps its own ledger, which nobody may write by hand
        self.sudo()._note_stage_time(now)

    def _note_stage_time(self, now):
        running = self.stage_time_ids.filtered(lambda stay: not stay.end_date)
        running._leave(now)
        # the database must know that the last stay has ended before the next one begins
        running.flush_recordset(['end_date'])
        self.env['service.case.stage.time'].create([
            {'case_id': case.id, 'stage_id': case.stage_id.id, 'team_id': case.team_id.id,
             'start_date': now}
            for case in self if case.stage_id and not case.closed_date
        ])

    def _begin_pause(self, kind, now, stage_before):
        self.waiting_for = kind
        self.stage_before_waiting_id = stage_before
        # sudo: the case keeps its own ledger, which nobody may write by hand
        self.env['service.case.pause'].sudo().create({
            'case_id': self.id, 'kind': kind, 'start_date': now, 'user_id': self.env.uid,
        })

    def _end_pause(self, now):
        self.waiting_for = False
        running = self.pause_ids.filtered(lambda pause: not pause.end_date)
        running.end_date = now

    def _reach_on_closing(self):
        """Reach the resolution; what was to be answered and was not is no longer promised."""
        running = self._running_targets()
        reached = running.filtered(lambda target: target.kind in ('resolution', 'stage'))
        reached.done_date = self.closed_date
        (running - reached)._withdraw(self.env._('Closed without an answer.'), self.closed_date)
        self.awaiting_since = False

    def _run_again(self, closed_date, now):
        """Let the resolution run again; the time in which the case was closed does not count."""
        # sudo: the case keeps its own ledger, which nobody may write by hand
        self.env['service.case.pause'].sudo().create({
            'case_id': self.id, 'kind': 'closed', 'start_date': closed_date, 'end_date': now,
            'user_id': self.env.uid,
        })
        again = self.target_ids.filtered(
            lambda target: target.kind == 'resolution' and target.done_date == closed_date)
        self.reopen_count += 1
        again.write({'done_date': False, 'breach_date': False})

    def _reach_stages(self, moment):
        reached = self._running_targets().filtered(
            lambda target: target.kind == 'stage' and self._has_reached(target.stage_id))
        reached.done_date = moment

    def _has_reached(self, stage):
        own = self.stage_id
        return bool(self.closed_date) or (own.sequence, own.id) >= (stage.sequence, stage.id)

    def _stage_to_go_on(self):
        before = self.stage_before_waiting_id
        if before and not before.waiting_for and not before.is_closed:
            return before
        return self.team_id._get_stage(closed=False) or self.stage_id
