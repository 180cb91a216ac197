"""A policy tells which open cases it fits before it promises anything on them."""

import random

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .entitlement_common import NOW, EntitlementCommon


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestPolicyPreview(EntitlementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.resolution_hours = 0
        cls.second_team = cls.create_team('Second Aid', cls.company, resolution_hours=0)
        cls.types = cls.env['service.case.type'].create([{'name': 'One'}, {'name': 'Two'}])
        cls.tags = cls.env['service.case.tag'].create([{'name': 'Hot'}, {'name': 'Cold'}])
        cls.tiers = cls.env['crm.customer.tier'].create([{'name': 'Upper'}, {'name': 'Lower'}])
        cls.customer.with_company(cls.company).customer_tier_id = cls.tiers[0]
        cls.stranger.with_company(cls.company).customer_tier_id = cls.tiers[1]
        categories = cls.env['product.category']
        light = categories.create({'name': 'Light'})
        lamps = categories.create({'name': 'Lamps', 'parent_id': light.id})
        other = categories.create({'name': 'Other'})
        cls.categories = light | lamps | other
        cls.products = cls.env['product.product'].create([
            {'name': category.name, 'categ_id': category.id} for category in cls.categories])
        cls.cheap = cls.env['product.product'].create({
            'name': 'Care Less', 'type': 'service', 'is_service_contract': True})
        cls.sell(cls.contract_product)
        cls.sell(cls.cheap, partner=cls.stranger)

    def create_policy(self, **values):
        return self.env['service.policy'].create({
            'name': 'Policy', 'company_id': self.company.id, 'target_ids': [
                Command.create({'kind': 'first_response', 'hours': 4})], **values})

    def test_counts_what_it_fits(self):
        """Of random policies and cases, the domain and the policy itself say the same."""
        chance = random.Random(19)

        def some(records):
            return chance.sample(records.ids, chance.randint(0, 1))

        def one(records):
            return chance.choice([False, *records.ids])

        cases = self.env['service.case'].create([
            {
                'name': str(number), 'user_id': False,
                'team_id': chance.choice(
                    (self.team | self.second_team | self.other_team).ids),
                'type_id': one(self.types), 'priority': chance.choice('0123'),
                'tag_ids': [Command.set(some(self.tags))],
                'partner_id': one(self.contact | self.stranger),
                'product_id': one(self.products),
            }
            for number in range(60)
        ])
        cases[:5].action_close()
        fitted = set()
        for number in range(80):
            low, high = sorted(chance.choices('0123', k=2))
            values = {
                'team_ids': some(self.team | self.second_team), 'type_ids': some(self.types),
                'priority': chance.choice((False, low)),
                'highest_priority': chance.choice((False, high)),
                'tag_ids': some(self.tags) if number % 3 == 0 else [],
                'tier_ids': some(self.tiers) if number % 3 == 1 else [],
                'response_class_ids': some(self.gold) if number % 4 == 2 else [],
                'contract_product_ids': some(
                    (self.contract_product | self.cheap).product_tmpl_id)
                if number % 4 == 3 else [],
                'product_category_ids': some(self.categories) if number % 2 == 0 else [],
            }
            policy = self.env['service.policy'].create({
                'name': str(number), 'company_id': self.company.id, 'active': False, **{
                    name: [Command.set(value)] if isinstance(value, list) else value
                    for name, value in values.items()}})
            rule, = policy._select_rules(SQL('id = %s', policy.id))
            fitting = cases.filtered(lambda case, rule=rule: (
                case.company_id == self.company and not case.closed_date and rule.fits(case)))
            found = self.env['service.case'].search(policy._get_case_domain())
            self.assertEqual(found & cases, fitting, values)
            fitted.add(len(fitting))
        self.assertGreater(len(fitted), 5, 'the policies differ in what they fit')

    def test_says_so_while_it_is_written(self):
        self.create_case(priority='3')
        self.create_case()
        form = Form(self.env['service.policy'].with_user(self.manager))
        form.name = 'Urgent'
        form.team_ids.add(self.team)
        self.assertEqual(form.fitting_case_count, 2)
        form.priority = '2'
        self.assertEqual(form.fitting_case_count, 1)

    def test_nothing_is_promised_before_it_is_unarchived(self):
        case = self.create_case(team_id=self.second_team.id)
        policy = self.create_policy(active=False, team_ids=self.second_team.ids)
        self.assertEqual(policy.fitting_case_count, 1)
        self.assertFalse(case.target_ids)
        action = policy.with_user(self.manager).action_open_fitting_cases()
        self.assertEqual(self.env['service.case'].search(action['domain']), case)
        policy.active = True
        self.assertEqual(case.target_ids.outcome, 'open')
        policy.active = False
        self.assertEqual(case.target_ids.outcome, 'withdrawn', 'it can be undone')

    def test_contract_of_a_product(self):
        policy = self.create_policy(
            contract_product_ids=self.contract_product.product_tmpl_id.ids)
        fits = self.create_case()
        self.assertEqual(fits.target_ids.policy_target_id, policy.target_ids)
        self.assertFalse(self.create_case(partner_id=self.stranger.id).target_ids)
        self.sell(self.contract_product, '2024-01-01', partner=self.stranger)
        self.assertFalse(
            self.create_case(partner_id=self.stranger.id).target_ids, 'that contract has ended')

    def test_only_cases_that_the_reader_may_see_are_counted(self):
        self.create_case(team_id=self.other_team.id)
        policy = self.env['service.policy'].create({
            'name': 'Far', 'company_id': self.other_company.id, 'active': False})
        self.assertGreater(policy.fitting_case_count, 0)
        with self.assertRaises(AccessError):
            policy.with_user(self.manager).read(['fitting_case_count'])
