"""Whole days in a browser: the customer, the agent and the lead of the demonstration data."""

from unittest import SkipTest

from odoo.tests import HttpCase, tagged


class JourneyCase(HttpCase):
    """As the people of the demonstration data, with their own rights and nobody else's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref('crm_plus_service.user_lea', raise_if_not_found=False):
            raise SkipTest('without demonstration data there is nobody to travel')
        cls.petra, cls.ada, cls.bert, cls.lea = (
            cls.env.ref(f'crm_plus_service.user_{name}')
            for name in ('petra', 'ada', 'bert', 'lea')
        )
        for user in (cls.ada, cls.bert, cls.lea):
            assert not user.has_group('crm_plus_service.group_manager'), user.name
        cls.service = cls.env.ref('crm_plus_service.team_customer_service')
        cls.repairs = cls.env.ref('crm_plus_service.team_repairs')
        cls.order = cls.env.ref('crm_plus_service.order_petra')

    def comments(self, case):
        return case.message_ids.filtered(
            lambda message: message.message_type == 'comment').sorted('id')


@tagged('post_install', '-at_install')
class TestJourneys(JourneyCase):
    def test_customer(self):
        """Ask with a picture, about the own order; read the answer, reply, and rate."""
        self.start_tour('/my', 'service_journey_customer_asks', login='petra')
        case = self.env['service.case'].search([('name', '=', 'The leg of the table is broken')])
        self.assertEqual((case.partner_id, case.team_id), (self.petra.partner_id, self.service))
        self.assertEqual(case.sale_order_id, self.order)
        self.assertEqual(case.type_id, self.env.ref('crm_plus_service.type_complaint'))
        self.assertFalse(case.user_id)
        [picture] = self.env['ir.attachment'].search([
            ('res_model', '=', 'service.case'), ('res_id', '=', case.id)])
        self.assertEqual((picture.name, picture.mimetype), ('leg.png', 'image/png'))

        of_ada = case.with_user(self.ada)
        of_ada.action_assign_to_me()
        of_ada.message_post(
            body='It is the third one this week.', message_type='comment',
            subtype_xmlid='mail.mt_note')
        of_ada.message_post(
            body='A new leg is on its way.', message_type='comment',
            subtype_xmlid='mail.mt_comment')
        self.start_tour('/my/cases', 'service_journey_customer_replies', login='petra')
        reply = self.comments(case)[-1]
        self.assertIn('It has arrived and fits', reply.body)
        self.assertEqual(reply.author_id, self.petra.partner_id)
        self.assertTrue(case.awaiting_since)

        of_ada.action_close()
        self.start_tour(f'/my/cases/{case.id}', 'service_journey_customer_rates', login='petra')
        rating = case.rating_ids
        self.assertEqual((rating.rating, rating.feedback), (5, 'Quick and friendly'))
        self.assertEqual(rating.partner_id, self.petra.partner_id)
        self.assertEqual(rating.rated_partner_id, self.ada.partner_id)
        self.assertTrue(case.closed_date, 'a rating must not open the case again')

    def test_agent(self):
        """Take the next case of the queue, answer with a template, note time, solve it, go on."""
        case, following = self.env['service.case'].create([
            {
                'name': 'The leg of the table is broken', 'partner_id': self.petra.partner_id.id,
                'team_id': self.service.id, 'sale_order_id': self.order.id, 'priority': '3',
                'user_id': False,
            },
            {
                'name': 'The drawer squeaks', 'partner_id': self.petra.partner_id.id,
                'team_id': self.service.id, 'priority': '2', 'user_id': False,
            },
        ])
        self.start_tour(
            '/odoo/action-crm_plus_service.service_team_overview_action',
            'service_journey_agent', login='ada')
        self.assertEqual(case.user_id, self.ada)
        self.assertEqual(
            [(it.reason, it.user_id) for it in case.assignment_ids], [('pulled', self.ada)])
        [answer] = self.comments(case)
        self.assertIn(self.order.name, answer.body)
        self.assertEqual(answer.author_id, self.ada.partner_id)
        self.assertIn(self.petra.partner_id, answer.notified_partner_ids)
        self.assertEqual(case.time_spent, 0.25)
        self.assertTrue(case.stage_id.is_closed)
        self.assertEqual(following.user_id, self.ada)
        self.assertIn('first_response', case.target_ids.mapped('kind'))
        self.assertEqual(set(case.target_ids.mapped('outcome')), {'kept'})


class LeadCase(JourneyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.env['service.case'].create({
            'name': 'The table tilts', 'partner_id': cls.petra.partner_id.id, 'priority': '3',
            'team_id': cls.repairs.id, 'user_id': cls.ada.id,
        })

    def moves(self):
        return [
            (it.moved_by_id, it.from_user_id, it.team_id, it.user_id)
            for it in self.case.assignment_ids.sorted('id') if it.reason == 'moved'
        ]


@tagged('post_install', '-at_install')
class TestLeadAtTheDesk(LeadCase):
    def test_lead(self):
        """Drag a case from one agent to another, and read in it who did."""
        self.start_tour(
            '/odoo/action-crm_plus_service.service_team_overview_action',
            'service_journey_lead_desk', login='lea')
        self.assertEqual(self.case.user_id, self.bert)
        self.assertEqual(self.moves(), [(self.lea, self.ada, self.repairs, self.bert)])


@tagged('post_install', '-at_install')
class TestLeadOnThePhone(LeadCase):
    browser_size = '390x800'
    touch_enabled = True

    def test_lead(self):
        """Give a case away by its menu, and then to the queue of another team."""
        self.start_tour('/odoo/service-monitor', 'service_journey_lead_phone', login='lea')
        self.assertEqual(self.case.team_id, self.service)
        self.assertFalse(self.case.user_id)
        nobody = self.env['res.users']
        self.assertEqual(self.moves(), [
            (self.lea, self.ada, self.repairs, self.bert),
            (self.lea, self.bert, self.service, nobody),
        ])
