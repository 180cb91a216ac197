"""Cases that belong together: parts of one, related ones, and those that look the same."""

import doctest

from odoo.addons.crm_plus_service.tools import similarity
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestRelations(ServiceCommon):
    # ------------------------------------------------------------
    # PARTS
    # ------------------------------------------------------------

    def test_progress_of_the_parts(self):
        parent = self.create_case('Move')
        parts = self.env['service.case'].union(
            *(self.create_case(f'Part {i}', parent_id=parent.id) for i in range(4)))
        self.assertEqual((parent.child_count, parent.open_child_count), (4, 4))
        parts[0].action_close()
        self.assertEqual((parent.open_child_count, parent.child_progress), (3, 0.25))

    def test_no_circles_and_no_other_company(self):
        parent = self.create_case('Move')
        child = self.create_case('Part', parent_id=parent.id)
        with self.assertRaisesRegex(ValidationError, 'part of itself'):
            parent.parent_id = child
        with self.assertRaises(UserError):
            self.create_case('Far', team_id=self.other_team.id, parent_id=parent.id)

    def test_closing_asks_for_the_open_parts(self):
        parent = self.create_case('Move').with_user(self.agent)
        child = self.create_case('Part', parent_id=parent.id)
        grandchild = self.create_case('Part of the part', parent_id=child.id)
        action = parent.action_close_asking()
        self.assertFalse(parent.closed_date)
        wizard = self.env['service.case.close'].with_user(self.agent).with_context(
            **action['context']).create({})
        self.assertEqual(wizard.part_ids, child | grandchild)
        wizard.action_close_only()
        self.assertTrue(parent.closed_date)
        self.assertFalse(child.closed_date)
        wizard.action_close_all()
        self.assertTrue(child.closed_date and grandchild.closed_date)

    def test_closing_without_open_parts_asks_nothing(self):
        case = self.create_case().with_user(self.agent)
        case.action_close_asking()
        self.assertTrue(case.closed_date)

    # ------------------------------------------------------------
    # RELATED
    # ------------------------------------------------------------

    def test_related_both_ways(self):
        one, two, three = (self.create_case(f'Case {i}').with_user(self.agent) for i in range(3))
        one.related_case_ids = two | three
        self.assertEqual(two.related_case_ids, one)
        two.related_case_ids |= three
        self.assertEqual(three.related_case_ids, one | two)
        two.related_case_ids -= one
        self.assertEqual(one.related_case_ids, three)
        self.assertEqual(two.related_case_ids, three)
        found = one.search([('related_case_ids', 'in', three.ids)])
        self.assertEqual(found, one | two)

    def test_related_within_the_company_only(self):
        case = self.create_case()
        with self.assertRaisesRegex(ValidationError, 'different companies'):
            case.related_case_ids = self.create_case(team_id=self.other_team.id)

    # ------------------------------------------------------------
    # SIMILAR
    # ------------------------------------------------------------

    def test_similarity_is_that_of_pg_trgm(self):
        self.assertEqual(doctest.testmod(similarity).failed, 0)

    def test_similar_open_cases_of_the_customer(self):
        case = self.create_case('Lamp does not light').with_user(self.agent)
        same = self.create_case('Re: Lamp does not light!', partner_id=self.colleague.id)
        close = self.create_case('The lamp does not light up')
        self.create_case('Invoice is wrong')
        self.create_case('Lamp does not light', partner_id=self.stranger.id)
        self.create_case('Lamp does not light', team_id=self.other_team.id)
        self.create_case('Lamp does not light').action_close()
        self.assertEqual(list(case.similar_case_ids), [same, close])

    def test_similar_cases_of_an_unknown_sender(self):
        values = {'partner_id': False, 'email_from': 'new@nowhere.example.com'}
        case = self.create_case(**values)
        other = self.create_case(**values)
        self.create_case(partner_id=False)
        self.assertEqual(case.similar_case_ids, other)

    def test_shown_while_a_new_case_is_written(self):
        other = self.create_case('Lamp does not light')
        with Form(self.env['service.case'].with_user(self.agent)) as form:
            form.name = 'Lamp does not light any more'
            form.partner_id = self.contact
            form.team_id = self.team
            self.assertEqual(form.similar_case_ids[:].ids, other.ids)

    def test_buttons(self):
        case, other = self.create_case(), self.create_case()
        row = other.with_user(self.agent).with_context(case_id=case.id)
        row.action_relate_to()
        self.assertEqual(case.related_case_ids, other)
        self.assertEqual(
            row.action_merge_with()['context']['default_case_ids'], [other.id, case.id])
