from copy import deepcopy

from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user
from odoo.tools import SQL

from ..industry_templates.writing import dumps, pack

#: a template with something of each kind: links, nested lists, properties, conditions, settings
TRADE = {
    'template.json': {
        'format': 1, 'language': 'en_US', 'name': "Paint", 'summary': "Makers of paint",
        'description': "For whoever mixes paint.", 'version': '1.0', 'icon': 'fa-flask'},
    'template.ko_KR.json': {'name': "페인트"},
    'crm_plus.json': {
        'settings': {'lead_score_warm': 31, 'lead_score_hot': 61, 'crm_ask_why_won': True},
        'tiers': [
            {'key': 'best', 'name': "Best Painters", 'sequence': 5,
             'description': "They paint a lot."},
        ],
        'lead_tags': [{'key': 'outside', 'name': "Outside Walls", 'color': 3}],
        'lead_sources': [{'key': 'fair', 'name': "Fair of Painters"}],
        'sales_teams': [
            {'key': 'walls', 'name': "Walls", 'lead_fields': [
                {'name': 'litres', 'type': 'integer', 'string': "Litres a Year"},
                {'name': 'gloss', 'type': 'selection', 'string': "Gloss",
                 'selection': [['matt', "Matt"], ['bright', "Bright"]]}]},
        ],
        'activity_plans': [
            {'key': 'sample', 'name': "Send a Sample", 'steps': [
                {'key': 'send', 'summary': "Send it", 'delay_count': 1},
                {'key': 'ask', 'summary': "Ask how it was", 'sequence': 20,
                 'activity_type_id': 'mail.mail_activity_data_call', 'delay_count': 2,
                 'delay_unit': 'weeks', 'delay_from': 'after_plan_date'}]},
        ],
        'stages': [
            {'key': 'sample', 'name': "Sample Painted", 'sequence': 17,
             'forecast_category': 'best_case', 'requirements': "A wall has been painted.",
             'exit_criteria': [
                 {'key': 'revenue', 'name': "The litres are worth it", 'kind': 'field',
                  'field_id': 'expected_revenue'},
                 {'key': 'big', 'name': "Enough litres", 'sequence': 20, 'kind': 'domain',
                  'domain': "[('lead_properties.litres', '>', 10)]"}],
             'entry_actions': [
                 {'key': 'sample', 'name': "Start the sample", 'plan_id': 'sample'}]},
        ],
        'score_rules': [
            {'key': 'best', 'name': "Paints a lot", 'kind': 'customer', 'fact': 'tier',
             'points': 15, 'tier_ids': ['best']},
            {'key': 'korea', 'name': "From Korea", 'points': -5, 'sequence': 20,
             'domain': "[('country_id.code', '=', 'KR')]"},
        ],
        'response_promises': [
            {'key': 'fair', 'name': "Met at the fair", 'source_id': 'fair', 'team_id': 'walls',
             'hours': 6, 'escalations': [
                 {'key': 'late', 'moment': 'at', 'notify_leader': True},
                 {'key': 'soon', 'moment': 'before', 'hours': 2}]},
        ],
        'account_profiles': [
            {'key': 'painters', 'name': "Painters",
             'industry_ids': ['base.res_partner_industry_F'], 'facts': [
                 {'name': 'ladders', 'type': 'boolean', 'string': "Own Ladders"}]},
        ],
        'contact_cadences': [
            {'key': 'best', 'tier_id': 'best', 'interval': 2, 'unit': 'weeks'}],
    },
    'crm_plus.ko_KR.json': {
        'tiers': {'best': {'name': "최고", 'description': "많이 칠합니다."}},
        'sales_teams': {'walls': {'name': "벽", 'lead_fields': {
            'litres': {'string': "연간 리터"},
            'gloss': {'string': "광택", 'selection': {'matt': "무광"}}}}},
        'activity_plans': {'sample/send': {'summary': "보내기"}},
        'stages': {'sample': {'name': "샘플"}, 'sample/revenue': {'name': "가치 있음"}},
    },
}


