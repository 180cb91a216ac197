"""Scorings in another process, which is killed: what the next start finds."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import SQL, config

SCRIPT = os.path.join(os.path.dirname(__file__), 'interrupted_scoring.py')


@tagged('post_install', '-at_install')
class TestCustomerScoreInterruption(BaseCase):
    """Works on committed data, as another process must see it, and removes it again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.environment() as env:
            company = env.ref('base.main_company')
            partners = env['res.partner'].create([{'name': f"Customer {n}"} for n in range(3)])
            former = env['customer.score.run'].create({'company_id': company.id, 'state': 'done'})
            env['customer.score'].create([{
                'partner_id': partner.id, 'company_id': company.id, 'run_id': former.id,
                'rank': rank, 'rfm_code': '555',
            } for rank, partner in enumerate(partners, start=1)])
            run = env['customer.score.run'].create({'company_id': company.id})
            self.company_id, self.run_id = company.id, run.id
            self.partner_ids, self.former_id = partners.ids, former.id
        self.addCleanup(self.clean_up)
        self.before = self.rows()
        self.assertGreaterEqual(len(self.before), 3)

    def clean_up(self):
        with self.environment() as env:
            env.cr.execute(SQL(
                "DELETE FROM customer_score_run WHERE id IN %s", (self.run_id, self.former_id)))
            env['res.partner'].browse(self.partner_ids).unlink()

    @contextmanager
    def environment(self):
        """Yield an environment of a transaction of its own, committed in the end."""
        with self.registry.cursor() as cr:
            yield Environment(cr, SUPERUSER_ID, {})

    def rows(self):
        with self.environment() as env:
            return env.execute_query_dict(SQL(
                "SELECT * FROM customer_score WHERE company_id = %s ORDER BY id", self.company_id))

    def state(self):
        with self.environment() as env:
            return env['customer.score.run'].browse(self.run_id).state

    def start_and_kill(self, phase):
        """Kill a scoring that has come as far as `phase`."""
        options = [f"--{name.replace('_', '-') if name == 'addons_path' else name}={value}"
                   for name, value in self.connection().items()]
        variables = {**os.environ, 'PYTHONPATH': os.pathsep.join(filter(None, sys.path))}
        if config['db_password']:
            variables['PGPASSWORD'] = config['db_password']
        process = subprocess.Popen(
            [sys.executable, SCRIPT, get_db_name(), str(self.run_id), phase, *options],
            stdout=subprocess.PIPE, env=variables, text=True)
        try:
            for line in process.stdout:
                if line.strip() == 'stopped':
                    break
            else:
                self.fail("The scoring ended before it could be killed.")
            self.assertEqual(self.state(), 'running')
            self.assertEqual(self.rows(), self.before, "nobody sees a part of it")
            with self.environment() as env:
                env['customer.score.run']._mark_interrupted()
            self.assertEqual(self.state(), 'running', "it still holds its lock")
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def connection(self):
        """Return the options by which another process finds this database."""
        options = {
            name: config[name] for name in ('db_host', 'db_port', 'db_user') if config[name]}
        paths = config['addons_path']
        options['addons_path'] = paths if isinstance(paths, str) else ','.join(paths)
        options['data-dir'] = config['data_dir']
        return options

    def wait_until_interrupted(self):
        """Let the next start notice: PostgreSQL needs a moment to see that the client is gone."""
        for _attempt in range(100):
            with self.environment() as env:
                env['customer.score.run']._mark_interrupted()
            if self.state() == 'interrupted':
                return
            time.sleep(0.1)
        self.fail("The killed scoring still counts as running.")

    def test_killed_scoring_changes_nothing(self):
        for phase in ('measures', 'writing', 'written'):
            with self.subTest(phase=phase):
                with self.environment() as env:
                    env['customer.score.run'].browse(self.run_id).write({
                        'state': 'queued', 'failure': False})
                self.start_and_kill(phase)
                self.wait_until_interrupted()
                self.assertEqual(self.rows(), self.before)
        with self.registry.cursor() as cr:
            run = Environment(cr, SUPERUSER_ID, {})['customer.score.run'].browse(self.run_id)
            self.assertIn("unchanged", run.failure)
            run._execute()
            self.assertEqual(run.state, 'done', "and it can be run again")
            cr.rollback()
