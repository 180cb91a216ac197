import json
import re

from odoo import Command
from odoo.addons.spreadsheet.utils.validate_data import (
    fields_in_spreadsheet,
    menus_xml_ids_in_spreadsheet,
)
from odoo.tests import HttpCase, tagged
from odoo.tools import file_open, mute_logger

from ..models.spreadsheet_dashboard import STAND_INS
from .common import CustomerValueCommon

FILES = 'crm_plus_analytics/data/files'


class SpreadsheetDashboardCase(CustomerValueCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dashboard = cls.env.ref(
            'crm_plus_analytics.spreadsheet_dashboard_customer_value').sudo()
        cls.manager = cls.new_user(
            'value_sheet_manager', 'crm_plus_analytics.group_manager',
            'sales_team.group_sale_manager')
        cls.salesperson = cls.new_user('value_sheet_sales', 'sales_team.group_sale_salesman')
        cls.employee = cls.new_user('value_sheet_employee')
        cls.anna.user_id = cls.salesperson
        for day, amount in (('2026-01-01', 100), ('2026-02-01', 100), ('2026-03-04', 50)):
            cls.buy(cls.anna, day, amount)
        cls.buy(cls.bert, '2026-06-01', 10)

    def served(self, user) -> dict:
        """Return what the browser of a user gets."""
        self.authenticate(user.login, user.login)
        response = self.url_open(f'/spreadsheet/dashboard/data/{self.dashboard.id}')
        self.assertEqual(response.status_code, 200)
        return response.json()

    def snapshot(self, user) -> dict:
        return self.served(user)['snapshot']


def charts(snapshot):
    return [figure['data'] for sheet in snapshot['sheets'] for figure in sheet['figures']]


@tagged('post_install', '-at_install')
class TestSpreadsheetDashboard(SpreadsheetDashboardCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.score()

    def test_every_field_and_menu_of_it_exists(self):
        snapshot = json.loads(self.dashboard.spreadsheet_data)
        names = fields_in_spreadsheet(snapshot)
        self.assertEqual(
            set(names), {'customer.score', 'customer.score.history', 'customer.score.backtest'})
        for model, paths in names.items():
            for path in paths:
                with self.subTest(model=model, path=path):
                    at = self.env[model]
                    for name in path.split('.'):
                        field = at._fields[name]
                        at = self.env[field.comodel_name] if field.relational else at
        for pivot in snapshot['pivots'].values():
            for matching in pivot['fieldMatching'].values():
                with self.subTest(pivot=pivot['name'], chain=matching['chain']):
                    self.env[pivot['model']].sudo()._search([(matching['chain'], '!=', False)])
        menus = menus_xml_ids_in_spreadsheet(snapshot)
        self.assertEqual(len(menus), 3)
        for xml_id in menus:
            self.assertTrue(self.env.ref(xml_id).action, xml_id)
        for data in (*snapshot['pivots'].values(), *snapshot['lists'].values(), *charts(snapshot)):
            if 'actionXmlId' in data:
                self.assertTrue(self.env.ref(data['actionXmlId']))

    def test_every_formula_names_a_pivot_or_list_that_there_is(self):
        snapshot = json.loads(self.dashboard.spreadsheet_data)
        cells = [cell for sheet in snapshot['sheets'] for cell in sheet['cells'].values()]
        pivots = set(re.findall(r'PIVOT(?:\.VALUE|\.HEADER)?\((\d+)', ' '.join(cells)))
        lists = set(re.findall(r'ODOO\.LIST(?:\.HEADER)?\((\d+)', ' '.join(cells)))
        self.assertEqual(pivots, set(snapshot['pivots']))
        self.assertEqual(lists, set(snapshot['lists']))
        for number, column in re.findall(r'ODOO\.LIST\((\d+),\d+,"(\w+)"\)', ' '.join(cells)):
            self.assertIn(column, snapshot['lists'][number]['columns'])

    def test_its_words_are_exported_to_be_translated(self):
        with file_open(f'{FILES}/customer_value_dashboard.json') as file:
            words = json.load(file)
        for figure in charts(words):
            self.assertTrue(figure['title']['text'])
        for cell in words['sheets'][0]['cells'].values():
            # a bare word in a cell would stay as it is in every language
            self.assertRegex(cell, r'^(=|\[)')

    def test_who_may_open_it(self):
        for user, may in ((self.manager, True), (self.salesperson, True), (self.employee, False)):
            with self.subTest(user=user.login):
                found = self.env['spreadsheet.dashboard'].with_user(user).search(
                    [('id', '=', self.dashboard.id)])
                self.assertEqual(bool(found), may)
        self.authenticate(self.employee.login, self.employee.login)
        with mute_logger('odoo.http'):
            response = self.url_open(f'/spreadsheet/dashboard/data/{self.dashboard.id}')
        self.assertNotEqual(response.status_code, 200)

    def test_amounts_are_for_who_may_see_them(self):
        manager, salesperson = self.snapshot(self.manager), self.snapshot(self.salesperson)
        self.assertEqual(manager['pivots'], json.loads(self.dashboard.spreadsheet_data)['pivots'])
        self.assertTrue(self.measures(manager) & self.amounts())
        self.assertFalse(self.measures(salesperson) & self.amounts())
        for model, measure in self.measures(salesperson):
            self.assertIn(measure, {'__count', *self.env[model].with_user(self.salesperson).fields_get()})

    def amounts(self):
        return {(model, amount) for model, stand_ins in STAND_INS.items() for amount in stand_ins}

    def measures(self, snapshot) -> set:
        """Return what the charts and tables show, with its model."""
        return {
            (chart['metaData']['resModel'], chart['metaData']['measure'])
            for chart in charts(snapshot) if 'metaData' in chart
        } | {
            (pivot['model'], measure['fieldName'])
            for pivot in snapshot['pivots'].values() if pivot['rows']
            for measure in pivot['measures']
        }

    def test_nobody_else_has_their_amounts_taken(self):
        other = self.dashboard.copy({'name': "Other", 'spreadsheet_data': json.dumps({
            'sheets': [], 'pivots': {'1': {
                'model': 'res.partner', 'rows': [{'fieldName': 'country_id'}],
                'measures': [{'id': 'credit', 'fieldName': 'credit'}],
                'domain': [],
            }},
        })})
        serialized = json.loads(other.with_user(self.salesperson)._get_serialized_readonly_dashboard())
        self.assertEqual(
            serialized['snapshot']['pivots'], json.loads(other.spreadsheet_data)['pivots'])

    def test_manager_opens_and_shares_it(self):
        self.start_tour('/odoo/dashboards', 'customer_value_spreadsheet_tour',
                        login=self.manager.login, timeout=120)
        share = self.env['spreadsheet.dashboard.share'].sudo().search(
            [('dashboard_id', '=', self.dashboard.id)])
        self.assertEqual(share.create_uid, self.manager)
        self.logout()
        data = f'/dashboard/data/{share.id}/{share.access_token}'
        frozen = self.url_open(data)
        self.assertEqual(frozen.status_code, 200)
        cells = [str(cell) for sheet in frozen.json()['sheets'] for cell in sheet['cells'].values()]
        self.assertIn("Anna", cells)
        self.assertIn("Bert", cells)
        self.assertFalse([cell for cell in cells if re.search(r'PIVOT|ODOO\.LIST', cell)])
        self.assertFalse([chart for chart in charts(frozen.json()) if 'metaData' in chart])
        # what was shared stays as it was
        self.buy(self.bert, '2026-06-15', 5000)
        self.score()
        self.assertEqual(self.url_open(data).json(), frozen.json())
        self.browser_js(
            f'/dashboard/share/{share.id}/{share.access_token}',
            "console.log('test successful');", ready='odoo.isReady')
        with mute_logger('odoo.http'):
            self.assertEqual(self.url_open(f'/dashboard/data/{share.id}/guessed').status_code, 403)

    def test_salesperson_opens_it(self):
        self.start_tour('/odoo/dashboards', 'customer_value_spreadsheet_open_tour',
                        login=self.salesperson.login, timeout=120)


@tagged('post_install', '-at_install')
class TestEmptySpreadsheetDashboard(SpreadsheetDashboardCase):

    def test_who_has_no_score_yet_sees_an_example(self):
        served = self.served(self.manager)
        self.assertTrue(served['is_sample'])
        sample = served['snapshot']
        self.assertFalse(sample['pivots'])
        self.assertFalse(sample['lists'])
        self.assertFalse([chart for chart in charts(sample) if 'metaData' in chart])
        self.score()
        self.assertNotIn('is_sample', self.served(self.manager))

    def test_the_example_looks_as_the_dashboard_does(self):
        example = self.served(self.manager)['snapshot']
        dashboard = json.loads(self.dashboard.spreadsheet_data)
        self.assertEqual(
            [chart['title']['text'] for chart in charts(example)],
            [chart['title']['text'] for chart in charts(dashboard)])

    def test_another_companys_scores_are_not_mine(self):
        other = self.setup_other_company()['company']
        self.buy(self.anna, '2026-01-10', 700, company=other)
        self.score(company=other)
        self.assertTrue(self.served(self.manager)['is_sample'])
        self.manager.company_ids = [Command.link(other.id)]
        domains = {pivot['domain'] for pivot in json.loads(self.dashboard.spreadsheet_data)['pivots'].values()}
        for domain in domains:
            self.assertIn('("company_id", "=", allowed_company_ids[0])', domain)
