import json
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.module import get_module_path

from ..industry_demo.demo import Demo

#: where the external ids of demo companies stand: no add-on's, so that no upgrade touches them
MODULE = '__industry_demo__'
#: on which day the data of a demo company were loaded; they are dated back from it
LOADED_ON = 'crm_plus.industry_demo.%(key)s.%(company)s'
#: whom a change concerns is not written down for what was never done by anybody
WITHOUT_CHATTER = {
    'tracking_disable': True,
    'mail_notrack': True,
    'mail_create_nolog': True,
    'mail_create_nosubscribe': True,
    'mail_activity_quick_update': True,
    'no_reset_password': True,
}


class CrmIndustryDemo(models.AbstractModel):
    """Makes the current company a demo company of an industry, see industry/README.md.

    What it needs stands in the files ``industry/<key>/demo.json`` of the add-ons. Loading goes in
    two rounds that add-ons extend: :meth:`_load_parts` makes records and documents,
    :meth:`_load_figures` has computed what follows from all of them. Each record has an external
    id of its own and is made once, so that loading again adds what is missing.
    """

    _name = 'crm.industry.demo'
    _inherit = [
        'crm.industry.demo.company.mixin', 'crm.industry.demo.purchases.mixin',
        'crm.industry.demo.leads.mixin', 'crm.industry.demo.accounts.mixin',
    ]
    _description = "Demo Company of an Industry"

    @api.model
    def _load(self, key, tell=None):
        """Load the demo data of an industry into the current company.

        :param str key: the key of a delivered template, which must have been applied
        :param tell: see :class:`Demo`
        :return: how many records there are of each kind, by its name
        :raise UserError: when the company has documents of its own
        """
        company = self.env.company
        loader = self.with_context(**WITHOUT_CHATTER, allowed_company_ids=company.ids)
        demo = loader._begin(key, tell)
        loader._load_parts(demo)
        self.env.flush_all()
        loader._load_figures(demo)
        return demo.counts()

    @api.model
    def _begin(self, key, tell):
        company = self.env.company
        name = LOADED_ON % {'key': key, 'company': company.id}
        # sudo: a private method; whoever calls it sets up the database
        parameters = self.env['ir.config_parameter'].sudo()
        day = parameters.get_param(name)
        if not day:
            self._check_company_is_new(company)
            day = fields.Date.to_string(fields.Date.context_today(self))
            parameters.set_param(name, day)
        demo = Demo(
            key, company, fields.Date.to_date(day), self._read_data('crm_plus', key), tell)
        if not demo.data:
            raise UserError(self.env._("There are no demo data of the industry “%s”.", key))
        demo.items = self._read_items(key)
        return demo

    def _check_company_is_new(self, company):
        # sudo: whether there are any at all
        if self.env['account.move'].sudo().search_count(
                [('company_id', '=', company.id), ('state', '=', 'posted')], limit=1):
            raise UserError(self.env._(
                "%s has documents of its own, with which demo data would be mixed. Load them "
                "into a new database.", company.name))

    @api.model
    def _read_data(self, module, key, lang=''):
        """Return what an add-on's file says; nothing where it has none."""
        name = f'demo.{lang}.json' if lang else 'demo.json'
        path = Path(get_module_path(module)) / 'industry' / key / name
        return json.loads(path.read_text(encoding='utf-8')) if path.exists() else {}

    @api.model
    def _read_items(self, key):
        """Return the records that the template's items are in this company, by section and key."""
        template = self.env['crm.industry.template'].search([('key', '=', key)])
        found = {}
        for module in template.get_preview()['modules']:
            for section in module['sections']:
                for item in section['items']:
                    if item['res_id']:
                        item_key = item['id'].partition('/')[2]
                        found[item_key] = self.env[item['model']].browse(item['res_id'])
        return found

    # ------------------------------------------------------------
    # TO BE EXTENDED
    # ------------------------------------------------------------

    @api.model
    def _load_parts(self, demo):
        """Make the records and documents of the demo company; each add-on those of its own."""
        demo.tell("People, products and customers", 0, 0)
        self._load_company(demo)
        self._load_staff(demo)
        self._load_products(demo)
        self._load_customers(demo)
        self._load_competitors(demo)
        self._load_purchases(demo)
        demo.tell("Leads and key accounts", 0, 0)
        self._load_leads(demo)
        self._load_accounts(demo)

    @api.model
    def _load_figures(self, demo):
        """Compute what jobs compute at night, now that all parts are there."""
        self.env['crm.forecast.snapshot']._cron_take()
        leads = self.env['crm.lead'].search([('company_id', 'in', (False, demo.company.id))])
        leads._store_lead_scores(leads.ids, fields.Datetime.now())
        self._compute_account_figures(demo)

    # ------------------------------------------------------------
    # RECORDS THAT ARE MADE ONCE
    # ------------------------------------------------------------

    @api.model
    def _make(self, demo, kind, model, values_by_key):
        """Make those records that are not there yet, and remember all of them in the demo.

        :param str kind: tells records of one model apart, part of their external ids
        :param dict values_by_key: values by key
        :return: the records that were made now, by key
        """
        prefix = f'{demo.key}_{demo.company.id}_{kind}_'
        # sudo: external ids are read by administrators only
        data = self.env['ir.model.data'].sudo()
        known = {
            row.name.removeprefix(prefix): row.res_id
            for row in data.search_fetch(
                [('module', '=', MODULE), ('model', '=', model),
                 ('name', '=like', prefix.replace('_', r'\_') + '%')],
                ['name', 'res_id'])
        }
        there = self.env[model].browse(known.values()).exists()
        demo.remember(kind, {
            key: there.browse(res_id) for key, res_id in known.items() if res_id in there._ids})
        missing = [key for key in values_by_key if key not in known]
        made = dict(zip(
            missing, self.env[model].create([values_by_key[key] for key in missing]), strict=True))
        data._update_xmlids([
            {'xml_id': f'{MODULE}.{prefix}{key}', 'record': record, 'noupdate': True}
            for key, record in made.items()
        ])
        demo.remember(kind, made)
        return made

    @api.model
    def _item(self, demo, section, key):
        """Return the record of a template's item, or of an external id; empty without a key.

        :raise UserError: when the template has not been applied as a whole
        """
        if not key:
            return self.env['base'].browse()
        if '.' in key:
            return self.env.ref(key)
        record = demo.items.get(f'{section}/{key}')
        if not record:
            raise UserError(self.env._(
                "“%(item)s” of the template is not there: apply the whole template before its "
                "demo data.", item=f'{section}/{key}'))
        return record

    @api.model
    def _items(self, demo, section, keys):
        """Return the ids of the records of several items of a section."""
        return [self._item(demo, section, key).id for key in keys or ()]
