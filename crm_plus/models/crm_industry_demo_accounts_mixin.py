from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models

#: how long people of key accounts were met
MET_FOR = timedelta(hours=1)


class CrmIndustryDemoAccountsMixin(models.AbstractModel):
    """Key accounts of the demo company, with those who decide there and what they are about."""

    _name = 'crm.industry.demo.accounts.mixin'
    _description = "Demo Company: Key Accounts"

    @api.model
    def _load_accounts(self, demo):
        made = self._make(demo, 'account', 'crm.key.account', {
            entry['customer']: self._prepare_account(demo, entry)
            for entry in demo.part('key_accounts')
        })
        for entry in demo.part('key_accounts'):
            account = demo.get('account', entry['customer'])
            if entry['customer'] in made and entry.get('facts'):
                # after the profile, which says what they are
                account.properties = {
                    name: self._fact_value(demo, value) for name, value in entry['facts'].items()}
            self._make_people(demo, account, entry)
            self._make_meetings(demo, entry)
            self._make_projects(demo, account, entry)
            self._make_agreements(demo, account, entry)
            self._make_rivals(demo, account, entry)

    @api.model
    def _prepare_account(self, demo, entry):
        values = {
            'partner_id': demo.get('customer', entry['customer']).id,
            'company_id': demo.company.id,
            'user_id': demo.get('user', entry.get('manager', 'sam')).id,
            'market_country_ids': [Command.set([
                self._country(code).id for code in entry.get('market_countries', ())])],
            **{
                name: entry[name]
                for name in ('products_made', 'product_usage', 'habits', 'market_note')
                if name in entry
            },
        }
        if entry.get('profile'):
            values['profile_id'] = self._item(demo, 'account_profiles', entry['profile']).id
        if entry.get('annual_purchases'):
            values['figure_ids'] = [Command.create({
                'date': demo.today - relativedelta(years=1, month=12, day=31),
                'annual_purchases': entry['annual_purchases'],
                'source': self.env._("Visit"),
            })]
        return values

    @api.model
    def _make_people(self, demo, account, entry):
        """Fill the buying centre, then say who reports to whom."""
        customer, people = entry['customer'], entry.get('people', ())
        made = self._make(demo, 'role', 'crm.account.role', {
            f'{customer}_{person["contact"]}': {
                'account_id': account.id,
                'contact_id': demo.get('contact', f'{customer}_{person["contact"]}').id,
                'role_ids': [
                    Command.set(self._items(demo, 'buying_roles', person.get('roles')))],
                'influence': person.get('influence', '3'),
                'stance': person.get('stance', False),
                'relation': person.get('relation', False),
                'user_id': person.get('our_person')
                and demo.get('user', person['our_person']).id,
                'note': person.get('note', False),
            }
            for person in people
        })
        for person in people:
            role = made.get(f'{customer}_{person["contact"]}')
            if role and person.get('reports_to'):
                role.manager_id = demo.get('role', f'{customer}_{person["reports_to"]}')

    @api.model
    def _make_meetings(self, demo, entry):
        """Let the people have been met, without inviting them to what has been."""
        loader = self.with_context(dont_notify=True, no_mail_to_attendees=True)
        values = {}
        for person in entry.get('people', ()):
            if 'met' not in person:
                continue
            key = f'{entry["customer"]}_{person["contact"]}'
            user = demo.get('user', person.get('our_person', entry.get('manager', 'sam')))
            start = self._morning(demo, person['met']['days'])
            values[key] = {
                'name': person['met']['about'],
                'start': start,
                'stop': start + MET_FOR,
                'user_id': user.id,
                'partner_ids': [
                    Command.set((user.partner_id | demo.get('contact', key)).ids)],
            }
        loader._make(demo, 'meeting', 'calendar.event', values)

    @api.model
    def _make_projects(self, demo, account, entry):
        self._make(demo, 'project', 'crm.procurement.project', {
            f'{entry["customer"]}_{number}': {
                'name': project['name'],
                'account_id': account.id,
                'state': project.get('state', 'open'),
                'budget': project.get('budget', 0),
                'problem': project.get('problem', False),
                'date_start': demo.day(project, 'start'),
                'date_decision': demo.day(project, 'decision'),
                'date_need': demo.day(project, 'need'),
                'step_ids': [
                    Command.create({
                        'sequence': place,
                        'name': step['name'],
                        'state': step.get('state', 'todo'),
                        ('date_done' if step.get('state') == 'done' else 'date_planned'):
                            demo.day(step),
                    })
                    for place, step in enumerate(project.get('steps', ()), 1)
                ],
            }
            for number, project in enumerate(entry.get('projects', ()), 1)
        })

    @api.model
    def _make_agreements(self, demo, account, entry):
        values = {}
        for number, agreement in enumerate(entry.get('agreements', ()), 1):
            values[f'{entry["customer"]}_{number}'] = {
                'name': agreement['name'],
                'kind_id': self._item(demo, 'agreement_kinds', agreement['kind']).id,
                'partner_id': account.partner_id.id,
                'company_id': demo.company.id,
                'state': agreement.get('state', 'active'),
                'date_start': demo.day(agreement, 'start'),
            }
            if end := demo.day(agreement, 'end'):
                values[f'{entry["customer"]}_{number}']['date_end'] = end
        self._make(demo, 'agreement', 'crm.agreement', values)

    @api.model
    def _make_rivals(self, demo, account, entry):
        self._make(demo, 'rival', 'crm.account.competitor', {
            f'{entry["customer"]}_{rival["competitor"]}': {
                'partner_id': account.partner_id.id,
                'competitor_id': demo.get('competitor', rival['competitor']).id,
                'company_id': demo.company.id,
                'share': rival.get('share', 0),
                'satisfaction': rival.get('satisfaction', False),
            }
            for rival in entry.get('competitors', ())
        })

    @api.model
    def _compute_account_figures(self, demo):
        """Compute health and contact of the key accounts."""
        self.env['crm.key.account'].union(*demo.of_kind('account').values()).action_compute_health()
