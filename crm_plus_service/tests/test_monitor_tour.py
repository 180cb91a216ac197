"""The monitor and the collision guard in a browser, and the unit tests of their JavaScript."""

from odoo.addons.crm_plus.tests.javascript import run_unit_tests
from odoo.tests import HttpCase, no_retry, tagged

from .common import ServiceData


@tagged('post_install', '-at_install')
class TestMonitorTour(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.ben = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.agent.name, cls.ben.name = 'Ada', 'Ben'
        cls.team.member_ids = cls.agent | cls.ben

    def test_lead_moves_cases(self):
        """Drag a case from Ada to Ben, and send another to the queue by its menu."""
        case = self.create_case(user_id=self.agent.id)
        other = self.create_case('Switch is stuck', user_id=self.agent.id)
        self.start_tour('/odoo/service-monitor', 'service_monitor', login='manager')
        self.assertEqual(case.user_id, self.ben)
        self.assertFalse(other.user_id)
        self.assertTrue(other.queued_date)

    def test_asked_before_an_answer_crosses_another(self):
        """Write an answer while the customer writes, too: read first, then send it."""
        case = self.create_case(user_id=self.agent.id)
        self.start_tour(f'/odoo/cases/{case.id}', 'service_case_collision', login='agent')
        bodies = [
            message.preview for message in case.message_ids.sorted('id')
            if message.message_type == 'comment'
        ]
        self.assertEqual(bodies, ['It works again', 'Please turn the switch'])


@tagged('post_install', '-at_install')
class TestJavaScript(HttpCase):
    @no_retry
    def test_unit_tests(self):
        run_unit_tests(self, 'crm_plus_service')