class IndustryRows:
    """What a template may write to, as rows; wants ``templates``, and ``all`` that sees all."""

    @classmethod
    def everything(cls):
        """Return the rows of all tables that a template may write to, the id first."""
        sections = cls.templates._industry_sections()
        models = set()

        def add(section):
            models.add(section.model)
            for child in section.children:
                add(child)

        for group in sections.values():
            for section in group:
                add(section)
        cls.env.flush_all()
        rows = {}
        for model in sorted(models):
            records = cls.all[model].search([], order='id')
            names = ['id', *sorted(
                name for name, field in records._fields.items()
                if field.store and field.column_type
                # the version of what people agree to goes up with each change, also with one back
                and name not in (
                    'id', 'write_date', 'write_uid', 'create_date', 'create_uid',
                    'text_version'))]
            # an empty box is one that is not ticked, whether the database says so or nothing
            rows[model] = [tuple(value or None for value in row) for row in cls.env.execute_query(
                SQL("SELECT %s FROM %s ORDER BY id", SQL(", ").join(
                    map(SQL.identifier, names)), SQL.identifier(records._table)))]
        settings = sorted(
            name for group in cls.templates._industry_settings().values() for name in group)
        rows['res.company'] = [
            [company[name] for name in settings]
            for company in cls.all['res.company'].search([], order='id')]
        return rows


class IndustryCommon(IndustryRows, TransactionCase):
    """A company that wants a template, another one beside it, and an administrator of both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company, cls.other_company = cls.env['res.company'].create([
            {'name': "Paint Ltd"}, {'name': "Brushes Ltd"}])
        cls.admin = new_test_user(
            cls.env, 'industry_admin', groups='base.group_system,sales_team.group_sale_manager',
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)], tz='UTC')
        cls.env = cls.env(user=cls.admin, su=False, context={
            'allowed_company_ids': cls.company.ids, 'no_reset_password': True})
        cls.company = cls.company.with_env(cls.env)
        cls.templates = cls.env['crm.industry.template']
        cls.template = cls.import_template()
        # everything may be looked at, whatever the administrator has to do with sales
        cls.all = cls.env(su=True, context={
            'allowed_company_ids': (cls.company | cls.other_company).ids, 'active_test': False})

    @classmethod
    def import_template(cls, key='paint', **changes):
        """Import the trade; ``changes`` are other contents of the file crm_plus.json."""
        files = deepcopy(TRADE)
        if changes:
            files['crm_plus.json'] = changes
            del files['crm_plus.ko_KR.json']
        return cls.templates._import_zip(
            pack({f'{key}/{name}': dumps(content) for name, content in files.items()}))

    @classmethod
    def apply(cls, key='paint', **options):
        """Apply a template; return the application, empty when there was nothing to do."""
        applied = cls.templates.apply_template_by_key(key, **options)
        cls.env.invalidate_all()
        return cls.env['crm.industry.application'].browse(applied or [])

    def find(self, model, **values):
        """Return the records with these values, of whichever company, in English."""
        return self.all[model].with_context(lang='en_US').search(
            [(name, '=', value) for name, value in values.items()])

    @classmethod
    def items_of(cls, template=None):
        """Return the items of a preview by id."""
        preview = (template or cls.template).get_preview()
        assert not preview['problems'], preview['problems']
        return {
            item['id']: item for module in preview['modules'] for section in module['sections']
            for item in section['items']
        }


class IndustrySectionsCommon(TransactionCase):
    """A new company, and a template of pumps with the sections of another add-on.

    ``files`` are the files of that add-on by name, ``languages`` those that are in use.
    """

    files = {}
    languages = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for language in cls.languages:
            cls.env['res.lang']._activate_lang(language)
        company = cls.env['res.company'].create({'name': "Pumps and Paint"})
        cls.env.user.company_ids += company
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))
        cls.company = company.with_env(cls.env)
        cls.templates = cls.env['crm.industry.template']
        cls.template = cls.import_template(cls.files)

    @classmethod
    def import_template(cls, files, key='pumps'):
        return cls.templates._import_zip(pack({f'{key}/{name}': dumps(content) for name, content in {
            'template.json': {
                'format': 1, 'language': 'en_US', 'name': "Pumps", 'summary': "Makers of pumps",
                'version': '1.0'},
            'crm_plus.json': {'tiers': [{'key': 'best', 'name': "Best"}]},
            **files,
        }.items()}))

    def apply(self, **options):
        application = self.templates.apply_template_by_key('pumps', **options)
        self.env.invalidate_all()
        return self.env['crm.industry.application'].browse(application)
