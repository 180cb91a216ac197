"""What a program sends twice happens once: a case that is opened, a message that is posted."""

from odoo.exceptions import AccessError, ValidationError
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

    def post(self, case, reference, user=None, **values):
        return case.with_user(user or self.agent).message_post(
            body='A new shade is on its way.', message_type='comment',
            client_reference=reference, **{'subtype_xmlid': 'mail.mt_comment', **values})

    def test_same_reference_same_message(self):
        case = self.create_case()
        message = self.post(case, 'answer-1')
        self.assertIn('A new shade', message.body)
        self.assertEqual(case.answer_count, 1)
        mails = len(message.notification_ids)
        self.assertTrue(mails)
        self.assertEqual(self.post(case, 'answer-1'), message)
        self.assertEqual((case.answer_count, len(message.notification_ids)), (1, mails))
        self.assertNotEqual(self.post(case, 'answer-2'), message)
        self.assertEqual(case.answer_count, 2)

    def test_without_reference_each_message_is_one(self):
        case = self.create_case()
        self.assertNotEqual(self.post(case, None), self.post(case, False))

    def test_other_case_other_message(self):
        case, other = self.create_case(), self.create_case()
        message = self.post(case, 'answer-1')
        self.assertEqual(self.post(other, 'answer-1').res_id, other.id)
        self.assertEqual(message.res_id, case.id)

    def test_message_of_a_case_that_was_merged(self):
        case, into = self.create_case(), self.create_case()
        message = self.post(case, 'answer-1')
        case.with_user(self.agent)._merge_into(into.with_user(self.agent))
        self.assertEqual(self.post(case, 'answer-1'), message)
        later = self.post(case, 'answer-2')
        self.assertEqual(later.res_id, into.id)
        self.assertEqual(self.post(case, 'answer-2'), later)

    def test_customer_whose_case_goes_on_as_one_they_may_not_see(self):
        case, into = self.create_case(partner_id=self.colleague.id), self.create_case()
        case.with_user(self.agent)._merge_into(into.with_user(self.agent))
        self.assertFalse(into.with_user(self.portal_colleague).has_access('read'))
        message = self.post(case, 'reply-1', user=self.portal_colleague)
        self.assertEqual(message.res_id, into.id)
        self.assertEqual(self.post(case, 'reply-1', user=self.portal_colleague), message)

    def test_message_that_one_may_not_see_is_not_told(self):
        case = self.create_case()
        self.post(case, 'note-1', subtype_xmlid='mail.mt_note')
        with self.assertRaisesRegex(ValidationError, 'may not see'):
            self.post(case, 'note-1', user=self.portal)
        with self.assertRaises(AccessError):
            self.post(case, 'note-1', user=self.portal_stranger)
