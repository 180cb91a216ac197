"""Scorings that are killed at random moments, each in a process of its own, and what is left in the database.

    python tests/random_kills.py DATABASE SEED

Every process is a fork of this one, which has Odoo ready, so that a kill costs no start. Prints one JSON object
for each kill: of what, how much of a scoring's usual time had passed, and what was found afterwards.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.sql_db import close_all
from odoo.tools import SQL

from purchases import Purchase, load

KILLS = 5  # of the process, and as many of its connection
TRIALS = 40  # a scoring may end before it is killed: that one does not count
PATIENCE = 30.0  # seconds for PostgreSQL to see that a client is gone
START = date(2020, 10, 31)
# What a scoring writes beside its own record, its progress and the messages to the browser.
WRITTEN = ("customer_score", "customer_score_history", "customer_tier_proposal", "crm_customer_tier_change",
           "res_partner", "customer_segment")


class RandomKills:
    def __init__(self, database: str, seed: int):
        self.random = random.Random(seed)
        self.registry = Registry(database)
        self.day = START
        # only now does Python find the add-on
        queue = import_module("odoo.addons.crm_plus_analytics.models.customer_score_queue_mixin")
        self.locks = SQL(
            "FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", queue.LOCK_SPACE)

    def environment(self, cr) -> Environment:
        return Environment(cr, SUPERUSER_ID, {})

    def prepare(self) -> float:
        """Score some customers month by month, with tiers; return how long a scoring takes."""
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            load(env, [Purchase(f"{c:04}", date(2020, 1, 1) + timedelta(days=2 * c + 20 * n), 1, Decimal(10 + c))
                       for c in range(100) for n in range(1 + c % 4)], tag="Kill")
            env.ref("base.main_company").customer_tier_automatic = True
            env["customer.tier.rule"].create({
                "name": "Buys most", "abc_class": "A", "tier_id": env["crm.customer.tier"].search([], limit=1).id})
        for _month in range(3):
            self.new_run()
            begun = time.monotonic()
            self.score()
        return time.monotonic() - begun

    def new_run(self) -> None:
        """Queue a scoring that changes everything: of another month, with another tier for the best."""
        self.day += timedelta(days=31)
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            # other than the best have, which is not what the rule said in a scoring that was killed
            given = env["crm.customer.tier.change"].search([], order="id desc", limit=1).new_tier_id
            env["customer.tier.rule"].search([]).tier_id = env["crm.customer.tier"].search(
                [("id", "!=", given.id)], limit=1)
            env["customer.score.run"].create({"as_of": self.day})

    def score(self) -> None:
        with self.registry.cursor() as cr:
            self.environment(cr)["customer.score.run"].search([], limit=1)._execute_committing()

    def last_run(self, field: str):
        with self.registry.cursor() as cr:
            return self.environment(cr)["customer.score.run"].search([], limit=1)[field]

    def mark_interrupted(self) -> None:
        with self.registry.cursor() as cr:
            self.environment(cr)["customer.score.run"]._mark_interrupted()

    def written(self) -> dict[str, list]:
        with self.registry.cursor() as cr:
            found = {}
            for table in WRITTEN:
                cr.execute(SQL("SELECT row_to_json(t)::text FROM %s AS t ORDER BY id", SQL.identifier(table)))
                found[table] = cr.fetchall()
            return found

    def runs(self) -> int:
        """Return of how many scorings the scores are."""
        with self.registry.cursor() as cr:
            cr.execute(SQL("SELECT count(DISTINCT run_id) FROM customer_score"))
            return cr.fetchone()[0]

    def elsewhere(self) -> int:
        """Score in another process; return its id."""
        close_all()  # a fork must not speak on our connections
        process = os.fork()
        if not process:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            try:
                self.score()
            finally:
                os._exit(0)
        return process

    def kill_connection(self) -> None:
        """End the connection that holds the lock of the scoring, if there is one."""
        with self.registry.cursor() as cr:
            cr.execute(SQL("SELECT pg_terminate_backend(pid) %s", self.locks))

    def lock_is_free(self) -> bool:
        """Wait until nobody holds the lock of the scoring: a busy PostgreSQL sees late that its client is gone."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.registry.cursor() as cr:
                cr.execute(SQL("SELECT 1 %s", self.locks))
                if not cr.rowcount:
                    return True
            time.sleep(0.05)
        return False

    def kill(self, what: str, usual: float) -> dict:
        """Kill one scoring, and return what is there afterwards."""
        self.new_run()
        before = self.written()
        share = self.random.random()
        process = self.elsewhere()
        time.sleep(share * usual)
        if what == "process":
            os.kill(process, signal.SIGKILL)
        else:
            self.kill_connection()
        os.waitpid(process, 0)
        free = self.lock_is_free()
        after = self.written()
        state = self.last_run("state")
        self.mark_interrupted()
        return {"killed": what, "share": round(share, 3), "free": free, "state": state, "next": self.last_run("state"),
                "runs": self.runs(), "changed": changed(before, after)}


def changed(before: dict[str, list], after: dict[str, list]) -> list[str]:
    return [table for table in WRITTEN if before[table] != after[table]]


def tell(found: dict) -> None:
    sys.stdout.write(f"{json.dumps(found)}\n")
    sys.stdout.flush()  # a fork must not say it again


def main(database: str, seed: str) -> None:
    odoo.tools.config.parse_config(["-d", database], setup_logging=False)
    kills = RandomKills(database, int(seed))
    usual = kills.prepare()
    for what in ("process", "connection"):
        interrupted = 0
        for _trial in range(TRIALS):
            found = kills.kill(what, usual)
            tell(found)
            interrupted += found["state"] != "done"
            if interrupted == KILLS:
                break
    kills.new_run()
    before = kills.written()
    kills.score()
    after = kills.written()
    tell({"killed": "nothing", "state": kills.last_run("state"), "runs": kills.runs(),
          "customers": kills.last_run("customers"), "changed": changed(before, after)})


if __name__ == "__main__":
    main(*sys.argv[1:])
