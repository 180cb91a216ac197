"""Scorings and back-tests in the background read the documents from Odoo's read replica, and do without it in trouble."""

import json
import subprocess
import sys
import unittest

import psycopg2

from .common import CHECKOUT, complaints, databases, ready_database
from .replication import PRIMARY, STANDBY, StreamingServers

NAME = "crm_plus_streamed"
#: Pipeline of who never bought, and whether it is known where they come from.
PROSPECTS = [(500, True), (500, False)]
# Each scoring is as of another day, by which its statements are known in the logs of the servers.
SCORE = """
import json
import time
from datetime import date, timedelta
from decimal import Decimal
from threading import current_thread
import psycopg2
from odoo import Command
from odoo.addons.crm_plus_analytics.models import customer_measures_replica as replica
from purchases import Purchase, load
from tests.replication import kill

def score(told, day, execute='_execute_committing'):
    run = env['customer.score.run'].create({'as_of': day})
    env.cr.commit()
    getattr(run, execute)()
    env.cr.commit()
    outcomes[told] = [run.state, run.read_from, run.failure, rows(
        "SELECT row_to_json(s) FROM customer_score s ORDER BY partner_id", 'run_id', 'write_date', 'write_uid')]

def backtest(told, work, day):
    test = env['customer.score.backtest'].create({
        'company_id': env.company.id, 'fit_until': '2020-06-30', 'predict_until': day, 'model_asked': 'auto',
        'time_unit': 'day'})
    env.cr.commit()
    work(test)
    env.cr.commit()
    outcomes[told] = [test.state, test.read_from, test.failure, rows(
        f"SELECT row_to_json(c) FROM customer_score_backtest_customer c WHERE backtest_id = {test.id} ORDER BY partner_id",
        'id', 'backtest_id')]

def rows(query, *differing):
    env.cr.execute(query)
    found = [row for row, in env.cr.fetchall()]
    for row in found:
        for name in differing:
            del row[name]
    return found

def on(port, statement):
    connection = psycopg2.connect(dbname=env.cr.dbname, host=HOME, port=port, user=USER)
    connection.autocommit = True
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
    except psycopg2.errors.SerializationFailure:  # cancelled by what the replica replays
        return on(port, statement)
    finally:
        connection.close()

outcomes = {}
load(env, [Purchase(f"{c:04}", date(2020, 1, 1) + timedelta(days=5 * c + 25 * n), 1, Decimal(10 + c + n))
           for c in range(40) for n in range(1 + c % 3)], tag="Stream")
source = env['utm.source'].create({'name': "Fair"})
leads = env['crm.lead'].create([
    {'name': "Interest", 'type': 'opportunity', 'source_id': source_id, 'expected_revenue': 500,
     'partner_id': env['res.partner'].create({'name': "Prospect"}).id} for source_id in (source.id, False)])
env.flush_all()
env.cr.execute("UPDATE crm_lead SET create_date = '2020-06-01' WHERE id IN %s", [tuple(leads.ids)])
env.cr.commit()
score('fresh', '2020-12-31')
score('primary', '2020-12-31', '_execute')

replica.PATIENCE = 1.0
on(STANDBY, "SELECT pg_wal_replay_pause()")
newcomer = env['res.partner'].create({'name': "Newcomer"})
env['account.move'].create({
    'move_type': 'out_invoice', 'partner_id': newcomer.id, 'invoice_date': '2020-12-30',
    'invoice_line_ids': [Command.create({'name': "Something", 'price_unit': 50})]}).action_post()
env.cr.commit()
score('lagging', '2021-01-02')
on(STANDBY, "SELECT pg_wal_replay_resume()")
replica.PATIENCE = 60.0

# Once the replica has told of documents, it must replay a lock that these stand in the way of.
def lock(cr, query, *args):
    if cr.readonly and 'account_move' in str(query):
        del current_thread().query_hooks
        on(PRIMARY, "BEGIN; LOCK TABLE account_move IN ACCESS EXCLUSIVE MODE; COMMIT")
        mark = env['customer.measures']._mark_log()
        while not on(STANDBY, f"SELECT pg_last_wal_replay_lsn() >= '{mark}'::pg_lsn"):
            time.sleep(0.05)

current_thread().query_hooks = (lock,)
score('cancelled', '2021-02-03')
score('recovered', '2021-03-04')
backtest('tested', lambda test: test._cron_process_queue(), '2020-12-24')
backtest('tested on the primary', lambda test: test._execute(), '2020-12-24')

kill(HOME, 'standby', STANDBY)
score('gone', '2021-04-05')
score('still gone', '2021-05-06')
backtest('tested without', lambda test: test._cron_process_queue(), '2020-12-24')
print('OUTCOMES', json.dumps(outcomes))
"""


