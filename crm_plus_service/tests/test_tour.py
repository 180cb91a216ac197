from odoo.tests import HttpCase, tagged

from .common import ServiceData


@tagged('post_install', '-at_install')
class TestTour(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()

    def test_agent_solves_a_case_of_an_order(self):
        """Open the order, create a case by its button, answer the customer, close the case."""
        self.start_tour(f'/odoo/sales/{self.order.id}', 'service_case_of_order', login='agent')
        case = self.env['service.case'].search([('sale_order_id', '=', self.order.id)])
        self.assertEqual(case.name, 'Lamp does not light')
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(case.product_id, self.product)
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.user_id, self.agent)
        self.assertEqual(case.stage_id, self.stage_solved)
        self.assertEqual(case.target_ids.outcome, 'kept')
        answer = case.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertIn('Please turn the switch', answer.body)
        self.assertEqual(answer.author_id, self.agent.partner_id)
        self.assertIn(self.contact, answer.notified_partner_ids)

    def test_agent_works_on_the_form(self):
        """See the customer, note time, be kept from sending a note, make a case of a message."""
        case = self.create_case(user_id=self.agent.id)
        case.with_user(self.portal).message_post(
            body='My invoice is wrong too', subject='Invoice', message_type='comment',
            subtype_xmlid='mail.mt_comment')
        self.start_tour(f'/odoo/cases/{case.id}', 'service_case_working', login='agent')
        self.assertEqual(case.time_spent, 0.25)
        self.assertNotIn('angry', ' '.join(case.message_ids.mapped('body')))
        new = self.env['service.case'].search([('origin_id', '=', case.id)])
        self.assertEqual((new.name, new.partner_id), ('Invoice', self.contact))

    def test_full_composer_is_guarded(self):
        """Be kept from sending a note to the customer; answer; note what only colleagues read."""
        case = self.create_case(user_id=self.agent.id)
        self.start_tour(f'/odoo/cases/{case.id}', 'service_full_composer', login='agent')
        note, answer = case.message_ids.filtered(
            lambda message: message.message_type == 'comment').sorted('id', reverse=True)
        self.assertIn('We are sorry', answer.body)
        self.assertNotIn('angry', answer.body)
        self.assertIn(self.contact, answer.notified_partner_ids)
        self.assertIn('he was angry', note.body)
        self.assertEqual(note.subtype_id, self.env.ref('mail.mt_note'))
        self.assertNotIn(self.contact, note.notified_partner_ids)
