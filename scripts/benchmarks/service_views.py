"""Lists, boards and the form of cases, on many cases against few: as an agent opens them from the saved views.

A company with a hundred times the cases has a longer history and more to do: ten times as many of them are open
(`sizes.py`), and each list and column is longer than its first page in both databases.
"""

import json
import sys
from collections.abc import Iterator
from statistics import median, median_low

from runtime.messages import say, step

from .odoo_session import environments
from .report import Check, at_most

TIMES = 1.5
#: The menus that open lists of cases.
SAVED = {
    "all": "service_case_action",
    "mine": "service_case_my_action",
    "unassigned": "service_case_unassigned_action",
    "at risk": "service_case_at_risk_action",
    "waiting": "service_case_waiting_action",
    "team": "service_case_team_action",
}
AGENT = "first-line-2"
#: Of the exemplars those of which the form of the last copy is opened: closed and open ones, alike in both databases.
FORMS = (0, 1, 5, 7, 8, 11, 15, 23)
WARM_UPS, ROUNDS = 1, 9


def measure(session) -> Iterator[Check]:
    size = session.size
    few = session.filled(size.few_cases - size.few_open_cases, size.few_open_cases)
    many = session.filled(size.cases - size.open_cases, size.open_cases)
    with step("Lists, boards and forms, opened by an agent in both databases in turns"):
        figures = session.figures("service_views", few, many)
    for name, it in figures.items():
        say(f"{name}: {it['queries'][0]} and {it['queries'][1]} queries, {1000 * it['seconds'][0]:.0f} and "
            f"{1000 * it['seconds'][1]:.0f} ms, {it['shown'][0]} and {it['shown'][1]} shown")
    more = sum(abs(it["queries"][1] - it["queries"][0]) for it in figures.values())
    yield at_most(f"queries of all views, more or less than on {size.few_cases:,} cases", more, 0)
    for name, it in figures.items():
        yield at_most(f"{name}: time / that on {size.few_cases:,} cases", it["ratio"], TIMES)


class Measured:
    """What opening one view took in both databases, time after time."""

    def __init__(self):
        self.rounds = []

    def note(self, few, many) -> None:
        self.rounds.append((few, many))

    def figures(self) -> dict:
        few, many = zip(*self.rounds, strict=True)
        return {
            "seconds": [median(it.seconds for it in side) for side in (few, many)],
            # what Odoo keeps between requests may be read anew in one of them
            "queries": [median_low(it.queries for it in side) for side in (few, many)],
            "shown": [side[-1].shown for side in (few, many)],
            "ratio": median(of_many.seconds / of_few.seconds for of_few, of_many in self.rounds),
        }


def main(few: str, many: str) -> int:
    with environments(few, many) as sides:
        # the add-ons of Odoo can be imported now
        from . import service_screens as screens

        users = [screens.CaseScreens(env, env["res.users"].search([("login", "=", AGENT)]).id) for env in sides]
        figures = {}
        for name, ways in _views(users, sides).items():
            measured = Measured()
            for number in range(WARM_UPS + ROUNDS):
                turns = [way(screens) for way in ways]
                if number >= WARM_UPS:
                    measured.note(*turns)
            figures[name] = measured.figures()
        empty = [name for name, it in figures.items() if not all(it["shown"])]
        if empty:
            raise RuntimeError(f"nothing was shown: {', '.join(empty)}")
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


def _views(users, sides) -> dict:
    """Return by view the two ways to open it: in the database with few cases, and in that with many."""
    views = {}
    for name, action in SAVED.items():
        for kind in ("list", "kanban"):
            views[f"{name}, {kind}"] = [_way(kind, action, *pair) for pair in zip(sides, users, strict=True)]
    views["form"] = [_forms(*pair) for pair in zip(sides, users, strict=True)]
    return views


def _way(kind, action, env, user):
    requests = getattr(user, f"open_{kind}")(user.saved(f"crm_plus_service.{action}"))
    return lambda screens: screens.opened(env, user, requests)


def _forms(env, user):
    exemplars = user.env["service.case"].search([("name", "not like", "-")], order="id")
    cases = [last_copy(exemplars[place]) for place in FORMS]
    requests = [(case.id, user.open_form(case)) for case in cases]

    def way(screens):
        opened = [it for case_id, asked in requests
                  for it in (screens.opened(env, user, asked), screens.read_messages(env, user, case_id))]
        return screens.Opened(*(sum(column) for column in zip(*opened, strict=True)))

    return way


def last_copy(case):
    """Return the copy of the case that was written last."""
    return case.search([("name", "like", f"{case.name}-"), ("closed_date", "!=" if case.closed_date else "=", False)],
                       order="id desc", limit=1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
