"""Lists and boards of cases stay quick however many there are: the first are read by an index."""

import json
from datetime import timedelta

from freezegun import freeze_time
from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL

from .common import ServiceCommon

OPEN = [('closed_date', '=', False)]


@tagged('post_install', '-at_install')
class TestManyCases(ServiceCommon):
    def sorts(self, domain):
        """Tell whether PostgreSQL must sort all that is found to give a list its first page."""
        cases = self.env['service.case'].with_user(self.agent)
        query = cases._search(domain, order=cases._order, limit=80)
        self.env.flush_all()
        # what an index can do shall not depend on how small the tables of a test are
        for way in ('seqscan', 'bitmapscan', 'sort'):
            self.env.cr.execute(SQL('SET LOCAL %s = off', SQL.identifier(f'enable_{way}')))
        self.env.cr.execute(SQL('EXPLAIN (FORMAT JSON) %s', query.select()))
        [(plans,)] = self.env.cr.fetchall()
        return 'Sort' in str(plans)

    def test_first_page_is_read_in_the_order_of_an_index(self):
        for name, domain in {
            'all': [],
            'open': OPEN,
            'mine': [('user_id', '=', self.agent.id), *OPEN],
            'unassigned': [('user_id', '=', False), *OPEN],
            'my teams': [('team_id.member_ids', 'in', self.agent.id), *OPEN],
            'waiting': [('waiting_for', '!=', False), *OPEN],
            'at risk': [('sla_state', 'in', ('due_soon', 'overdue')), *OPEN],
            'column': [('stage_id', '=', self.stage_new.id), *OPEN],
        }.items():
            with self.subTest(name):
                self.assertFalse(self.sorts(domain))

    def test_board_counts_its_columns_by_the_index_alone(self):
        cases = self.env['service.case'].with_user(self.agent)
        bar = etree.fromstring(cases.get_view(view_type='kanban')['arch']).find('progressbar')
        self.assertEqual(bar.get('field'), 'priority')
        urgent = self.create_case(priority='3')
        counts = cases.read_progress_bar(
            [('id', 'in', (urgent | self.create_case()).ids)], 'stage_id',
            {'field': 'priority', 'colors': json.loads(bar.get('colors'))})
        self.assertEqual(counts, {str(self.stage_new.id): {'1': 0, '2': 0, '3': 1}})

    def test_at_risk_is_what_was_warned_of(self):
        with freeze_time('2026-01-14 08:00'):
            case = self.create_case(opened_date='2026-01-14 08:00:00')
        at_risk = [('sla_state', 'in', ('due_soon', 'overdue')), ('id', '=', case.id)]
        for moment, found in (
            (case.warning_date - timedelta(minutes=1), 0),
            (case.warning_date, 1),
            (case.deadline + timedelta(minutes=1), 1),
        ):
            with freeze_time(moment):
                self.assertEqual(self.env['service.case'].search_count(at_risk), found)
