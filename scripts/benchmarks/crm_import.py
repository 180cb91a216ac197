"""Importing a file of leads with CRM+, which looks who is there already, against Odoo's own import, which does not.

The file is loaded by a salesperson into two databases with the same opportunities, one with Odoo's own apps, the other
with CRM+ as well. The time with CRM+ is that of its preview, for which the duplicates are searched, and of loading;
Odoo's is that of loading alone, without the test that its users make before. Nothing is kept.
"""

import base64
import csv
import io
import json
import sys
import time
from collections.abc import Iterator
from statistics import median

from odoo.api import Environment

from runtime.messages import say, step

from . import crm_leads
from .crm_pipeline import fill, sellers
from .odoo_session import environments
from .report import Check, at_most

TIMES, ROUNDS, BATCH = 1.5, 3, 2_000
SEED = 20_30
COLUMNS = {
    "name": "Opportunity", "partner_name": "Company Name", "contact_name": "Contact Name", "email_from": "Email",
    "phone": "Phone", "website": "Website", "city": "City",
}
#: One row in so many is of a customer whom the database knows.
KNOWN = 20


def measure(session) -> Iterator[Check]:
    size = session.size
    with (
        session.scratch("import") as ours,
        session.host_scratch("import_host") as plain,
        step(f"Importing {size.imported:,} leads with CRM+ and with Odoo, in turns"),
    ):
        it = session.figures("crm_import", plain, ours, size.opportunities // 5, size.imported)
    say(f"CRM+ previews the file in {it['preview']:.1f} s and loads it in {it['load']:.1f} s, Odoo loads it in "
        f"{it['odoo']:.1f} s. CRM+ makes {it['made']:,} leads; {it['known']:,} rows are of people it knows, of "
        f"{it['likely']:,} more it says whom they look like.")
    yield at_most("import with duplicate check: time / that of Odoo's without", it["ratio"], TIMES)


def file_of(rows: int) -> bytes:
    """Return a CSV file of so many leads, every twentieth of a customer whom the database knows."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS.values())
    for place, person in enumerate(crm_leads.People(rows, SEED).some(rows)):
        email = f"office@customer-{place}.example.com" if place % KNOWN == 0 else person.email
        writer.writerow([f"Request {place}", person.company, person.contact, email, person.phone, person.website, "Gent"])
    return text.getvalue().encode()


class Importing:
    """Somebody who imports a file into a database that has opportunities already."""

    def __init__(self, env, opportunities: int, content: bytes):
        self.env, self.content = env, content
        users = sellers(env)
        fill(env, users, opportunities)
        self.user_id = users[0].id
        env.cr.commit()

    def timed(self, work):
        """Return what the work gives, which is undone."""
        self.env.invalidate_all()
        user = Environment(self.env.cr, self.user_id, {"lang": "en_US", "allowed_company_ids": self.env.company.ids})
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            return work(user)
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)

    def with_odoo(self, env) -> dict:
        importer = env["base_import.import"].create({
            "res_model": "crm.lead", "file": self.content, "file_name": "leads.csv", "file_type": "text/csv"})
        started = time.perf_counter()
        # as the client does: some thousand rows by each request
        for first in range(0, self.content.count(b"\n") - 1, BATCH):
            options = {"quoting": '"', "separator": ",", "has_headers": True, "encoding": "utf-8", "limit": BATCH,
                       "skip": first}
            outcome = importer.execute_import(list(COLUMNS), list(COLUMNS.values()), options)
            if not outcome["ids"]:
                raise RuntimeError(f"Odoo refused the file: {outcome['messages']}")
            env.flush_all()
        return {"odoo": time.perf_counter() - started}

    def with_crm_plus(self, env) -> dict:
        started = time.perf_counter()
        one = env["crm.lead.import"].create({"file": base64.b64encode(self.content), "file_name": "leads.csv"})
        one.action_check()
        env.flush_all()
        checked = time.perf_counter()
        lines = one.line_ids
        known, wrong = len(lines.filtered(lambda line: line.state == "known")), lines.filtered(
            lambda line: line.state == "error")
        if wrong:
            raise RuntimeError(f"CRM+ refused rows: {wrong[0].message}")
        likely = len(lines.filtered(lambda line: line.state == "new" and line.message))
        before = time.perf_counter()
        one._load()
        env.flush_all()
        return {"preview": checked - started, "load": time.perf_counter() - before, "known": known, "likely": likely,
                "made": len(one.line_ids.lead_id)}


def main(plain: str, ours: str, opportunities: str, rows: str) -> int:
    content = file_of(int(rows))
    with environments(plain, ours) as sides:
        of_odoo, of_crm_plus = (Importing(env, int(opportunities), content) for env in sides)
        rounds = [
            {**of_odoo.timed(of_odoo.with_odoo), **of_crm_plus.timed(of_crm_plus.with_crm_plus)}
            for _round in range(ROUNDS)
        ]
    figures = {name: median(it[name] for it in rounds) for name in rounds[0]}
    figures["ratio"] = median((it["preview"] + it["load"]) / it["odoo"] for it in rounds)
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
