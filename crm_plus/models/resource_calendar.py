from datetime import datetime, timedelta

from pytz import utc

from odoo import models

from ..planning import WorkingTime

#: How far ahead working hours are looked for, in days: as far as Odoo's own `plan_hours` does.
FURTHEST = 1400
#: How far they are looked for at first; doubled until enough is found.
NEAREST = 28


class ResourceCalendar(models.Model):
    """Promises are counted in working hours: exactly, and however many of them at once."""

    _inherit = 'resource.calendar'

    def _plan_in_working_time(self, company, plans):
        """Return when each plan is reached, as naive UTC; False where it never is.

        However many plans there are, the working hours of the calendar are worked out once.

        :param company: its public holidays count, and those that name no company
        :param plans: tuples of start (naive UTC), seconds of work, and pauses in seconds since
            1970 as `planning.merge_pauses` returns them
        """
        self.ensure_one()
        plans = [(_seconds(start), amount, pauses) for start, amount, pauses in plans]
        moments = [None] * len(plans)
        missing = range(len(plans))
        days = NEAREST
        while missing:
            begin = min(plans[index][0] for index in missing)
            latest = max(
                max([plans[index][0], *(end or 0 for _begin, end in plans[index][2])])
                for index in missing
            )
            working_time = self._working_time(company, begin, latest + days * 86400)
            for index in missing:
                moments[index] = working_time.plan(*plans[index])
            missing = [index for index in missing if moments[index] is None]
            days *= 4
            if days > FURTHEST * 4 or not working_time:
                break
        return [moment is not None and _moment(moment) for moment in moments]

    def _work_between(self, company, spans):
        """Return the seconds of work in each span of two moments (naive UTC)."""
        self.ensure_one()
        spans = [(_seconds(begin), _seconds(end)) for begin, end in spans]
        if not spans:
            return []
        working_time = self._working_time(
            company, min(begin for begin, _end in spans), max(end for _begin, end in spans))
        return [working_time.between(begin, end) for begin, end in spans]

    def _working_time(self, company, begin, end):
        """Return the working time between two moments, in seconds since 1970.

        :rtype: planning.WorkingTime
        """
        # From a Monday on, as flexible hours are spread over the week that begins there.
        begin = _moment(begin)
        begin -= timedelta(days=begin.weekday() + 7)
        # sudo: the moment must not depend on who computes it; public holidays are readable by
        # every employee anyway and only the resulting moment is kept
        intervals = self.sudo()._work_intervals_batch(
            utc.localize(datetime(begin.year, begin.month, begin.day)),
            utc.localize(_moment(end)),
            # holidays of other companies that name no calendar would count too without this
            domain=[
                ('time_type', '=', 'leave'),
                ('company_id', 'in', [False, company.id]),
            ],
        )[False]
        return WorkingTime(
            (round(start.timestamp()), round(stop.timestamp())) for start, stop, _line in intervals
        )


def _seconds(moment):
    return round(utc.localize(moment).timestamp())


def _moment(seconds):
    return datetime.fromtimestamp(seconds, utc).replace(tzinfo=None)