class TestReadReplica(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = databases().server
        cls.servers = StreamingServers()
        cls.addClassCleanup(cls.servers.stop)
        connection = psycopg2.connect(dbname=ready_database(), **source.libpq())
        major = connection.server_version // 10000
        connection.close()
        if major > cls.servers.programs.major:
            raise unittest.SkipTest(f"PostgreSQL {cls.servers.programs.major} of this machine cannot copy from {major}")
        cls.servers.start(source, ready_database(), NAME)
        cls.outcomes, cls.log = cls.score()

    @classmethod
    def score(cls):
        """Return how each scoring went (its state, where it read, why it failed, the scores), and Odoo's log."""
        known = "".join(f"{name} = {value!r}\n" for name, value in (
            ("HOME", str(cls.servers.home)), ("USER", cls.servers.libpq(PRIMARY)["user"]),
            ("PRIMARY", PRIMARY), ("STANDBY", STANDBY)))
        done = subprocess.run(
            [sys.executable, "-m", "odoo", "shell", "-d", NAME, "--no-http", *cls.servers.options()],
            input=known + SCORE, capture_output=True, text=True, check=False, cwd=CHECKOUT, timeout=300)
        found = [line for line in done.stdout.splitlines() if line.startswith("OUTCOMES ")]
        if done.returncode or not found:
            raise AssertionError(f"the script failed:\n{(done.stdout + done.stderr)[-3000:]}")
        return json.loads(found[0].removeprefix("OUTCOMES ")), done.stderr

    def measuring(self, port, day):
        """Return the statements by which a server was asked for the documents up to a day."""
        return [statement for statement in self.servers.statements(port)
                if f"'{day}'" in statement.text and "account_move" in statement.text]

    def assertScored(self, told, read_from, customers):
        self.assertDone(told, read_from, customers + len(PROSPECTS))
        scores = self.outcomes[told][-1]
        self.assertEqual(
            [(row["open_pipeline"], bool(row["source_id"])) for row in scores if row["lifecycle"] == "prospect"],
            PROSPECTS)

    def assertDone(self, told, read_from, rows):
        state, where, failure, found = self.outcomes[told]
        self.assertEqual((state, where), ("done", read_from), failure)
        self.assertEqual(len(found), rows)

    def test_statements_run_on_the_replica_in_one_snapshot(self):
        self.assertScored("recovered", "replica", 41)
        statements = self.measuring(STANDBY, "2021-03-04")
        self.assertGreater(len(statements), 2)
        self.assertEqual(self.measuring(PRIMARY, "2021-03-04"), [])
        self.assertEqual(len({(each.process, each.transaction) for each in statements}), 1)
        of_process = [each for each in self.servers.statements(STANDBY) if each.process == statements[0].process]
        begun = [each.text for each in of_process[:of_process.index(statements[0])] if each.text.startswith("BEGIN")]
        self.assertIn("ISOLATION LEVEL REPEATABLE READ READ ONLY", begun[-1])

    def test_scores_are_those_of_the_primary(self):
        self.assertScored("fresh", "replica", 40)
        self.assertScored("primary", "primary", 40)
        self.assertEqual(self.outcomes["fresh"][-1], self.outcomes["primary"][-1])

    def test_back_test_is_read_on_the_replica_and_tells_the_same(self):
        self.assertDone("tested", "replica", 37)
        self.assertDone("tested on the primary", "primary", 37)
        self.assertEqual(self.outcomes["tested"][-1], self.outcomes["tested on the primary"][-1])
        statements = self.measuring(STANDBY, "2020-12-24")
        self.assertGreater(len(statements), 1)
        self.assertEqual(len({(each.process, each.transaction) for each in statements}), 1)

    def test_replica_that_lags_behind_hides_no_document(self):
        self.assertScored("lagging", "primary", 41)
        self.assertEqual(self.measuring(STANDBY, "2021-01-02"), [])
        self.assertIn("it lags behind by more than 1 seconds", self.log)

    def test_statement_that_the_replica_cancels(self):
        self.assertScored("cancelled", "primary", 41)
        self.assertTrue(self.measuring(STANDBY, "2021-02-03"), "it had begun there")
        self.assertTrue(self.measuring(PRIMARY, "2021-02-03"))
        self.assertIn("conflict with recovery", (self.servers.home / f"{STANDBY}.log").read_text())

    def test_replica_that_is_gone(self):
        """The first to notice is whose connection breaks; to the next one Odoo gives no connection."""
        for told in ("gone", "still gone"):
            self.assertScored(told, "primary", 41)
        self.assertDone("tested without", "primary", 37)
        self.assertIn("not on the replica: it cannot be reached", self.log)

    def test_nothing_alarms(self):
        """Odoo itself warns of a replica that is gone; that a scoring did without it is no trouble."""
        self.assertEqual([line for line in complaints(self.log) if "Failed to open a readonly cursor" not in line], [])
