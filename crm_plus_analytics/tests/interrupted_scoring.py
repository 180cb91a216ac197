"""A scoring that stops for ever at a given point: the process to be killed by a test.

    python interrupted_scoring.py DATABASE RUN_ID PHASE [Odoo options]
"""

import sys
import time
from importlib import import_module

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry


def stop(*args):
    """Say that the point is reached, and never return."""
    sys.stdout.write("stopped\n")
    sys.stdout.flush()
    while True:
        time.sleep(60)


def main(database, run_id, phase, *options):
    odoo.tools.config.parse_config(list(options), setup_logging=False)
    registry = Registry(database)
    # Only now does Python find the add-on.
    models = 'odoo.addons.crm_plus_analytics.models'
    QueueMixin = import_module(
        f'{models}.customer_score_queue_mixin').CustomerScoreQueueMixin
    ScoreWriter = import_module(f'{models}.customer_score_writer').ScoreWriter
    if phase == 'written':
        replace = ScoreWriter.replace
        ScoreWriter.replace = lambda *args: (replace(*args), stop())
    else:
        report = QueueMixin._report
        QueueMixin._report = lambda run, begun: (
            report(run, begun), begun == phase and stop())
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        env['customer.score.run'].browse(int(run_id))._execute_committing()


if __name__ == '__main__':
    main(*sys.argv[1:])
