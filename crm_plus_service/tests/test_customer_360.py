from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestCustomer360(ServiceCommon):
    def test_cases_stand_on_the_timeline(self):
        case = self.create_case()
        entry = self.entries(self.agent)
        self.assertEqual((entry.res_model, entry.res_id), ('service.case', case.id))
        self.assertEqual((entry.partner_id, entry.contact_id), (self.customer, self.contact))
        self.assertEqual(entry.company_id, self.company)
        self.assertEqual(entry.date, case.opened_date)
        self.assertEqual(entry.name, f'{case.number} {case.name}')

    def test_timeline_shows_only_cases_that_the_reader_may_see(self):
        self.create_case()
        self.create_case(team_id=self.other_team.id)
        self.assertEqual(len(self.entries(self.salesperson)), 1)
        self.assertEqual(self.entries(self.agent).company_id, self.company)
        self.assertEqual(self.entries(self.far_agent).company_id, self.other_company)

    def test_what_was_written_on_cases_stands_on_the_timeline(self):
        case = self.create_case()
        case.message_post(body='Difficult one.', subtype_xmlid='mail.mt_note')
        case.message_post(
            body='Which bulb?', message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        entry = self.entries(self.agent, 'message')
        self.assertEqual(entry.name, 'Which bulb?')
        self.assertEqual((entry.res_model, entry.res_id), ('service.case', case.id))
        self.assertFalse(self.entries(self.far_agent, 'message'))

    def entries(self, user, kind='case'):
        return (
            self.env['customer.timeline']
            .with_user(user)
            .search([('partner_id', '=', self.customer.id), ('kind', '=', kind)])
        )

    def figure(self, user):
        customer = self.customer.with_user(user)
        figures = {figure['key']: figure for figure in customer._customer_360_figures()}
        return figures.get('open_cases')

    def test_figure_opens_what_it_counts(self):
        self.create_case()
        self.create_case(partner_id=self.colleague.id)
        self.create_case().action_close()
        self.create_case(partner_id=self.stranger.id)
        figure = self.figure(self.agent)
        self.assertEqual((figure['value'], figure['tone']), (2, False))
        found = self.env['service.case'].with_user(self.agent).search(figure['action']['domain'])
        self.assertEqual(len(found), 2)
        self.assertFalse(self.customer.with_user(self.agent)._get_service_highlights())

    def test_overdue_case_is_said_first(self):
        self.create_case(opened_date=fields.Datetime.now() - timedelta(days=30))
        figure = self.figure(self.salesperson)
        self.assertEqual((figure['tone'], figure['hint']), ('danger', '1 overdue'))
        highlight = self.customer.with_user(self.salesperson)._get_service_highlights()[0]
        self.assertEqual((highlight['text'], highlight['tone']), ('One case is overdue.', 'danger'))
        found = self.env['service.case'].search(highlight['action']['domain'])
        self.assertEqual(len(found), 1)

    def test_figure_covers_the_ticked_companies(self):
        self.create_case(team_id=self.other_team.id)
        self.assertEqual(self.figure(self.agent)['value'], 0)
        self.assertEqual(self.figure(self.far_agent)['value'], 1)

    def test_no_figure_without_the_right_to_see_cases(self):
        customer = self.customer.with_user(self.accountant)
        self.assertFalse(customer._get_service_figures())
        self.assertFalse(customer._get_service_highlights())

    def test_figures_take_a_fixed_number_of_queries(self):
        """Two counts for the figure and the sentence, whatever the number of cases."""
        customer = self.customer.with_user(self.agent)
        counts = []
        for _round in range(2):
            self.env['service.case'].create(
                [
                    {'name': str(n), 'partner_id': self.contact.id, 'team_id': self.team.id}
                    for n in range(10)
                ]
            )
            self.env.flush_all()
            customer._get_service_figures()  # warm the caches of rules and actions
            before = self.env.cr.sql_log_count
            customer._get_service_figures()
            customer._get_service_highlights()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 6)
