from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestRules(ScoringCommon):
    """Rules as people write them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env['crm.lead'].create([
            {'name': f"Lead {number}", 'company_id': cls.company.id, 'priority': str(number % 2),
             'user_id': cls.salesperson.id}
            for number in range(4)
        ])
        cls.managed = cls.as_user(cls.rules, cls.manager, cls.company)

    def test_conditions_that_cannot_be_used(self):
        for domain in (
            "[('nonsense', '=', 1)]", "[(", "[('priority', 'like', 3, 4)]", "'text'",
            "[('lead_score', '>', 5)]",
            "[('partner_id', 'any', [('opportunity_ids.lead_score_band', '=', 'hot')])]",
        ):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self.managed.create({'name': "Rule", 'domain': domain})

    def test_conditions_that_the_user_may_not_evaluate(self):
        field = self.env['crm.lead']._fields['referred']
        self.patch(field, 'groups', 'base.group_system')
        with self.assertRaises(ValidationError):
            self.managed.create({'name': "Rule", 'domain': "[('referred', '=', 'x')]"})

    def test_conditions_whose_field_is_gone_find_nothing(self):
        rule, other = self.make_rule(), self.make_rule()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_score_rule SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s", [rule.id])
        rule.invalidate_recordset()
        self.assertEqual(self.given(self.leads[0]), {other.id: 10})
        self.assertIn('gone', rule.problem)
        self.assertFalse(other.problem)

    def test_incomplete_rules(self):
        for values in (
            {'kind': 'customer', 'fact': 'tier'},
            {'kind': 'engagement', 'event': 'timeline'},
            {'kind': 'engagement', 'event': False},
            {'kind': 'customer', 'fact': False},
            {'kind': 'engagement', 'event': 'reply', 'points': 10, 'cap': 5},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.managed.create({'name': "Rule", **values})

    def test_cap_follows_the_points(self):
        with Form(self.managed) as form:
            form.name = "Rule"
            form.kind = 'engagement'
            form.points = 10
            self.assertEqual(form.cap, 30)
            form.cap = 15
            form.points = 12
            self.assertEqual(form.cap, 15)
            form.points = 20
            self.assertEqual(form.cap, 60)

    def test_used_rules_stay(self):
        rule, unused = self.make_rule(), self.make_rule(active=False)
        self.score(self.leads)
        unused.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            rule.with_user(self.manager).unlink()

    def test_copy(self):
        self.assertEqual(self.make_rule("Rule").copy().name, "Rule (copy)")

    def test_score_all_asks_the_scheduled_action(self):
        cron = self.env.ref('crm_plus.ir_cron_lead_scores')
        before = self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)])
        self.managed.action_score_all()
        self.assertEqual(
            self.env['ir.cron.trigger'].search_count([('cron_id', '=', cron.id)]), before + 1)

    # -- preview

    def test_preview_of_a_rule_that_is_being_written(self):
        self.make_rule(points=30, domain="[('name', '=', 'Lead 1')]")
        self.score(self.leads)
        # 100 for Lead 1, 0 for the others; with 10 of 40 points for the even ones 75, 25, 25, 0
        draft = self.managed.new({
            'name': "Draft", 'points': 10, 'domain': "[('priority', '=', '0')]",
            'company_id': self.company.id,
        })
        ids, matching, before, after = draft._preview()
        ours = self.leads.ids
        self.assertEqual(matching & set(ours), {ours[0], ours[2]})
        self.assertEqual([before[lead_id] for lead_id in ours],
                         [(0, 'cold'), (100, 'hot'), (0, 'cold'), (0, 'cold')])
        self.assertEqual([after[lead_id] for lead_id in ours],
                         [(25, 'cold'), (75, 'hot'), (25, 'cold'), (0, 'cold')])
        self.assertIn(f"Matches {len(matching)} of your {len(ids)} open leads.", draft.preview)
        changed = sum(before[lead_id] != after[lead_id] for lead_id in ids)
        self.assertIn(f"{changed} scores would change", draft.preview)
        self.assertFalse(self.rules.search_count([('name', '=', "Draft")]))

    def test_preview_of_a_change(self):
        rule = self.make_rule(points=30, domain="[('name', '=', 'Lead 1')]")
        self.make_rule(points=10)
        self.score(self.leads)
        draft = self.managed.browse(rule.id).new(origin=rule)
        draft.points = 90
        _ids, _matching, before, after = draft._preview()
        self.assertEqual([before[lead_id][0] for lead_id in self.leads.ids], [25, 100, 25, 25])
        self.assertEqual([after[lead_id][0] for lead_id in self.leads.ids], [10, 100, 10, 10])

    def test_preview_without_the_rule(self):
        rule = self.make_rule(points=30)
        self.make_rule(points=30, domain="[('name', '=', 'Lead 1')]")
        self.score(self.leads)
        draft = self.managed.browse(rule.id).new(origin=rule)
        draft.active = False
        _ids, _matching, _before, after = draft._preview()
        self.assertEqual([after[lead_id][0] for lead_id in self.leads.ids], [0, 100, 0, 0])

    def test_preview_of_events_and_facts(self):
        lead = self.leads[3]
        lead.partner_id = self.contact
        self.make_message(lead)
        self.make_invoice(self.contact, 10, '2020-01-01')
        for values in (
            {'kind': 'engagement', 'event': 'reply', 'half_life': 7, 'cap': 30},
            {'kind': 'customer', 'fact': 'customer'},
        ):
            with self.subTest(values):
                draft = self.managed.new({
                    'name': "Draft", 'points': 10, 'company_id': self.company.id, **values})
                self.assertEqual(draft._preview()[1] & set(self.leads.ids), {lead.id})

    def test_preview_stays_within_the_team(self):
        team = self.env['crm.team'].create({'name': "Team", 'company_id': self.company.id})
        self.leads[:2].team_id = team
        self.leads[2:].team_id = False
        draft = self.managed.new({
            'name': "Draft", 'points': 10, 'company_id': self.company.id,
            'team_ids': [Command.set(team.ids)]})
        _ids, matching, _before, after = draft._preview()
        self.assertEqual(matching & set(self.leads.ids), set(self.leads[:2].ids))
        self.assertEqual(after[self.leads[3].id], (None, None))

    def test_preview_queries_do_not_depend_on_the_number_of_leads(self):
        self.make_rule()
        self.score(self.leads)

        def count():
            self.env.invalidate_all()
            draft = self.managed.new({
                'name': "Draft", 'points': 10, 'company_id': self.company.id})
            before = self.cr.sql_log_count
            draft._preview()
            return self.cr.sql_log_count - before

        count()
        few = count()
        self.env['crm.lead'].create([
            {'name': "Lead", 'company_id': self.company.id} for _number in range(40)])
        self.assertEqual(count(), few)

    def test_preview_in_the_form(self):
        with Form(self.managed) as form:
            form.name = "Rule"
            self.assertIn("open leads", form.preview)
            form.domain = "[('nonsense', '=', 1)]"
            self.assertFalse(form.preview)
            self.assertIn('nonsense', form.problem)
            form.domain = "[]"

    def test_matching_leads(self):
        rule = self.make_rule(domain="[('priority', '=', '1')]")
        action = rule.with_user(self.manager).action_open_matching_leads()
        found = self.env['crm.lead'].search(action['domain'])
        self.assertEqual(found & self.leads, self.leads[1] | self.leads[3])
