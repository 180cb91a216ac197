from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .process_common import ProcessCommon


@tagged('post_install', '-at_install')
class TestStageActions(ProcessCommon):
    """What starts when opportunities enter a stage."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tag = cls.env['crm.tag'].create({'name': "Hot"})
        cls.lead_model = cls.env['ir.model']._get('crm.lead')

    def server_action(self, **values):
        return self.env['ir.actions.server'].create({
            'name': "Count", 'model_id': self.lead_model.id, 'state': 'code',
            'code': "for lead in records: lead.write({'color': lead.color + 1})", **values})

    def action(self, stage, **values):
        if 'kind' not in values:
            values.update(kind='server', server_action_id=self.server_action().id)
        return self.env['crm.stage.action'].create({
            'name': "Action", 'stage_id': stage.id, **values})

    def move(self, leads, stage, user=None):
        leads.with_user(user or self.salesperson).write({'stage_id': stage.id})

    def test_activity_plan(self):
        plan = self.env['mail.activity.plan'].create({
            'name': "Offer", 'res_model': 'crm.lead', 'template_ids': [
                Command.create({'summary': "Calculate", 'responsible_type': 'on_demand'}),
                Command.create({
                    'summary': "Check", 'responsible_type': 'other',
                    'responsible_id': self.manager.id}),
            ],
        })
        self.action(self.second, kind='plan', plan_id=plan.id)
        leads = self.lead("One") | self.lead("Two", user_id=self.colleague.id)
        self.move(leads, self.second, self.manager)
        for lead in leads:
            self.assertEqual(
                [(activity.summary, activity.user_id) for activity in
                 lead.activity_ids.sorted('id')],
                [("Calculate", lead.user_id), ("Check", self.manager)])

    def test_mail(self):
        template = self.env['mail.template'].create({
            'name': "Welcome", 'model_id': self.lead_model.id,
            'subject': "About {{ object.name }}", 'body_html': "<p>Hello</p>",
            'partner_to': '{{ object.partner_id.id }}', 'use_default_to': False,
        })
        self.action(self.second, kind='mail', mail_template_id=template.id)
        leads = self.lead("One") | self.lead("Two")
        self.move(leads, self.second)
        mails = self.env['mail.mail'].search([
            ('model', '=', 'crm.lead'), ('res_id', 'in', leads.ids)])
        self.assertEqual(set(mails.mapped('subject')), {"About One", "About Two"})

    def test_mail_keeps_to_the_purpose_of_its_template(self):
        purpose = self.env['crm.consent.purpose'].create({'name': "News", 'text': "News?"})
        self.company.mass_mail_purpose_id = purpose
        template = self.env['mail.template'].create({
            'name': "Welcome", 'model_id': self.lead_model.id, 'auto_delete': False,
            'subject': "Welcome", 'body_html': "<p>Hello</p>",
            'partner_to': '{{ object.partner_id.id }}', 'use_default_to': False,
        })
        self.action(self.second, kind='mail', mail_template_id=template.id)

        def states(lead):
            self.move(lead, self.second)
            return self.env['mail.mail'].search([
                ('model', '=', 'crm.lead'), ('res_id', '=', lead.id)]).mapped('state')

        self.assertEqual(states(self.lead("One")), ['outgoing'], "it belongs to an order")
        template.consent_purpose_id = purpose
        self.assertEqual(states(self.lead("Two")), ['cancel'], "nobody has agreed to news")

    def test_server_action_runs_once_per_entry(self):
        self.action(self.second)
        leads = self.lead("One") | self.lead("Two", user_id=self.colleague.id)
        self.move(leads, self.second, self.manager)
        self.assertEqual(leads.mapped('color'), [1, 1])
        self.move(leads, self.second, self.manager)
        leads[0].name = "Renamed"
        self.assertEqual(leads.mapped('color'), [1, 1], "nothing was entered")
        self.move(leads[0], self.first)
        self.move(leads[0], self.second)
        self.assertEqual(leads.mapped('color'), [2, 1])

    def test_in_order_and_only_active(self):
        set_priority = "records.write({'priority': '%s'})"
        for sequence, priority, active in ((2, '2', True), (1, '1', True), (3, '3', False)):
            self.action(
                self.second, kind='server', sequence=sequence, active=active,
                server_action_id=self.server_action(code=set_priority % priority).id)
        lead = self.lead()
        self.move(lead, self.second)
        self.assertEqual(lead.priority, '2')

    def test_only_those_concerned(self):
        team = self.env['crm.team'].create({'name': "Other", 'company_id': False})
        self.action(self.second, team_ids=[Command.set(team.ids)])
        self.action(self.second, company_id=self.company_b.id)
        lead = self.lead()
        self.move(lead, self.second)
        self.assertEqual(lead.color, 0)
        plain_lead = self.lead(type='lead')
        self.action(self.second)
        self.move(plain_lead, self.second)
        self.assertEqual(plain_lead.color, 0)

    def test_new_opportunities_enter_as_well(self):
        self.action(self.first)
        self.assertEqual(self.lead().color, 1)

    def test_a_lead_enters_when_it_is_converted(self):
        self.action(self.first)
        lead = self.lead(type='lead')
        self.assertEqual(lead.color, 0)
        lead.with_user(self.salesperson).convert_opportunity(self.customer)
        self.assertEqual(lead.color, 1)

    def test_a_team_takes_it_to_another_stage(self):
        team = self.env['crm.team'].create({'name': "Other", 'company_id': False})
        stage = self.env['crm.stage'].create({
            'name': "Theirs", 'sequence': -5, 'team_ids': [Command.set(team.ids)]})
        self.action(stage)
        lead = self.lead()
        lead.team_id = team
        self.assertEqual(lead.stage_id, stage)
        self.assertEqual(lead.color, 1)

    def test_imports_start_only_what_is_meant_for_them(self):
        self.action(self.first)
        rows = ["Imported", 'opportunity', str(self.team.id), str(self.first.id)]
        fields = ['name', 'type', 'team_id/.id', 'stage_id/.id']

        def load():
            result = self.env['crm.lead'].with_context(import_file=True).load(fields, [rows])
            return self.env['crm.lead'].browse(result['ids'])

        self.assertEqual(load().color, 0)
        self.action(self.first, on_import=True)
        self.assertEqual(load().color, 1)

    def test_actions_that_move_on_do_not_circle(self):
        there = "records.write({'stage_id': %d, 'color': records[:1].color + 1})"
        for stage, target in ((self.second, self.third), (self.third, self.second)):
            self.action(stage, kind='server', server_action_id=self.server_action(
                code=there % target.id).id)
        lead = self.lead()
        self.move(lead, self.second)
        self.assertEqual(lead.stage_id, self.second)
        self.assertEqual(lead.color, 2)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_it_runs_with_the_rights_of_the_user(self):
        code = "env['crm.tag'].search([]).write({'color': 1}); env['res.users'].create({})"
        self.action(self.second, kind='server',
                    server_action_id=self.server_action(code=code).id)
        lead = self.lead()
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self.move(lead, self.second)
        lead.invalidate_recordset()
        self.assertEqual(lead.stage_id, self.first)

    def test_incomplete_actions_cannot_be_saved(self):
        partners = self.env['ir.model']._get('res.partner')
        for values in (
            {'kind': 'plan'}, {'kind': 'mail'}, {'kind': 'server'},
            {'kind': 'server', 'server_action_id': self.server_action(
                model_id=partners.id).id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.action(self.first, **values)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_sets_them_up(self):
        mine, abroad = self.action(self.first), self.action(
            self.first, company_id=self.company_b.id)
        self.as_user(mine, self.manager).name = "Changed"
        with self.assertRaises(AccessError):
            self.as_user(mine, self.salesperson).name = "Changed again"
        with self.assertRaises(AccessError):
            self.as_user(abroad, self.manager, self.company).read(['name'])
        with self.assertRaises(AccessError):
            self.as_user(mine, self.outsider).read(['name'])

    def test_many_leads_cost_no_more_queries(self):
        self.action(self.second, kind='server', server_action_id=self.server_action(
            state='object_write', update_path='priority', value='1').id)
        leads = self.env['crm.lead'].union(*(
            self.lead(f"Lead {number}") for number in range(12)))
        actions = self.env['crm.stage.action']
        leads.write({'stage_id': self.second.id})

        def choose(some):
            self.env.invalidate_all()
            for action in actions.sudo().search([('stage_id', '=', self.second.id)]):
                self.assertEqual(some.filtered(action._concerns), some)

        choose(leads)
        self.assertEqual(
            self.queries(lambda: choose(leads[:1])), self.queries(lambda: choose(leads[1:])))
