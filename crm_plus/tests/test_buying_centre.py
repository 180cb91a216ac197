from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestBuyingCentre(CrmPlusCommon):
    """Who is on the map, what it warns of, and when somebody was last in contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env['crm.key.account'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id,
            'user_id': cls.salesperson.id})
        cls.decides = cls.env.ref('crm_plus.buying_role_decides')
        cls.blocks = cls.env.ref('crm_plus.buying_role_blocks')
        cls.now = fields.Datetime.now()

    def put(self, contact, **values):
        return self.env['crm.account.role'].create({
            'account_id': self.account.id, 'contact_id': contact.id, **values})

    def map(self, user=None, **scope):
        self.env.invalidate_all()  # each look at the map is a request of its own
        return self.as_user(
            self.account, user or self.salesperson, self.company).get_buying_centre(**scope)

    def warnings(self, **scope):
        return {
            warning['key']: warning['card_ids'] for warning in self.map(**scope)['warnings']}

    def write_to(self, contact, user=None, **values):
        """A message on the contact, as a colleague writes it."""
        message = contact.with_user(user or self.manager).sudo().message_post(
            body="Hello", message_type='comment')
        message.write(values)
        return message

    # ------------------------------------------------------------
    # CARDS
    # ------------------------------------------------------------

    def test_roles_are_delivered(self):
        names = self.env['crm.buying.role'].search([]).mapped('name')
        self.assertEqual(names, [
            "Uses", "Buys", "Pays", "Supports", "Decides", "Influences", "Blocks"])

    def test_what_a_card_says(self):
        adviser = self.env['res.partner'].create({
            'name': "Adviser", 'is_company': False, 'parent_id': self.env['res.partner'].create({
                'name': "Engineers", 'is_company': True}).id})
        boss = self.put(self.contact, role_ids=self.decides.ids, influence='5', stance='-2')
        self.contact.function = "Head"
        self.put(adviser, manager_id=boss.id, user_id=self.colleague.id, relation='4',
                 is_placed=True, position_x=300, position_y=-20)
        head, outside = self.map()['cards']
        self.assertEqual(head['name'], "Contact One")
        self.assertEqual(head['function'], "Head")
        self.assertEqual([role['name'] for role in head['roles']], ["Decides"])
        self.assertEqual((head['influence'], head['stance'], head['relation']), (5, -2, 0))
        self.assertFalse(head['external'])
        self.assertFalse(head['user'])
        self.assertEqual(outside['company'], "Engineers")
        self.assertTrue(outside['external'])
        self.assertEqual(outside['manager_id'], boss.id)
        self.assertIsNone(outside['stance'])
        self.assertEqual(outside['user']['id'], self.colleague.id)
        self.assertEqual((outside['placed'], outside['x'], outside['y']), (True, 300, -20))

    def test_who_may_edit(self):
        self.assertTrue(self.map()['account']['can_edit'])
        self.assertTrue(self.map(self.manager)['account']['can_edit'])
        self.assertFalse(self.map(self.colleague)['account']['can_edit'])
        self.assertFalse(self.map(self.viewer)['account']['can_edit'])
        with self.assertRaises(AccessError):
            self.map(self.outsider)
        foreigner = new_test_user(
            self.env, 'crm_foreign', groups='sales_team.group_sale_manager',
            company_id=self.company_b.id, company_ids=self.company_b.ids)
        with self.assertRaises(AccessError):
            self.account.with_user(foreigner).get_buying_centre()

    def test_a_project_has_a_map_of_its_own(self):
        project = self.env['crm.procurement.project'].create({
            'name': "Line 2", 'account_id': self.account.id})
        general = self.put(self.contact, stance='1')
        below = self.put(self.other_contact, manager_id=general.id)
        special = self.put(self.contact, stance='-1', project_id=project.id)
        self.assertEqual([card['id'] for card in self.map()['cards']], [general.id, below.id])
        cards = {card['id']: card for card in self.map(project_id=project.id)['cards']}
        self.assertEqual(cards.keys(), {special.id, below.id})
        self.assertEqual(
            cards[below.id]['manager_id'], special.id, "the same person, as they stand here")
        self.assertEqual(self.map()['scopes'], [
            {'model': 'project', 'id': project.id, 'name': "Line 2"}])

    def test_an_opportunity_has_a_map_of_its_own(self):
        lead = self.make_lead(self.contact, 100, user_id=self.salesperson.id)
        hidden = self.make_lead(self.contact, 100, user_id=self.colleague.id)
        self.put(self.contact)
        special = self.put(self.contact, lead_id=lead.id)
        self.put(self.contact, lead_id=hidden.id)
        self.assertEqual(
            [card['id'] for card in self.map(lead_id=lead.id)['cards']], [special.id])
        self.assertEqual(
            [scope['id'] for scope in self.map()['scopes']], [lead.id],
            "of a colleague's opportunity not even the name")

    def test_reporting_lines_that_cannot_be(self):
        boss = self.put(self.contact)
        below = self.put(self.other_contact, manager_id=boss.id)
        with self.assertRaisesRegex(ValidationError, "report to themselves"):
            boss.manager_id = below
        other = self.env['crm.key.account'].create({'partner_id': self.stranger.id})
        stranger = self.env['crm.account.role'].create({
            'account_id': other.id, 'contact_id': self.stranger.id})
        with self.assertRaisesRegex(ValidationError, "same key account"):
            below.manager_id = stranger

    def test_each_person_once(self):
        self.put(self.contact)
        with self.assertRaisesRegex(ValidationError, "in this buying centre already"):
            self.put(self.contact)
        project, other = self.env['crm.procurement.project'].create([
            {'name': "One", 'account_id': self.account.id},
            {'name': "Two", 'account_id': self.account.id},
        ])
        self.put(self.contact, project_id=project.id)
        self.put(self.contact, project_id=other.id)
        with self.assertRaisesRegex(ValidationError, "already"):
            self.put(self.contact, project_id=project.id)

    def test_two_people_edit_different_things_of_a_card(self):
        """What is written is what was changed: the other's change of the same card stays."""
        role = self.put(self.contact)
        role.with_user(self.salesperson).write(
            {'is_placed': True, 'position_x': 40, 'position_y': 60})
        role.with_user(self.manager).write({'manager_id': self.put(self.other_contact).id})
        self.assertEqual((role.position_x, role.position_y), (40, 60))
        self.assertTrue(role.manager_id)
        with self.assertRaisesRegex(ValidationError, "too far"):
            role.position_x = 10 ** 7

    # ------------------------------------------------------------
    # WARNINGS
    # ------------------------------------------------------------

    def test_nothing_to_warn_of_on_an_empty_map(self):
        self.assertEqual(self.warnings(), {})

    def test_no_decision_maker(self):
        role = self.put(self.contact)
        self.put(self.other_contact)
        self.assertIn('decider', self.warnings())
        role.role_ids = self.decides
        self.assertNotIn('decider', self.warnings())

    def test_only_one_person(self):
        role = self.put(self.contact)
        self.assertEqual(self.warnings()['single'], role.ids)
        self.assertIn("Contact One", next(
            warning['text'] for warning in self.map()['warnings'] if warning['key'] == 'single'))
        self.put(self.other_contact)
        self.assertNotIn('single', self.warnings())

    def test_blockers_without_anyone(self):
        opponent = self.put(self.contact, stance='-2')
        blocker = self.put(self.other_contact, role_ids=self.blocks.ids)
        self.assertEqual(self.warnings()['blocker'], (opponent | blocker).ids)
        opponent.user_id = self.salesperson
        self.assertEqual(self.warnings()['blocker'], blocker.ids)
        blocker.user_id = self.salesperson
        self.assertNotIn('blocker', self.warnings())

    def test_silence(self):
        important = self.put(self.contact, influence='4')
        other = self.put(self.other_contact, influence='2')
        self.assertEqual(self.warnings()['silence'], (important | other).ids)
        self.write_to(self.other_contact)
        found = self.warnings()
        self.assertNotIn('silence', found)
        self.assertEqual(found['silence_matter'], important.ids)
        self.write_to(self.contact, date=self.now - timedelta(days=91))
        self.assertEqual(self.warnings()['silence_matter'], important.ids)
        self.company.key_account_contact_days = 120
        self.assertNotIn('silence_matter', self.warnings())
        self.company.key_account_contact_days = 30
        self.assertIn('silence_matter', self.warnings())
        self.company.key_account_contact_days = 0
        self.assertFalse({'silence', 'silence_matter'} & self.warnings().keys())

    # ------------------------------------------------------------
    # LAST CONTACT
    # ------------------------------------------------------------

    def last(self, user=None, contact=None):
        role = self.account.role_ids.filtered(
            lambda role: role.contact_id == (contact or self.contact))
        role.invalidate_recordset(['last_contact_date'])
        return self.as_user(role, user or self.manager, self.company).last_contact_date

    def test_meetings_count_for_everybody_invited(self):
        self.put(self.contact)
        self.put(self.other_contact)
        self.make_meeting(self.contact | self.other_contact, '2024-03-01 09:00:00')
        for contact in self.contact | self.other_contact:
            self.assertEqual(
                fields.Datetime.to_string(self.last(contact=contact)), '2024-03-01 09:00:00')
        self.make_meeting(self.contact, fields.Datetime.to_string(self.now + timedelta(days=9)))
        self.assertEqual(
            fields.Datetime.to_string(self.last()), '2024-03-01 09:00:00', "not yet")

    def test_private_meetings_of_others_tell_nothing(self):
        self.put(self.contact)
        self.make_meeting(self.contact, privacy='private')
        self.assertFalse(self.last(self.colleague))
        self.assertTrue(self.last(self.salesperson))

    def test_messages_on_the_contact_and_by_the_contact(self):
        self.put(self.contact)
        self.put(self.other_contact)
        message = self.write_to(self.contact)
        self.assertEqual(self.last(), message.date)
        lead = self.make_lead(self.contact, 10, user_id=self.salesperson.id)
        answer = lead.message_post(
            body="Yes", message_type='email', author_id=self.other_contact.id)
        self.assertEqual(self.last(contact=self.other_contact), answer.date)
        self.assertFalse(
            self.last(self.colleague, self.other_contact),
            "written on an opportunity that the colleague may not read")

    def test_as_many_queries_for_many_people_as_for_few(self):
        def cost():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.map()
            return self.env.cr.sql_log_count - before

        def people(count):
            contacts = self.env['res.partner'].create([
                {'name': f"Person {number}", 'parent_id': self.customer.id}
                for number in range(count)])
            boss = self.put(contacts[0], role_ids=self.decides.ids, user_id=self.colleague.id)
            for contact in contacts[1:]:
                self.put(contact, manager_id=boss.id, role_ids=self.blocks.ids,
                         user_id=self.colleague.id)
                self.make_meeting(contact)
        people(3)
        cost()
        few = cost()
        people(27)
        cost()
        self.assertEqual(cost(), few)
