from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..models.crm_relationship import CrmRelationship
from .common import CrmPlusCommon

MODELS = ('idic', 'value_chain', 'processes')


class RelationshipCommon(CrmPlusCommon):
    """Customers of two companies and two teams with something of all that figures are read from.

    What demonstration data brings is there as well: figures are compared before and after, or
    looked at with the eyes of a team that has nothing but what the test gives it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.salesperson)
        cls.team, cls.other_team = cls.env['crm.team'].create([
            {'name': "Team One", 'company_id': False}, {'name': "Team Two", 'company_id': False},
        ])

    @classmethod
    def ago(cls, days):
        return fields.Datetime.now() - timedelta(days=days)

    @classmethod
    def page(cls, model='idic', user=None, companies=None, **filters):
        """The page of a model as a user sees it; with the team of the test unless told."""
        filters = {'team_id': cls.team.id, **filters}
        return cls.as_user(
            cls.env['crm.relationship'], user or cls.manager, companies or cls.company,
        ).get_page(model, filters)

    @classmethod
    def figures(cls, *args, **kwargs):
        """The figures of a page by key."""
        return {
            figure['key']: figure
            for step in cls.page(*args, **kwargs)['steps']
            for group in step['groups'] for figure in group['figures']
        }

    @classmethod
    def make_purchase(cls, partner, price, days_ago, *, team=None, **values):
        order = cls.make_order(partner, price, cls.ago(days_ago), **values)
        order.team_id = team or cls.team
        return order

    @classmethod
    def make_account(cls, partner, **values):
        return cls.env['crm.key.account'].create({
            'partner_id': partner.id, 'company_id': cls.company.id, 'user_id': False,
            'team_id': cls.team.id, **values,
        })

    @classmethod
    def make_offer(cls, partner, days_ago, **values):
        order = cls.make_order(partner, 50, cls.ago(days_ago), confirm=False, **values)
        order.write({'state': 'sent', 'team_id': cls.team.id})
        return order

    @classmethod
    def make_everything(cls, number=0):
        """Make something of all that the figures are read from, for a customer of its own."""
        env = cls.env
        customer = env['res.partner'].create({
            'name': f"Buyer {number}", 'is_company': True, 'email': "no address",
            'supplier_rank': number % 2, 'vat': number % 2 and f"BE0{number}",
            'customer_tier_id': number % 3 and (cls.tier_a if number % 3 == 1 else cls.tier_b).id,
            'child_ids': [
                Command.create({'name': "Pat", 'email': f"pat{number}@buyer.example.com"}),
                Command.create({'name': "Kim", 'phone': "+32 2 555 01 99"}),
            ],
        })
        kim, pat = customer.child_ids.sorted('name')
        own = number % 2 and cls.salesperson or cls.colleague
        for days in (10, 400):
            cls.make_purchase(pat, 100 + number, days, user=own, cost=40)
        cls.make_purchase(customer, 30, 40, user=own, team=cls.other_team)
        cls.make_purchase(customer, 70, 20, company=cls.company_b)
        cls.make_offer(kim, 5, user=own)
        invoice = cls.make_invoice(pat, 80, cls.today - timedelta(days=60), user=own)
        cls.make_invoice(pat, 20, cls.today, due=cls.today + timedelta(days=9), user=own)
        invoice.team_id = cls.team
        cls._make_leads(pat, own, number)
        account = cls.make_account(customer, user_id=own.id, habits=number % 2 and "Mondays")
        cls._make_account_facts(account, pat, kim, own)
        env['crm.consent']._record(
            env['crm.consent.purpose'].search([], limit=1), 'phone', partner_id=pat.id)
        cls.make_meeting(pat, start=cls.ago(3))
        customer.message_post(body="Hello", message_type='comment')
        env['crm.duplicate'].create({'partner_id': pat.id, 'other_partner_id': kim.id})
        return customer

    @classmethod
    def _make_leads(cls, partner, user, number):
        env = cls.env
        values = {'user_id': user.id, 'team_id': cls.team.id}
        opened = cls.make_lead(
            partner, 500, date_deadline=cls.today + timedelta(days=30), referred="A friend",
            **values)
        opened.activity_schedule('mail.mail_activity_data_call', cls.today + timedelta(days=1))
        late = cls.make_lead(partner, 300, **values)
        late.activity_schedule('mail.mail_activity_data_call', cls.today - timedelta(days=3))
        late._add_touch('form')
        late.stage_id.rotting_threshold_days = 30
        won, lost = (cls.make_lead(partner, 200, **values) for _result in range(2))
        won.action_set_won()
        lost.action_set_lost(lost_reason_id=number % 2 and env['crm.lost.reason'].create(
            {'name': "Too dear"}).id)
        for lead, state in ((won, 'kept'), (lost, 'missed'), (late, 'waiting')):
            lead.write({
                'response_state': state, 'response_start_date': cls.ago(2),
                'response_deadline': cls.ago(1),
            })
        env.flush_all()
        env.cr.execute(
            "UPDATE crm_lead SET lead_score_band = %s WHERE id IN %s",
            ['hot' if number % 2 else 'cold', (opened.id, late.id)])
        late.source_id = env['utm.source'].create({'name': f"Fair {number}"})

    @classmethod
    def _make_account_facts(cls, account, pat, kim, user):
        env = cls.env
        decides = env['crm.buying.role'].search([('is_decider', '=', True)], limit=1)
        env['crm.account.role'].create([
            {'account_id': account.id, 'contact_id': pat.id, 'user_id': user.id, 'stance': '1',
             'relation': '4', 'role_ids': decides.ids},
            {'account_id': account.id, 'contact_id': kim.id, 'stance': '-1'},
        ])
        env['crm.procurement.project'].create([
            {'name': "Known", 'account_id': account.id, 'problem': "<p>Too slow</p>"},
            {'name': "Unknown", 'account_id': account.id},
        ])
        env['crm.account.figure'].create({'account_id': account.id, 'annual_purchases': 1000})
        cls._make_plan(account)
        cls._make_care(account, pat)
        competitor = env['crm.account.competitor'].create({
            'partner_id': account.partner_id.id, 'company_id': cls.company.id,
            'competitor_id': env['crm.competitor'].create({'name': "Rival"}).id,
        })
        env['crm.competitor.sample'].create([
            {'name': "Test", 'account_competitor_id': competitor.id, 'verdict': verdict}
            for verdict in ('worse', 'better')
        ])

    @classmethod
    def _make_plan(cls, account):
        plan = cls.env['crm.account.plan'].create({
            'account_id': account.id, 'date_start': cls.today - timedelta(days=30),
            'date_end': cls.today + timedelta(days=300),
        })
        cls.env['crm.account.plan.action'].create([
            {'name': "Visit", 'plan_id': plan.id, 'date_deadline': cls.today + timedelta(days=days)}
            for days in (-5, 5)
        ])
        plan.state = 'running'

    @classmethod
    def _make_care(cls, account, person):
        """A light, two who are to be contacted, of whom one is overdue, and an agreement."""
        env, customer = cls.env, account.partner_id
        account.health_band = 'green' if customer.supplier_rank else 'red'
        cadence = env['crm.contact.cadence'].search(
            [('tier_id', '=', cls.tier_a.id), ('role_id', '=', False)]
        ) or env['crm.contact.cadence'].create({'tier_id': cls.tier_a.id})
        env['crm.contact.due'].search([('partner_id', '=', customer.id)]).unlink()
        env['crm.contact.due'].create([
            {'partner_id': customer.id, 'contact_id': contact, 'company_id': cls.company.id,
             'account_id': account.id, 'cadence_id': cadence.id,
             'due_date': cls.today + timedelta(days=days)}
            for contact, days in ((False, 10), (person.id, -10))
        ])
        env['crm.agreement'].create({
            'name': "Prices", 'partner_id': customer.id, 'company_id': cls.company.id,
            'kind_id': env['crm.agreement.kind'].create({'name': "Prices"}).id,
            'state': 'active', 'date_end': cls.today + timedelta(days=40),
        })

    @classmethod
    def steps_of(cls, model):
        """The keys of the steps of a model, in order."""
        relationship: CrmRelationship = cls.env['crm.relationship']
        return [step.key for step in relationship._relationship_models()[model]['steps']]
