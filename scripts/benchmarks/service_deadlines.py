"""The bar of deadlines: many in one batch, against Odoo's own ``plan_hours`` for each of them."""

from collections.abc import Iterator

from runtime.messages import say, step

from .report import Check, at_least, at_most

TIMES_FASTER = 20


def measure(session) -> Iterator[Check]:
    count = session.size.deadlines
    with step(f"The deadlines of {count:,} cases, in one batch and one by one"), session.scratch("deadlines") as name:
        found = session.figures("service_planning", name, count)
    say(f"In one batch {found['batch']:.2f} s, by plan_hours case by case {found['one_by_one']:.1f} s; "
        f"{found['calendars']} calendars in {found['zones']} time zones, {found['leaves']} holidays")
    for line in found["differences"]:
        say(f"Not equal: {line}")
    if found["stepped_over"]:
        say(f"{found['stepped_over']} times plan_hours is misled by rounding at the end of a working period and goes "
            f"on to the next one; asked for 36 µs less it agrees. The first: {found['example']}")
    yield at_least("plan_hours case by case / deadlines in one batch", found["one_by_one"] / found["batch"],
                   TIMES_FASTER)
    yield at_most(f"deadlines of {count:,} that plan_hours does not agree with", found["different"], 0)
