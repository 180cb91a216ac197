"""How a deadline comes about, as a table that a person can check with a clock and a calendar."""

from datetime import datetime

from markupsafe import Markup
from pytz import timezone, utc

from odoo import fields
from odoo.tools import format_date

#: A target that runs for years is told up to so many stretches of time.
LONGEST = 300
HEAD = Markup(
    '<table class="table table-sm o_service_unfolding"><thead><tr><th>{}</th><th>{}</th><th>{}</th>'
    '<th class="text-end">{}</th><th class="text-end">{}</th></tr></thead><tbody>{}</tbody></table>'
)
ROW = Markup(
    '<tr class="{}"><td>{}</td><td class="text-nowrap">{} – {}</td><td>{}</td>'
    '<td class="text-end">{}</td><td class="text-end">{}</td></tr>'
)


def unfolded(target):
    """Return the table of a target: from its start until its deadline, or until now.

    Times are those of the calendar in which the promise is counted.
    """
    if not target.start_date or not target.calendar_id:
        return False
    env, zone = target.env, timezone(target.calendar_id.tz or 'UTC')
    ended = target.deadline or target.done_date or target.withdrawn_date or fields.Datetime.now()
    parts = _parts(target, max(ended, target.start_date))
    words = {
        'work': env._('Counts'),
        'free': env._('Outside working hours'),
        **dict(env['service.case.pause']._fields['kind']._description_selection(env)),
    }
    total, rows = 0, []
    for begin, end, word in parts[:LONGEST]:
        counts = (end - begin) / 60 if word == 'work' else 0
        total += counts
        start, stop = (datetime.fromtimestamp(moment, zone) for moment in (begin, end))
        rows.append(ROW.format(
            '' if word == 'work' else 'text-muted',
            format_date(env, start.date()),
            f'{start:%H:%M}',
            f'{stop:%H:%M}' if stop.date() == start.date()
            else f'{format_date(env, stop.date())} {stop:%H:%M}',
            words[word],
            env._('%s min', f'{counts:g}') if counts else '',
            env._('%s min', f'{total:g}') if counts else '',
        ))
    table = HEAD.format(
        env._('Day'), env._('Time'), env._('What'), env._('Minutes'), env._('Altogether'),
        Markup('').join(rows))
    return table + Markup('<p class="text-muted">{}</p>').format(env._(
        'Promised: %(minutes)s minutes of “%(calendar)s” (%(zone)s).',
        minutes=f'{target.hours * 60:g}', calendar=target.calendar_id.name, zone=zone.zone))


def _parts(target, ended):
    begin, end = (round(utc.localize(it).timestamp()) for it in (target.start_date, ended))
    working_time = target.calendar_id._working_time(target.company_id, begin, end)
    pauses = [
        (
            round(utc.localize(pause.start_date).timestamp()),
            pause.end_date and round(utc.localize(pause.end_date).timestamp()) or None,
            pause.kind,
        )
        for pause in target.case_id.pause_ids
        if target.pausable or pause.kind == 'closed'
    ]
    return working_time.unfold(begin, end, pauses)
