from odoo import Command, api, models

from ..industry_demo.crowd import members
from ..industry_demo.rhythm import Rhythm

SALES_GROUPS = (
    'base.group_user', 'base.group_partner_manager', 'crm_plus.group_customer_documents',
    'sales_team.group_sale_salesman_all_leads',
)
#: the people of every demo company who sell: name and groups by login
SALES_STAFF = {
    'sam': ("Sam Sales", SALES_GROUPS),
    'kim': ("Kim Sales", SALES_GROUPS),
    'max': ("Max Manager", (*SALES_GROUPS, 'sales_team.group_sale_manager')),
}
ADDRESS = ('street', 'zip', 'city', 'phone', 'email', 'website', 'vat')


class CrmIndustryDemoCompanyMixin(models.AbstractModel):
    """The demo company itself: who works there, what it sells, and to whom."""

    _name = 'crm.industry.demo.company.mixin'
    _description = "Demo Company: People, Products and Customers"

    # ------------------------------------------------------------
    # THE COMPANY
    # ------------------------------------------------------------

    @api.model
    def _load_company(self, demo):
        """Name the company and give it a chart of accounts and a currency, once."""
        company, values = demo.company, demo.data['company']
        if company.name == values['name']:
            return
        currency = self.env['res.currency'].with_context(active_test=False).search(
            [('name', '=', values['currency'])], limit=1)
        currency.active = True
        if not company.chart_template:
            # the plain one: those of countries ask for tax numbers and post taxes
            self.env['account.chart.template'].try_loading('generic_coa', company)
        company.write({
            'name': values['name'],
            'currency_id': currency.id,
            'country_id': self._country(values['country']).id,
            **{name: values[name] for name in ADDRESS if name in values},
        })

    @api.model
    def _country(self, code):
        return self.env['res.country'].search([('code', '=', code)], limit=1)

    # ------------------------------------------------------------
    # THE PEOPLE
    # ------------------------------------------------------------

    @api.model
    def _load_staff(self, demo):
        """Make the users who sell, and put them into the template's sales teams."""
        self._make_users(demo, SALES_STAFF, demo.data.get('staff', {}))
        teams = self.env['crm.team'].browse([
            record.id for key, record in demo.items.items()
            if key.startswith('sales_teams/') and key.count('/') == 1])
        if len(teams) > 1:
            # sudo: a private method; whoever calls it sets up the database
            self.env['ir.config_parameter'].sudo().set_param('sales_team.membership_multi', True)
        people = [demo.get('user', login) for login in ('sam', 'kim')]
        for team in teams:
            team.user_id = team.user_id or demo.get('user', 'max')
            for user in people:
                if user not in team.member_ids:
                    team.member_ids = [Command.link(user.id)]

    @api.model
    def _make_users(self, demo, staff, names):
        """Make users whose passwords are their logins; those that the database has are taken.

        :param dict staff: name and external ids of groups, by login
        :param dict names: other names, by login
        """
        users = self.env['res.users'].with_context(active_test=False)
        known = {user.login: user for user in users.search([('login', 'in', list(staff))])}
        demo.remember('user', known)
        company = demo.company
        for user in known.values():
            if company not in user.company_ids:
                user.company_ids = [Command.link(company.id)]
        self._make(demo, 'user', 'res.users', {
            login: {
                'name': names.get(login, name),
                'login': login,
                'password': login,
                'email': f'{login}@{self._mail_domain(demo)}',
                'company_id': company.id,
                'company_ids': [Command.set(company.ids)],
                'group_ids': [Command.set([self.env.ref(group).id for group in groups])],
            }
            for login, (name, groups) in staff.items() if login not in known
        })

    @api.model
    def _mail_domain(self, demo):
        return demo.data['company'].get('email', '').partition('@')[2] or 'example.com'

    # ------------------------------------------------------------
    # WHAT IS SOLD
    # ------------------------------------------------------------

    @api.model
    def _load_products(self, demo):
        categories = {
            name: self._category(name)
            for name in dict.fromkeys(entry['category'] for entry in demo.part('products'))
        }
        made = self._make(demo, 'product', 'product.product', {
            entry['key']: {
                'name': entry['name'],
                'type': 'service' if entry.get('service') else 'consu',
                'categ_id': categories[entry['category']].id,
                'list_price': entry['price'],
                'standard_price': entry.get('cost', 0),
                'uom_id': self.env.ref(entry.get('unit', 'uom.product_uom_unit')).id,
                'description_sale': entry.get('description', False),
                'invoice_policy': 'order',
                'purchase_ok': False,
                # customers everywhere, and amounts that anybody can check in the head
                'taxes_id': False,
                'supplier_taxes_id': False,
            }
            for entry in demo.part('products')
        })
        self._translate_products(demo, made)

    @api.model
    def _category(self, path):
        """Return the category of that name, with ``/`` between levels; made where it is missing."""
        categories = self.env['product.category']
        category = categories
        for name in (part.strip() for part in path.split('/')):
            domain = [('name', '=ilike', name)]
            if category:
                domain.append(('parent_id', '=', category.id))
            category = categories.search(domain, limit=1) or categories.create(
                {'name': name, 'parent_id': category.id})
        return category

    @api.model
    def _translate_products(self, demo, made):
        for code, _name in self.env['res.lang'].get_installed():
            texts = self._read_data('crm_plus', demo.key, code).get('products', {})
            for key, product in made.items():
                if key in texts:
                    product.with_context(lang=code).write({
                        field: texts[key][name]
                        for name, field in (('name', 'name'), ('description', 'description_sale'))
                        if name in texts[key]
                    })

    # ------------------------------------------------------------
    # THE CUSTOMERS
    # ------------------------------------------------------------

    @api.model
    def _all_customers(self, demo):
        """Return the entries of all customers, those of crowds included."""
        return [
            *demo.part('customers'),
            *(member for crowd in demo.part('crowds')
              for member in members(crowd, f'{demo.key}/{crowd["key"]}')),
        ]

    @api.model
    def _load_customers(self, demo):
        entries = self._all_customers(demo)
        countries = {code: self._country(code).id for code in {it['country'] for it in entries}}
        terms = self._payment_terms(demo)
        made = self._make(demo, 'customer', 'res.partner', {
            entry['key']: {
                'name': entry['name'],
                'is_company': not entry.get('person'),
                'country_id': countries[entry['country']],
                'industry_id': entry.get('industry') and self.env.ref(entry['industry']).id,
                'user_id': entry.get('salesperson') and demo.get('user', entry['salesperson']).id,
                'comment': entry.get('note', False),
                'property_payment_term_id': terms.get(entry.get('rhythm')),
                **{name: entry[name] for name in ADDRESS if entry.get(name)},
            }
            for entry in entries
        })
        self._make(demo, 'contact', 'res.partner', {
            f'{entry["key"]}_{contact["key"]}': {
                'name': contact['name'],
                'parent_id': demo.get('customer', entry['key']).id,
                'function': contact.get('job', False),
                'email': contact.get('email', False),
                'phone': contact.get('phone', False),
            }
            for entry in entries for contact in entry.get('contacts', ())
        })
        for entry in demo.part('customers'):
            if entry.get('tier') and entry['key'] in made:
                made[entry['key']]._set_customer_tier(
                    self._item(demo, 'tiers', entry['tier']), self.env._("Agreed with them"))

    @api.model
    def _payment_terms(self, demo):
        """Return the id of the payment term of each rhythm."""
        days = {
            name: rhythm.get('term_days', Rhythm(1).term_days)
            for name, rhythm in demo.data.get('rhythms', {}).items()
        }
        self._make(demo, 'term', 'account.payment.term', {
            str(number): {
                'name': self.env._("%s days", number) if number else self.env._("At once"),
                'line_ids': [Command.create({
                    'value': 'percent', 'value_amount': 100, 'nb_days': number})],
            }
            for number in sorted(set(days.values()))
        })
        return {name: demo.get('term', str(number)).id for name, number in days.items()}
