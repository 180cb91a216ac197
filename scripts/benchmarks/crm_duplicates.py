"""Who is there already: the look-up of a lead's duplicates among a million leads, against Odoo's own.

Both are asked by the same salesperson, of the same leads, in turns. Odoo counts the leads with the same e-mail domain,
customer or phone number; CRM+ asks for names, tax IDs and web addresses too, among contacts as well, and gives reasons.
Names that are only alike are what it is asked for next, while the first answer is shown: that is told beside it.
"""

import json
import random
import sys
import time
from collections.abc import Iterator
from statistics import median

from odoo.api import Environment
from odoo.tools import SQL

from purchases.progress import Progress
from runtime.messages import say, step

from . import crm_leads
from .crm_pipeline import sellers
from .odoo_session import environment
from .report import Check

SEED, ASKED, WARM_UP = 20_29, 200, 20
#: It is enough to be so many times faster than Odoo, or to take so many milliseconds at most.
TIMES, MILLISECONDS = 5, 5


def measure(session) -> Iterator[Check]:
    number = session.size.leads
    with (
        session.scratch("duplicates") as ours,
        step(f"Duplicates of {ASKED} leads among {number:,}, CRM+ and Odoo in turns"),
    ):
        it = session.figures("crm_duplicates", ours, number)
    say(f"A look-up takes {it['ours']:.2f} ms, Odoo's {it['odoo']:.2f} ms ({it['odoo'] / it['ours']:.1f} times as long); "
        f"with names that are alike anywhere {it['thorough']:.2f} ms. CRM+ finds somebody for {it['found']} of {ASKED}, "
        f"Odoo for {it['found_by_odoo']}.")
    yield Check("duplicates: milliseconds per look-up", it["ours"], f"≤ {MILLISECONDS} or {TIMES}×",
                it["ours"] <= MILLISECONDS or it["odoo"] >= TIMES * it["ours"])


class Asking:
    """The salesperson who asks, and the leads asked of."""

    def __init__(self, env):
        self.env = env
        self.user_id = sellers(env)[0].id
        ids = [lead for [lead] in env.execute_query(SQL("SELECT id FROM crm_lead WHERE active"))]
        self.ids = random.Random(SEED).sample(ids, ASKED + WARM_UP)
        fields = env["crm.lead"]._typed_fields()
        self.values = {
            values.pop("id"): values for values in env["crm.lead"].browse(self.ids).read(fields, load=None)}

    def ours(self, lead_id: int, thorough: bool = False):
        return self._timed(lambda leads: leads.find_duplicates(self.values[lead_id], lead_id, thorough)["count"])

    def odoo(self, lead_id: int):
        return self._timed(lambda leads: leads.browse(lead_id).duplicate_lead_count)

    def _timed(self, ask) -> tuple[float, int]:
        """Return milliseconds, and how many were found."""
        self.env.invalidate_all()
        user = Environment(self.env.cr, self.user_id, {"lang": "en_US", "allowed_company_ids": self.env.company.ids})
        started = time.perf_counter()
        count = ask(user["crm.lead"])
        return 1000 * (time.perf_counter() - started), count


def main(database: str, number: str) -> int:
    with environment(database) as env:
        crm_leads.fill(env, int(number), Progress())
        asking = Asking(env)
        rounds = [
            (asking.ours(lead_id), asking.odoo(lead_id), asking.ours(lead_id, thorough=True)) for lead_id in asking.ids
        ][WARM_UP:]
    ours, odoo, thorough = (list(side) for side in zip(*rounds, strict=True))
    sys.stdout.write(json.dumps({
        "ours": median(took for took, _count in ours), "odoo": median(took for took, _count in odoo),
        "thorough": median(took for took, _count in thorough),
        "found": sum(count > 0 for _took, count in ours), "found_by_odoo": sum(count > 0 for _took, count in odoo),
    }) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
