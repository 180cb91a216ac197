from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .plan_common import AccountPlanCommon


@tagged('post_install', '-at_install')
class TestAccountPlan(AccountPlanCommon):
    """Plans with goals, phases and actions, from the draft to the evaluation."""

    def as_seller(self, records):
        return self.as_user(records, self.salesperson)

    # ------------------------------------------------------------
    # GOALS
    # ------------------------------------------------------------

    def test_a_goal_is_read_live(self):
        """The year before 80; 100 of 200 in half of the time; 60 more: 160."""
        self.make_order(self.customer, 80, self.day(250), user=self.salesperson)
        self.make_order(self.customer, 100, self.day(50), user=self.salesperson)
        goal = self.as_seller(self.make_goal('ordered', 200))
        self.assertEqual((goal.name, goal.period, goal.unit), ("Orders", 'plan', 'money'))
        self.assertEqual((goal.status, goal.start_known), ('planned', False))
        self.as_seller(self.plan).action_start()
        self.assertEqual((goal.start_value, goal.value, goal.gap), (80, 100, 100))
        self.assertAlmostEqual(goal.progress, 50)
        self.assertAlmostEqual(goal.time_progress, 50)
        self.assertEqual(goal.status, 'on_track')
        self.make_order(self.customer, 60, self.day(5), user=self.salesperson)
        goal.invalidate_recordset()
        self.assertEqual((goal.value, goal.gap), (160, 40))
        self.assertEqual(goal.start_value, 80, "kept as it was")
        action = goal.action_open_records()
        self.assertEqual(
            self.as_seller(self.env[action['res_model']]).search_count(action['domain']), 2)

    def test_a_rate_moves_from_its_start(self):
        """Half was won in the year before; of the last 12 months, too, all but one."""
        self.closed_lead(130, won=True)
        self.closed_lead(140, won=False)
        goal = self.as_seller(self.make_goal('win_rate', 90))
        self.as_seller(self.plan).action_start()
        self.assertEqual((goal.start_value, goal.value, goal.period), (50, 50, 'year'))
        self.assertEqual((goal.progress, goal.status), (0, 'behind'))
        self.closed_lead(1, won=True)
        self.closed_lead(2, won=True)
        goal.invalidate_recordset()
        self.assertEqual(goal.value, 75)
        self.assertAlmostEqual(goal.progress, 62.5)
        self.assertEqual(goal.status, 'on_track')
        self.assertEqual((goal.value_text, goal.gap_text), ("75 %", "15 %"))

    def test_a_goal_by_hand(self):
        goal = self.as_seller(self.make_goal(
            'manual', 2, name="Open complaints", manual_value=10, unit_name="complaints"))
        self.assertTrue(goal.lower)
        self.as_seller(self.plan).action_start()
        goal.manual_value = 5
        self.assertEqual((goal.start_value, goal.value, goal.gap), (10, 5, 3))
        self.assertAlmostEqual(goal.progress, 62.5)
        self.assertEqual(goal.value_text, "5 complaints")
        with self.assertRaisesRegex(UserError, "entered by hand"):
            goal.action_open_records()

    def test_what_cannot_be_measured_says_why(self):
        goal = self.as_user(self.make_goal('ordered', 10), self.viewer, self.company)
        self.assertFalse(goal.value_known)
        self.assertEqual((goal.value_text, goal.measure_note), ("–", "You may not see orders."))
        with self.assertRaisesRegex(UserError, "You may not see orders"):
            goal.action_open_records()
        never = self.as_seller(self.make_goal('win_rate', 50))
        self.assertIn("nothing yet", never.measure_note)

    def test_a_goal_added_later_keeps_what_it_was_then(self):
        self.make_goal('revenue', 100)
        self.as_seller(self.plan).action_start()
        self.make_order(self.customer, 70, self.day(250), user=self.salesperson)
        late = self.as_seller(self.env['crm.account.plan.goal']).create({
            'plan_id': self.plan.id, 'measure': 'ordered', 'target_value': 10})
        self.assertEqual((late.start_value, late.start_known), (70, True))
        late.measure = 'margin'
        self.assertEqual(late.start_value, 70, "nothing is known of its cost")

    def test_nobody_types_in_what_is_measured(self):
        self.make_goal('ordered', 10)
        plan = self.as_seller(self.plan)
        for record, values in (
            (plan, {'state': 'evaluated'}), (plan, {'reached': 100}),
            (plan.goal_ids, {'start_value': 5}),
        ):
            with self.assertRaisesRegex(UserError, "nobody types that in"):
                record.write(values)
        forged = self.as_seller(self.env['crm.account.plan.goal']).with_context(
            default_start_known=True,
        ).create({
            'plan_id': plan.id, 'measure': 'ordered', 'target_value': 1, 'start_value': 9})
        self.assertEqual((forged.start_value, forged.start_known), (0, False))

    def test_goals_that_make_no_sense(self):
        for measure, target, values, message in (
            ('ordered', -1, {}, "negative"),
            ('win_rate', 120, {}, "between 0 and 100"),
            ('ordered', 1, {'date_target': self.day(-200)}, "in the time of its plan"),
        ):
            with self.subTest(message=message), self.assertRaisesRegex(ValidationError, message):
                self.make_goal(measure, target, **values)

    def test_goals_are_found_by_how_they_stand(self):
        done, behind = self.make_goal('manual', 5, name="A"), self.make_goal('manual', 5, name="B")
        self.as_seller(self.plan).action_start()
        done.manual_value = 5
        goals = self.as_seller(self.env['crm.account.plan.goal'])
        ours = [('plan_id', '=', self.plan.id)]
        self.assertEqual(goals.search([*ours, ('status', '=', 'reached')]), done)
        self.assertEqual(goals.search([*ours, ('status', 'in', ('behind', 'missed'))]), behind)
        self.assertEqual(goals.search([*ours, ('status', '!=', 'reached')]), behind)

    def test_many_goals_cost_as_much_as_few(self):
        plans = self.plan
        for number in range(9):
            customer = self.env['res.partner'].create({
                'name': f"Customer {number}", 'is_company': True})
            plans |= self.make_plan(self.env['crm.key.account'].create({
                'partner_id': customer.id, 'company_id': self.company.id}))
            self.make_order(customer, 10, self.day(5))
        for plan in plans:
            for measure in ('ordered', 'revenue', 'win_rate'):
                self.make_goal(measure, 50, plan=plan)
        plans.action_start()
        names = ['name', 'value', 'status', 'progress', 'value_text', 'gap_text', 'partner_id']
        ids = plans.goal_ids.ids
        goals = self.as_user(self.env['crm.account.plan.goal'], self.manager, self.company)
        goals.browse(ids).read(names)
        few = self.cost(lambda: goals.browse(ids[:3]).read(names))
        self.assertEqual(self.cost(lambda: goals.browse(ids).read(names)), few)
        names = ['name', 'progress', 'behind_count', 'open_action_count', 'time_progress']
        plans = self.as_user(plans, self.manager, self.company)
        plans.read(names)
        few = self.cost(lambda: plans[:1].read(names))
        self.assertEqual(self.cost(lambda: plans.read(names)), few)

    # ------------------------------------------------------------
    # PLANS
    # ------------------------------------------------------------

    def test_a_new_plan_covers_the_fiscal_year(self):
        self.company.write({'fiscalyear_last_month': '6', 'fiscalyear_last_day': 30})
        with Form(self.as_seller(self.env['crm.account.plan'])) as form:
            form.account_id = self.account
            year = form.date_end.year
        plan = form.record
        self.assertEqual((plan.date_start.month, plan.date_end.month), (7, 6))
        self.assertEqual(plan.name, f"Account plan {year - 1}–{year}")
        self.assertEqual(plan.user_id, self.salesperson)

    def test_starts_once_and_with_goals(self):
        plan = self.as_seller(self.plan)
        with self.assertRaisesRegex(UserError, "at least one goal"):
            plan.action_start()
        self.make_goal('ordered', 10)
        plan.action_start()
        with self.assertRaisesRegex(UserError, "started already"):
            plan.action_start()
        plan.action_back_to_draft()
        self.assertEqual((plan.state, plan.goal_ids.start_known), ('draft', False))

    def test_what_stands_in_a_plan_lies_in_its_time(self):
        phase = {'name': "Phase", 'plan_id': self.plan.id}
        for start, end in ((110, 50), (50, -150)):
            with self.assertRaisesRegex(ValidationError, "lies in the time of its plan"):
                self.env['crm.account.plan.phase'].create(
                    {**phase, 'date_start': self.day(start), 'date_end': self.day(end)})
        self.env['crm.account.plan.phase'].create(
            {**phase, 'date_start': self.day(100), 'date_end': self.day(50)})
        with self.assertRaises(ValidationError):
            self.plan.date_start = self.day(90)

    def test_the_copy_is_the_plan_of_the_time_that_follows(self):
        plan = self.make_plan(
            self.account, name="Plan", date_start='2026-01-01', date_end='2026-12-31',
            phase_ids=[Command.create({
                'name': "Second half", 'date_start': '2026-07-01', 'date_end': '2026-12-31'})])
        self.make_goal('ordered', 10, plan=plan)
        copy = self.as_seller(plan).copy()
        dates = [fields.Date.to_string(day) for record in (copy, copy.phase_ids) for day in (
            record.date_start, record.date_end)]
        self.assertEqual(dates, ['2027-01-01', '2027-12-31', '2027-07-01', '2027-12-31'])
        self.assertEqual((copy.state, copy.name), ('draft', "Account plan 2027"))
        self.assertEqual(copy.goal_ids.date_target, copy.date_end)

    def test_how_the_plan_stands_by_the_weight_of_its_goals(self):
        """All of what weighs 1, a quarter of what weighs 3: 43.75 per cent."""
        self.make_goal('manual', 4, name="A")
        self.make_goal('manual', 4, name="B", weight=3)
        self.make_goal('win_rate', 50, name="Not measured", weight=7)
        plan = self.as_seller(self.plan)
        plan.action_start()
        plan.goal_ids[0].manual_value = 4
        plan.goal_ids[1].manual_value = 1
        self.assertAlmostEqual(plan.progress, 43.75)
        self.assertEqual((plan.reached_count, plan.on_track_count, plan.behind_count), (1, 0, 1))
        self.assertAlmostEqual(plan.time_progress, 50)

    def test_the_account_shows_its_current_plan(self):
        account = self.as_seller(self.account)
        self.assertEqual(account.plan_id, self.plan)
        self.make_goal('ordered', 10)
        self.plan.action_start()
        later = self.make_plan(self.account, date_start=self.day(-101), date_end=self.day(-300))
        self.assertEqual(account.plan_id, self.plan, "the one that runs")
        self.assertEqual(account.plan_goal_ids, self.plan.goal_ids)
        self.plan.action_cancel()
        self.assertEqual((account.plan_id, account.plan_count), (later, 2))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def start(self):
        self.make_goal('manual', 10, name="Goal")
        self.as_seller(self.plan).action_start()

    def test_owners_get_an_activity_as_soon_as_the_plan_runs(self):
        action = self.as_seller(self.make_action(self.colleague))
        self.assertFalse(action.activity_ids)
        self.start()
        activity = action.activity_ids
        self.assertEqual(
            (activity.user_id, activity.date_deadline, activity.summary),
            (self.colleague, self.day(-10), "Do"))
        action.write({'date_deadline': self.day(-20), 'user_id': self.lead_seller.id})
        self.assertEqual(action.activity_ids, activity)
        self.assertEqual(
            (activity.user_id, activity.date_deadline), (self.lead_seller, self.day(-20)))
        self.plan.action_cancel()
        self.assertFalse(activity.exists())

    def test_who_does_the_activity_has_done_the_action(self):
        """Also somebody who may read the plan only; and the other way round."""
        ours, theirs = self.make_action(self.salesperson), self.make_action(self.viewer)
        self.start()
        self.as_user(theirs.activity_ids, self.viewer, self.company).action_feedback("Done")
        self.assertEqual((theirs.state, theirs.date_done), ('done', self.today))
        self.assertFalse(theirs.activity_ids)
        self.as_seller(ours).action_done()
        self.assertFalse(ours.activity_ids)
        ours.state = 'todo'
        self.assertEqual(len(ours.activity_ids), 1)
        self.assertFalse(ours.date_done)

    def test_overdue_actions(self):
        late = self.make_action(self.salesperson, date_deadline=self.day(1))
        self.make_action(self.salesperson)
        self.make_action(self.salesperson, date_deadline=self.day(1), state='done')
        self.assertEqual(
            (self.plan.action_count, self.plan.open_action_count, self.plan.late_action_count),
            (3, 2, 1))
        actions = self.as_seller(self.env['crm.account.plan.action'])
        ours = [('plan_id', '=', self.plan.id)]
        self.assertEqual(actions.search([*ours, ('is_late', '=', True)]), late)
        self.assertEqual(len(actions.search([*ours, ('is_late', '=', False)])), 2)

    def test_an_action_serves_its_own_plan(self):
        other = self.make_plan(self.account)
        goal = self.make_goal('ordered', 1, plan=other)
        with self.assertRaisesRegex(ValidationError, "another plan"):
            self.make_action(self.salesperson, goal_id=goal.id)

    def test_a_deleted_account_leaves_no_activities(self):
        action = self.make_action(self.colleague)
        self.start()
        activities = action.activity_ids | self.plan.activity_ids
        self.assertEqual(len(activities), 2)
        self.as_user(self.account, self.manager, self.company).unlink()
        self.assertFalse(activities.exists() or self.plan.exists())

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def parts(self, plan):
        """A record of each model that belongs to the plan."""
        phase = self.env['crm.account.plan.phase'].create({
            'name': "Phase", 'plan_id': plan.id, 'date_start': plan.date_start,
            'date_end': plan.date_end})
        action = self.env['crm.account.plan.action'].create({
            'name': "Do", 'plan_id': plan.id, 'user_id': self.manager.id,
            'date_deadline': self.today})
        return [
            plan, self.make_goal('ordered', 10, plan=plan), phase, action,
            self.env['crm.account.plan.review'].create({'plan_id': plan.id}),
        ]

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_reads_and_who_changes(self):
        for record in self.parts(self.plan):
            for user, reads, writes in (
                (self.salesperson, True, True), (self.colleague, True, False),
                (self.lead_seller, True, True), (self.manager, True, True),
                (self.viewer, True, False), (self.outsider, False, False),
            ):
                with self.subTest(model=record._name, user=user.login):
                    record_of_user = self.as_user(record, user, self.company)
                    self.assertEqual(record_of_user.has_access('read'), reads)
                    self.assertEqual(record_of_user.has_access('write'), writes)

    def test_an_owner_changes_the_action_and_nothing_else(self):
        action = self.as_user(self.make_action(self.colleague), self.colleague)
        action.state = 'doing'
        with self.assertRaises(AccessError):
            action.plan_id.name = "Mine"

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_another_company_stays_closed(self):
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company_b.id})
        for record in self.parts(self.make_plan(account)):
            with self.subTest(model=record._name):
                ours = self.as_user(record, self.salesperson)
                self.assertFalse(ours.has_access('read'))
                self.assertFalse(ours.search([('id', '=', record.id)]))
                self.assertFalse(
                    self.as_user(record, self.lead_seller, self.company).has_access('write'))
                self.assertTrue(
                    self.as_user(record, self.lead_seller, self.company_b).has_access('write'))

    def test_merged_customers_keep_their_plans(self):
        double = self.env['res.partner'].create({'name': "Double", 'is_company': True})
        twin = self.make_plan(self.env['crm.key.account'].create({
            'partner_id': double.id, 'company_id': self.company.id}))
        goal = self.make_goal('ordered', 10, plan=twin)
        self.env['base.partner.merge.automatic.wizard'].with_user(self.manager).sudo()._merge(
            (double | self.customer).ids, self.customer)
        self.assertEqual((twin.account_id, twin.partner_id), (self.account, self.customer))
        self.assertEqual((goal.account_id, goal.partner_id), (self.account, self.customer))

    def test_months_of_reviews(self):
        """A plan of a year is looked at each quarter, in the end evaluated."""
        plan = self.make_plan(
            self.account, date_start=self.day(0), date_end=self.today + relativedelta(
                years=1, days=-1))
        self.assertFalse(plan.next_review_date)
        self.make_goal('ordered', 10, plan=plan)
        plan.action_start()
        self.assertEqual(plan.next_review_date, self.today + relativedelta(months=3))
        plan.review_months = 12
        self.assertEqual(plan.next_review_date, plan.date_end)
