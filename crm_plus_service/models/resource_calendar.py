from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain


class ResourceCalendar(models.Model):
    _inherit = 'resource.calendar'

    #: what the working hours follow from
    HOURS_FIELDS = frozenset((
        'attendance_ids', 'attendance_ids_1st_week', 'attendance_ids_2nd_week', 'duration_based',
        'flexible_hours', 'full_time_required_hours', 'hours_per_day', 'schedule_type',
        'two_weeks_calendar', 'tz',
    ))

    # ------------------------------------------------------------
    # CRUD: deadlines follow the hours
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # no promise is counted in them yet
        calendars = super(
            ResourceCalendar, self.with_context(service_hours_change=True)).create(vals_list)
        return calendars.with_env(self.env)

    def write(self, vals):
        if not self.HOURS_FIELDS & vals.keys():
            return super().write(vals)
        with self._changing_hours() as calendars:
            return super(ResourceCalendar, calendars).write(vals)

    @contextmanager
    def _changing_hours(self):
        """Plan the promises counted in these hours anew after what happens within, once for all."""
        if self.env.context.get('service_hours_change'):
            yield self
            return
        # sudo: whoever may set hours need not see cases; nothing of them is returned
        targets = self.env['service.case.target'].sudo()
        running = targets.search(targets._open_domain() & Domain('calendar_id', 'in', self.ids))
        deadlines = {target: target.deadline for target in running}
        yield self.with_context(service_hours_change=True)
        for calendar, moved in running.grouped('calendar_id').items():
            moved._replan(self.env._('Working hours were changed: %s', calendar.name), deadlines)
