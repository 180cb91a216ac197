import json
from datetime import date
from unittest.mock import patch

import numpy as np

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.customer_score_writer import ScoreWriter
from .common import simulated_measures
from .test_customer_score_run import RUN_LOGGER, ScoreRunCommon


def stored(field, value):
    """Return what PostgreSQL has of a value for a field."""
    if field.type == 'json':
        return json.loads(value)
    if value != value or (field.type in ('many2one', 'date', 'char', 'selection') and not value):
        return None
    return date.fromordinal(value) if field.type == 'date' else value


@tagged('post_install', '-at_install')
class TestCustomerScoreWriter(ScoreRunCommon):
    """How the scores of a run take the place of those before."""

    def score_measures(self, measures):
        with self.measuring(measures):
            run = self.score()
        self.assertEqual((run.state, run.failure), ('done', False))
        return run

    def ids_by_partner(self):
        return {row['partner_id']: row['id'] for row in self.rows()}

    def test_everything_is_written_as_it_is(self):
        columns = ScoreWriter._columns
        written = {}

        def watched(*args):
            written.update(columns(*args))
            return written

        measures = self.many_customers(50)
        with patch.object(ScoreWriter, '_columns', watched):
            self.score_measures(measures)
        rows = {row['partner_id']: row for row in self.rows()}
        fields = self.env['customer.score']._fields
        self.assertEqual(len(rows), 50)
        self.assertGreater(len(written), 40)
        for name, values in written.items():
            if name == 'segment_id':
                continue  # conditions may have moved them since
            self.assertEqual(
                [rows[partner_id][name] for partner_id in measures.partner_id.tolist()],
                [stored(fields[name], value) for value in values.tolist()], name)

    def test_ids_stay_from_run_to_run(self):
        measures = self.many_customers(50)
        self.score_measures(measures)
        ids = self.ids_by_partner()
        self.score_measures(simulated_measures(measures.partner_id[::-1]))
        self.assertEqual(self.ids_by_partner(), ids)

    def test_who_is_no_customer_any_more_has_no_score(self):
        measures = self.many_customers(50)
        self.score_measures(measures)
        ids = self.ids_by_partner()
        newcomer = self.env['res.partner'].create({'name': "Newcomer"})
        self.score_measures(simulated_measures(
            np.append(measures.partner_id[10:], newcomer.id)))
        after = self.ids_by_partner()
        self.assertNotIn(after.pop(newcomer.id), ids.values())
        self.assertEqual(
            after, {partner_id: ids[partner_id] for partner_id in measures.partner_id[10:].tolist()})

    @mute_logger(RUN_LOGGER)
    def test_failure_midway_keeps_the_former_scores(self):
        measures = self.many_customers(50)
        self.score_measures(measures)
        before = self.rows()
        for step in ('_copy', '_merge'):
            original = getattr(ScoreWriter, step)

            def fails_after(*args, original=original):
                original(*args)
                raise ZeroDivisionError

            run = self.new_run()
            with patch.object(ScoreWriter, step, fails_after), \
                    self.measuring(simulated_measures(measures.partner_id[10:], seed=8)):
                run._execute()
            self.assertEqual(run.state, 'failed')
            self.assertEqual(self.rows(), before, step)

    def test_a_month_scored_again_writes_only_what_has_changed(self):
        def versions():
            return dict(self.env.execute_query(SQL(
                "SELECT partner_id, ctid FROM customer_score_history WHERE company_id = %s",
                self.company.id)))

        measures = self.many_customers(50)
        self.score_measures(measures)
        before = versions()
        self.assertEqual(len(before), 50)
        self.score_measures(measures)
        self.assertEqual(versions(), before)
        # sudo: the tier is the manager's matter
        moved = self.env['res.partner'].browse(measures.partner_id[:1].tolist()).sudo()
        moved.with_company(self.company).customer_tier_id = (
            self.env['crm.customer.tier'].sudo().search([], limit=1))
        self.score_measures(measures)
        self.assertEqual(
            {partner for partner, version in versions().items() if version != before[partner]},
            set(moved.ids))
