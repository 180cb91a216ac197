"""A case that a program sends twice is opened once."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestClientReference(ServiceCommon):
    def send(self, *references, user=None, team=None):
        return self.env['service.case'].with_user(user or self.agent).create([
            {'name': 'Lamp', 'team_id': (team or self.team).id, 'client_reference': reference}
            for reference in references
        ])

    def test_same_reference_same_case(self):
        case = self.send('shop-1')
        targets, followers = case.target_ids, case.message_follower_ids
        self.assertTrue(targets)
        self.assertEqual(self.send('shop-1'), case)
        self.assertEqual((case.target_ids, case.message_follower_ids), (targets, followers))

    def test_what_is_new_among_what_is_known(self):
        known = self.send('shop-1')
        cases = self.send('shop-2', 'shop-1', False, 'shop-2', False)
        self.assertEqual(cases[1], known)
        self.assertEqual(cases[0], cases[3])
        self.assertEqual(len(set(cases.ids)), 4, 'without a reference each is a case of its own')

    def test_archived_case_is_the_case_there_is(self):
        case = self.send('shop-1')
        case.active = False
        self.assertEqual(self.send('shop-1'), case)

    def test_other_company_other_case(self):
        case = self.send('shop-1')
        other = self.send('shop-1', user=self.far_agent, team=self.other_team)
        self.assertNotEqual(other, case)

    def test_case_that_one_may_not_see_is_not_told(self):
        self.env['service.case'].create(
            {'name': 'Secret', 'team_id': self.other_team.id, 'client_reference': 'shop-1'}
        )
        with self.assertRaisesRegex(ValidationError, 'may not see'):
            self.send('shop-1', team=self.other_team)

    def test_copy_is_another_case(self):
        self.assertFalse(self.send('shop-1').copy().client_reference)
