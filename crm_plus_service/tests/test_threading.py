"""Which case a message belongs to, and which customer a case."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .mail_common import ServiceMailCommon


@tagged('post_install', '-at_install')
class TestThreading(ServiceMailCommon):
    def open_case(self, **values):
        return self.receive(message_id=f'<first-{self.id()}@brook.example.com>', **values)

    def close_days_ago(self, case, days):
        case.action_close()
        case.closed_date = fields.Datetime.now() - timedelta(days=days)

    def reply(self, case, **values):
        return self.receive(in_reply_to=case.source_message_id, subject='Re: Lamp', **values)

    # ------------------------------------------------------------
    # BY THE NUMBER IN THE SUBJECT
    # ------------------------------------------------------------

    def test_subject_names_the_case(self):
        case = self.open_case()
        for subject in (
            f'Re: [{case.number}] Lamp',
            f'AW: Ihre Anfrage {case.number.lower()}.',
            f'(#{case.number}): still dark',
        ):
            count = len(self.messages(case))
            self.assertFalse(self.receive(subject=subject), subject)
            self.assertEqual(len(self.messages(case)), count + 1, subject)

    def test_those_who_have_to_do_with_it_may(self):
        case = self.open_case()
        case.message_subscribe(partner_ids=self.agent.partner_id.ids)
        self.agent.email = 'agent@ours.example.com'
        for sender in (
            'ben@brook.example.com',
            'office@brook.example.com',
            'somebody.new@brook.example.com',
            'agent@ours.example.com',
        ):
            self.assertFalse(self.receive(sender=sender, subject=case.number), sender)
        self.assertEqual(len(self.messages(case)), 5)

    def test_anybody_else_gets_a_case_of_their_own(self):
        case = self.open_case()
        for sender in ('sten@strange.example.com', 'bea@brook.example.com.evil.example'):
            made = self.receive(sender=sender, subject=f'Re: {case.number}')
            self.assertEqual(len(made), 1, sender)
        self.assertEqual(len(self.messages(case)), 1)

    def test_message_to_two_teams_joins_the_case_once(self):
        case = self.open_case()
        second = self.create_team('Second Aid', self.company)
        second.write({'alias_domain_id': self.mail_alias_domain.id, 'alias_name': 'second-aid'})
        to = f'{self.address}, {second.alias_full_name}'
        self.assertFalse(self.receive(subject=case.number, to=to))
        self.assertEqual(len(self.messages(case)), 2)
        self.close_days_ago(case, 30)
        self.assertEqual(len(self.receive(subject=case.number, to=to)), 1)
        self.assertEqual(len(self.receive(subject='Another lamp', to=to)), 2)

    def test_case_of_another_company_is_not_found(self):
        case = self.create_case(team_id=self.other_team.id)
        made = self.receive(subject=f'Re: {case.number}')
        self.assertEqual(made.team_id, self.team)

    def test_case_of_an_unknown_sender_is_only_theirs(self):
        case = self.open_case(sender='new@gmail.com')
        self.assertFalse(self.receive(sender='new@gmail.com', subject=case.number))
        self.assertTrue(self.receive(sender='other@gmail.com', subject=case.number))

    def test_reply_to_a_case_that_is_gone_stays_with_the_team_it_was_sent_to(self):
        self.other_team.write(
            {'alias_domain_id': self.mail_alias_domain.id, 'alias_name': 'far-away-test'}
        )
        case = self.receive(to=self.other_team.alias_full_name, message_id='<far@brook.example.com>')
        answer = case.message_post(body='Which bulb?', subtype_xmlid='mail.mt_comment')
        answer.write({'res_id': case.id + 1000})
        made = self.receive(
            to=self.other_team.alias_full_name, in_reply_to=answer.message_id
        )
        self.assertEqual(made.team_id, self.other_team)

    # ------------------------------------------------------------
    # LONG AFTER CLOSING
    # ------------------------------------------------------------

    def test_late_reply_begins_a_linked_case(self):
        case = self.open_case()
        case.sale_order_id = self.order
        self.close_days_ago(case, 15)
        made = self.reply(case)
        self.assertTrue(case.closed_date)
        self.assertEqual(made.previous_case_id, case)
        self.assertEqual(case.follow_up_ids, made)
        self.assertEqual(made.team_id, case.team_id)
        self.assertEqual(made.partner_id, self.contact)
        self.assertEqual(made.sale_order_id, self.order)
        self.assertEqual(len(self.messages(case)), 1)
        self.assertEqual(len(self.messages(made)), 1)

    def test_late_reply_by_number_begins_a_linked_case(self):
        case = self.open_case()
        self.close_days_ago(case, 15)
        self.assertEqual(self.receive(subject=case.number).previous_case_id, case)

    def test_reply_in_time_reopens(self):
        case = self.open_case()
        self.close_days_ago(case, 13)
        self.assertFalse(self.reply(case))
        self.assertFalse(case.closed_date)

    def test_team_says_how_long(self):
        case = self.open_case()
        self.close_days_ago(case, 13)
        self.team.reopen_days = 7
        self.assertEqual(self.reply(case).previous_case_id, case)
        self.team.reopen_days = 0
        self.assertFalse(self.reply(case))
        self.assertFalse(case.closed_date)

    def test_late_reply_of_a_colleague_stays_on_the_case(self):
        case = self.open_case()
        self.close_days_ago(case, 30)
        self.agent.email = 'agent@ours.example.com'
        self.assertFalse(self.reply(case, sender='agent@ours.example.com'))
        self.assertTrue(case.closed_date)

    def test_late_reply_of_another_customer_takes_no_document_along(self):
        case = self.open_case()
        case.sale_order_id = self.order
        self.close_days_ago(case, 30)
        made = self.reply(case, sender='sten@strange.example.com')
        self.assertEqual(made.previous_case_id, case)
        self.assertFalse(made.sale_order_id)

    def test_late_reply_in_the_portal_begins_a_linked_case(self):
        case = self.open_case()
        self.close_days_ago(case, 30)
        case.with_user(self.portal).message_post(
            body='Dark again.', message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        self.assertTrue(case.closed_date)
        made = case.follow_up_ids
        self.assertEqual(made.partner_id, self.contact)
        self.assertIn('Dark again.', made.description)
        self.assertFalse(made.user_id)

    # ------------------------------------------------------------
    # BY THE MAIL DOMAIN
    # ------------------------------------------------------------

    def find(self, email, company=None):
        return self.env['res.partner']._find_customer_by_domain(email, company or self.company)

    def test_sender_belongs_to_the_customer_with_the_domain(self):
        case = self.receive(sender='Site <site@brook.example.com>')
        self.assertEqual(case.partner_id, self.customer)
        self.assertEqual(case.email_normalized, 'site@brook.example.com')
        # what is answered is for the sender
        self.assertNotIn(self.customer, case.message_partner_ids)
        recipients = case._message_get_suggested_recipients()
        self.assertIn('site@brook.example.com', [to.get('email') for to in recipients])

    def test_acknowledgement_goes_to_the_sender_at_the_domain(self):
        self.team.acknowledgement_template_id = self.env.ref(
            'crm_plus_service.mail_template_acknowledgement'
        )
        self.receive(sender='Site <site@brook.example.com>')
        self.assertEqual(len(self._mails), 1)
        self.assertIn('site@brook.example.com', self._mails[0]['email_to'][0])

    def test_answering_makes_the_sender_a_contact_of_the_customer(self):
        case = self.receive(sender='Site <site@brook.example.com>')
        contact = self.answer_as_agent(case, 'Site', 'site@brook.example.com')
        self.assertEqual(case.partner_id, contact)
        self.assertEqual(contact.parent_id, self.customer)

    def test_website_tells_the_domain(self):
        partners = self.env['res.partner']
        tower = partners.create(
            {'name': 'Tower', 'is_company': True, 'website': 'https://WWW.Tower.example.com/shop'}
        )
        self.assertEqual(self.find('x@tower.example.com'), tower)
        self.assertFalse(self.find('x@www.tower.example.com'))
        self.assertFalse(self.find('x@tower.example.com.evil.example'))

    def test_domain_of_several_customers_tells_nothing(self):
        self.env['res.partner'].create(
            {'name': 'Other', 'is_company': True, 'email': 'x@brook.example.com'}
        )
        self.assertFalse(self.receive(sender='site@brook.example.com').partner_id)

    def test_people_without_a_company_do_not_own_a_domain(self):
        self.assertFalse(self.find('x@strange.example.com'))

    def test_customers_of_another_company_do_not_count(self):
        far_customer = self.env['res.partner'].create(
            {
                'name': 'Far Brook',
                'is_company': True,
                'email': 'office@farbrook.example.com',
                'company_id': self.other_company.id,
            }
        )
        self.assertFalse(self.find('site@farbrook.example.com'))
        self.assertEqual(self.find('site@farbrook.example.com', self.other_company), far_customer)

    def test_our_own_company_is_no_customer(self):
        self.company.partner_id.write({'email': 'info@ours-alone.example', 'is_company': True})
        self.assertFalse(self.find('new@ours-alone.example'))

    def test_public_domains_tell_nothing(self):
        self.customer.email = 'brook@gmail.com'
        self.assertFalse(self.find('anybody@gmail.com'))
        self.customer.email = 'brook@mail.village.example'
        self.assertTrue(self.find('anybody@mail.village.example'))
        self.env['service.public.domain'].with_user(self.manager).create(
            {'name': ' @Mail.Village.example'}
        )
        self.assertFalse(self.find('anybody@mail.village.example'))
        self.assertFalse(
            self.env['service.public.domain'].with_user(self.agent).has_access('write')
        )

    # ------------------------------------------------------------
    # WHO ELSE FOLLOWS
    # ------------------------------------------------------------

    def test_copied_contacts_follow(self):
        self.agent.email = 'agent@ours.example.com'
        self.accountant.email = 'accountant@ours.example.com'
        case = self.open_case(
            headers=[
                (
                    'Cc',
                    'ben@brook.example.com, agent@ours.example.com, sten@strange.example.com, '
                    f'accountant@ours.example.com, {self.address}',
                )
            ]
        )
        self.assertIn(self.colleague, case.message_partner_ids)
        self.assertIn(self.agent.partner_id, case.message_partner_ids)
        self.assertNotIn(self.stranger, case.message_partner_ids)
        self.assertNotIn(self.accountant.partner_id, case.message_partner_ids)
        self.assertIn('sten@strange.example.com', case.email_cc)

    def test_team_says_who_follows(self):
        copied = [('Cc', 'ben@brook.example.com, sten@strange.example.com')]
        for choice, followers in {
            'customer': self.colleague,
            'known': self.colleague | self.stranger,
            'nobody': self.env['res.partner'],
        }.items():
            with self.subTest(choice=choice):
                self.team.copied_follow = choice
                case = self.receive(headers=copied)
                known = self.colleague | self.stranger
                self.assertEqual(case.message_partner_ids & known, followers)

    def test_contacts_copied_later_follow(self):
        case = self.open_case()
        self.assertNotIn(self.colleague, case.message_partner_ids)
        self.reply(case, headers=[('Cc', 'ben@brook.example.com')])
        self.assertIn(self.colleague, case.message_partner_ids)
