from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.addons.crm_plus.industry_demo.rhythm import Purchase
from odoo.addons.crm_plus.models.crm_industry_demo_purchases_mixin import Planned
from odoo.tools import plaintext2html

#: the people of every demo company who serve customers: name and groups by login
SERVICE_STAFF = {
    login: (name, ('base.group_user', 'crm_plus_service.group_agent'))
    for login, name in (('lea', 'Lea Lead'), ('ada', 'Ada Agent'), ('nora', 'Nora Agent'))
}
AGENTS = ('ada', 'nora')
#: days after which contracts of demo companies were paid
CONTRACT_PAID_AFTER = timedelta(days=20)
RATED_AFTER = timedelta(days=1)


class CrmIndustryDemo(models.AbstractModel):
    """A demo company serves its customers: agents, contracts, and cases with what was promised."""

    _inherit = 'crm.industry.demo'

    @api.model
    def _load_parts(self, demo):
        done = super()._load_parts(demo)
        demo.tell("Cases", 0, 0)
        self._load_cases(demo)
        return done

    @api.model
    def _service_data(self, demo):
        return self._read_data('crm_plus_service', demo.key)

    # ------------------------------------------------------------
    # THE PEOPLE
    # ------------------------------------------------------------

    @api.model
    def _load_staff(self, demo):
        done = super()._load_staff(demo)
        data = self._service_data(demo)
        self._make_users(demo, SERVICE_STAFF, data.get('staff', {}))
        agents = {entry['login']: entry for entry in data.get('agents', ())}
        self._make(demo, 'agent', 'service.agent', {
            login: {
                'user_id': demo.get('user', login).id,
                'company_id': demo.company.id,
                'capacity': agents.get(login, {}).get('capacity', 10),
                'skill_ids': [
                    Command.create({
                        'skill_id': self._item(demo, 'skills', skill).id, 'level': level})
                    for skill, level in agents.get(login, {}).get('skills', {}).items()
                ],
            }
            for login in AGENTS
        })
        for key, team in self._service_teams(demo).items():
            team.leader_id = team.leader_id or demo.get(
                'user', data.get('leaders', {}).get(key, 'lea'))
            team.member_ids |= self.env['res.users'].union(*(
                demo.get('user', login) for login in AGENTS
                if key in agents.get(login, {}).get('teams', (key,))
            ))
        return done

    @api.model
    def _service_teams(self, demo):
        """Return the template's teams by their keys."""
        return {
            key.partition('/')[2]: record for key, record in demo.items.items()
            if key.startswith('service_teams/')
        }

    # ------------------------------------------------------------
    # CONTRACTS
    # ------------------------------------------------------------

    @api.model
    def _load_products(self, demo):
        done = super()._load_products(demo)
        for entry in self._service_data(demo).get('contracts', ()):
            product = demo.get('product', entry['product'])
            if not product.is_service_contract:
                product.write({
                    'is_service_contract': True,
                    'contract_months': entry.get('months', 12),
                    'contract_unit': entry.get('unit', 'hours'),
                    'contract_amount': entry.get('amount', 0),
                    'contract_period': entry.get('period', '12'),
                    'contract_response_class_id': self._item(
                        demo, 'response_classes', entry.get('response_class')).id,
                })
        return done

    @api.model
    def _plan_purchases(self, demo):
        """Add the contracts that were sold."""
        plan = super()._plan_purchases(demo)
        for entry in self._service_data(demo).get('contracts', ()):
            day = demo.day(entry, 'sold') or demo.today
            paid = day + CONTRACT_PAID_AFTER
            purchase = Purchase(
                day, ((entry['product'], 1),), 0, 30, paid if paid <= demo.today else None, 0, None)
            plan += [
                Planned(f'contract_{entry["product"]}_{customer}',
                        demo.get('customer', customer), purchase)
                for customer in entry.get('customers', ())
            ]
        return plan

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    @api.model
    def _load_cases(self, demo):
        now = fields.Datetime.now()
        entries = self._service_data(demo).get('cases', ())
        made = self._make(demo, 'case', 'service.case', {
            entry['key']: self._prepare_case(demo, entry, now) for entry in entries})
        for entry in entries:
            if entry['key'] in made:
                self._work_case(demo, made[entry['key']], entry)

    @api.model
    def _prepare_case(self, demo, entry, now):
        """Return the values of a case as it came in; what became of it follows."""
        team = self._item(demo, 'service_teams', entry['team'])
        customer = demo.get('customer', entry['customer'])
        partner = customer
        if entry.get('contact'):
            partner = demo.get('contact', f'{entry["customer"]}_{entry["contact"]}')
        values = {
            'name': entry['subject'],
            'description': plaintext2html(entry.get('text', '')) or False,
            'partner_id': partner.id,
            'team_id': team.id,
            'type_id': self._item(demo, 'case_types', entry.get('type')).id,
            'tag_ids': [Command.set(self._items(demo, 'case_tags', entry.get('tags')))],
            'priority': entry.get('priority', '0'),
            'user_id': entry.get('agent') and demo.get('user', entry['agent']).id,
            'opened_date': team.resource_calendar_id.plan_hours(-entry['opened_hours'], now),
            'stage_id': team._get_stage(closed=False).id,
        }
        if entry.get('product'):
            product = demo.get('product', entry['product'])
            values['product_id'] = product.id
            values['sale_order_id'] = self.env['sale.order.line'].search([
                ('order_id.partner_id', '=', customer.id), ('product_id', '=', product.id),
                ('state', '=', 'sale'),
            ], order='id desc', limit=1).order_id.id
        return values

    @api.model
    def _work_case(self, demo, case, entry):
        """Let the case be answered, moved and closed at the moments that the data name."""
        calendar = case.team_id.resource_calendar_id
        if 'answered_after' in entry:
            self._answer_case(
                case, entry, calendar.plan_hours(entry['answered_after'], case.opened_date))
        stage = self._item(demo, 'case_stages', entry.get('stage'))
        if stage and stage != case.stage_id:
            case.stage_id = stage
        if case.closed_date:
            self._date_closing_back(
                case, entry, calendar.plan_hours(entry.get('closed_after', 8), case.opened_date))
        case.time_spent = entry.get('time_spent', 0)
        if entry.get('rating'):
            self._rate_case(case, entry)

    @api.model
    def _answer_case(self, case, entry, moment):
        agent = case.user_id or case.team_id.leader_id
        self.env['mail.message'].create({
            'model': case._name,
            'res_id': case.id,
            'message_type': 'comment',
            'subtype_id': self.env.ref('mail.mt_comment').id,
            'author_id': agent.partner_id.id,
            'date': moment,
            'body': plaintext2html(entry.get('answer', self.env._('We are looking into it.'))),
        })
        answered = case._running_targets().filtered(lambda it: it.kind == 'first_response')
        answered.done_date = moment
        case.write({'first_response_date': moment, 'answer_count': 1})

    @api.model
    def _date_closing_back(self, case, entry, moment):
        """Move what closing has noted for the present moment to when it happened."""
        closed = case.closed_date
        for name in ('done_date', 'withdrawn_date'):
            case.target_ids.filtered(lambda it, name=name: it[name] == closed)[name] = moment
        case.closed_date = moment
        stays = case.stage_time_ids.sorted('id')
        stays[1:].unlink()
        stays[:1].write({
            'start_date': case.opened_date,
            'end_date': moment,
            'hours': entry.get('closed_after', 8),
        })

    @api.model
    def _rate_case(self, case, entry):
        rating = self.env['rating.rating'].create({
            'res_model_id': self.env['ir.model']._get_id(case._name),
            'res_id': case.id,
            'rated_partner_id': case.user_id.partner_id.id,
            'partner_id': case.partner_id.id,
            'rating': entry['rating'],
            'feedback': entry.get('rating_text', False),
            'consumed': True,
        })
        now = fields.Datetime.now()
        rating.rated_on = min((case.closed_date or now) + RATED_AFTER, now)
