"""Trying out a case says what would become of it, opens none, and is right."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import format_datetime

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


@tagged('post_install', '-at_install')
@freeze_time(WEDNESDAY)
class TestTrial(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.env['service.agent'].with_context(active_test=False).search([]).unlink()
        cls.tag = cls.env['service.case.tag'].create({'name': 'Hot'})
        cls.policy = cls.env['service.policy'].create({
            'name': 'Hot <Cases>', 'company_id': cls.company.id, 'tag_ids': cls.tag.ids,
            'target_ids': [
                Command.create({'kind': 'first_response', 'hours': 1.5}),
                Command.create({'kind': 'next_response', 'hours': 1}),
            ],
        })

    def form(self, user=None):
        form = Form(self.env['service.case.trial'].with_user(user or self.manager))
        form.team_id = self.team
        return form

    def test_whose_case_it_would_be(self):
        for sender, partner, text in (
            ('Bea <bea@brook.example.com>', self.contact, 'Bea Brook, by the address'),
            ('new@brook.example.com', self.customer, 'the only customer with the mail domain'),
            ('x@gmail.com', None, 'anybody can have an address at gmail.com'),
            ('x@nowhere.example.com', None, 'no contact has the address'),
            ('nonsense', None, 'no e-mail address'),
        ):
            with self.subTest(sender=sender):
                form = self.form()
                form.email_from = sender
                self.assertIn(text, form.sender_text)
                self.assertEqual(form.partner_id, partner or self.env['res.partner'])

    def test_what_would_be_promised_is_what_is_promised(self):
        cases = self.env['service.case'].search_count([])
        form = self.form()
        form.partner_id = self.contact
        self.assertIn('The team', form.promise_table)
        self.assertNotIn('Hot', form.promise_table)
        form.tag_ids.add(self.tag)
        self.assertIn('Hot &lt;Cases&gt;', form.promise_table)
        self.assertIn('1 h 30 min', form.promise_table)
        self.assertIn('Once the customer writes again', form.promise_table)
        form.opened_date = utc('2026-01-17 20:00')  # a Saturday
        trial = form.save()
        case = self.create_case(
            tag_ids=self.tag.ids, opened_date=utc('2026-01-17 20:00'))
        for target in case.target_ids:
            self.assertIn(
                format_datetime(trial.env, target.deadline, dt_format='short'),
                trial.promise_table)
        self.assertEqual(self.env['service.case'].search_count([]), cases + 1)

    def test_who_would_be_given_it(self):
        second = self.create_user('second', 'crm_plus_service.group_agent', self.company)
        self.team.member_ids |= second
        self.assertIn('by hand', self.form().agent_table)
        self.team.strategy = 'best_skill'
        skill = self.env['service.skill'].create({'name': 'Wiring'})
        kind = self.env['service.case.type'].create({
            'name': 'Short Circuit',
            'skill_ids': [Command.create({'skill_id': skill.id, 'level': '2'})]})
        form = self.form()
        self.assertIn('has no profile', form.agent_table)
        self.assertIn('Nobody now', form.agent_table)
        expert, _other = self.env['service.agent'].create([
            {'user_id': self.agent.id, 'company_id': self.company.id,
             'skill_ids': [Command.create({'skill_id': skill.id, 'level': '3'})]},
            {'user_id': second.id, 'company_id': self.company.id},
        ])
        form = self.form()
        form.type_id = kind
        self.assertIn('No: lacks a skill', form.agent_table)
        self.assertIn(f'{self.agent.name}. Why: Knows most', form.agent_table)
        self.assertEqual(self.create_case(type_id=kind.id).user_id, expert.user_id)

    def test_only_administrators_and_only_their_company(self):
        with self.assertRaises(AccessError):
            self.form(self.agent)
        trial = self.env['service.case.trial'].with_user(self.manager).create(
            {'team_id': self.team.id})
        with self.assertRaises(AccessError):
            trial.write({'team_id': self.other_team.id})
            trial.read(['promise_table'])
