import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmPlusCommon

SECRET = "Plays the cello in secret"
GROUP = 'crm_plus.group_personal_profile'


class PersonalProfileCase(CrmPlusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        both = (cls.company | cls.company_b).ids

        def user(login, groups, companies=cls.company.ids):
            return new_test_user(
                cls.env, login=login, groups=groups, company_id=companies[0],
                company_ids=[Command.set(companies)], tz='UTC')

        cls.member = user('crm_member', f'sales_team.group_sale_salesman,{GROUP}')
        cls.member_b = user(
            'crm_member_b', f'sales_team.group_sale_salesman,{GROUP}', cls.company_b.ids)
        cls.member_both = user('crm_member_both', f'sales_team.group_sale_salesman,{GROUP}', both)
        cls.administrator = user(
            'crm_administrator',
            'base.group_system,sales_team.group_sale_manager,base.group_allow_export,'
            'base.group_partner_manager', both)
        cls.seller_of_all = user(
            'crm_seller_all', 'sales_team.group_sale_salesman_all_leads', both)
        cls.others = (
            cls.salesperson | cls.seller_of_all | cls.manager | cls.viewer | cls.outsider
            | cls.administrator)
        cls.entry = cls.make_entry(cls.contact)

    @classmethod
    def make_entry(cls, contact, user=None, company=None, **values):
        user = user or cls.member
        company = company or user.company_id
        entries = cls.as_user(cls.env['crm.personal.profile'], user, company)
        return entries.create({
            'contact_id': contact.id, 'kind': 'interests', 'value': SECRET,
            'purpose': "Choose the right present", 'source': "Told me at the fair", **values,
        }).with_env(cls.env)

    def log(self):
        return self.env['crm.personal.profile.log'].search([], order='id')


@tagged('post_install', '-at_install')
class TestPersonalProfileAccess(PersonalProfileCase):
    """Each door tried, by everybody who has no business there, in two companies."""

    def entries_as(self, user, companies=None):
        return self.as_user(self.env['crm.personal.profile'], user, companies)

    def test_members_read_and_write(self):
        entries = self.entries_as(self.member)
        self.assertEqual(entries.search([('value', 'ilike', "cello")]), self.entry)
        self.entry.with_user(self.member).write({'value': "Plays the drums"})
        self.assertEqual(self.entry.with_user(self.member).summary, "Plays the drums")

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_nobody_else_by_any_method(self):
        calls = {
            'read': lambda entries: entries.browse(self.entry.id).read(['value']),
            'field': lambda entries: entries.browse(self.entry.id).value,
            'name': lambda entries: entries.browse(self.entry.id).read(['display_name']),
            'web_read': lambda entries: entries.browse(self.entry.id).web_read({'value': {}}),
            'search': lambda entries: entries.search([('value', 'ilike', "cello")]),
            'search_count': lambda entries: entries.search_count([('value', 'ilike', "c")]),
            'search_read': lambda entries: entries.search_read([], ['value']),
            'web_search_read': lambda entries: entries.web_search_read([], {'value': {}}),
            'name_search': lambda entries: entries.name_search("Contact"),
            'read_group': lambda entries: entries.formatted_read_group(
                [], ['kind'], ['__count']),
            'export': lambda entries: entries.browse(self.entry.id).export_data(['value']),
            'write': lambda entries: entries.browse(self.entry.id).write({'value': "x"}),
            'unlink': lambda entries: entries.browse(self.entry.id).unlink(),
            'copy': lambda entries: entries.browse(self.entry.id).copy(),
            'renew': lambda entries: entries.browse(self.entry.id).action_renew(),
            'create': lambda entries: entries.create({
                'contact_id': self.contact.id, 'value': "x", 'purpose': "x", 'source': "x"}),
            'load': lambda entries: self.assertFalse(
                entries.load(['contact_id/.id', 'value', 'purpose', 'source'],
                             [[str(self.contact.id), "x", "x", "x"]])['ids']),
        }
        for user in self.others:
            for name, call in calls.items():
                if name == 'load':
                    # Odoo answers with messages instead of raising
                    call(self.entries_as(user))
                    continue
                with self.subTest(user=user.login, door=name), self.assertRaises(AccessError):
                    call(self.entries_as(user))
        self.assertEqual(self.entry.with_user(self.member).value, SECRET)

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_members_of_another_company_neither(self):
        entries = self.entries_as(self.member_b)
        self.assertFalse(entries.search([]))
        self.assertFalse(entries.name_search("Contact"))
        self.assertEqual(
            entries.formatted_read_group([], ['kind'], ['__count']), [])
        for door in (
            lambda: entries.browse(self.entry.id).read(['value']),
            lambda: entries.browse(self.entry.id).write({'value': "x"}),
            lambda: entries.browse(self.entry.id).unlink(),
            lambda: entries.create({
                'contact_id': self.contact.id, 'value': "x", 'purpose': "x", 'source': "x",
                'company_id': self.company.id}),
        ):
            with self.assertRaises(AccessError):
                door()
        # who works in both companies reads what is of the ticked ones
        self.assertFalse(self.entries_as(self.member_both, self.company_b).search([]))
        self.assertEqual(
            self.entries_as(self.member_both).search([]), self.entry)

    def test_not_even_code_with_all_rights_reads_for_others(self):
        """As a server action, a mail template or a computed field of somebody else might."""
        self.env.flush_all()
        for user in self.others:
            self.env.invalidate_all()
            entry = self.entry.with_user(user).sudo()
            self.assertEqual(entry.display_name, self.contact.display_name)
            self.assertFalse(entry.summary)
            for door in (
                lambda entry=entry: entry.value,
                lambda entry=entry: entry.source,
                lambda entry=entry: entry.birth_month,
                lambda entry=entry: entry.read(['purpose']),
                lambda entry=entry: entry.search([('value', 'ilike', "cello")]),
                lambda entry=entry: entry.search([('birth_day', '=', 3)]),
                lambda entry=entry: entry._read_group([], ['birth_month'], ['__count']),
                lambda entry=entry: entry.mapped('value'),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    door()

    def test_no_field_of_the_contact_leads_there(self):
        """What has no field cannot be searched, exported, grouped or put into a mail."""
        for model in self.env.registry.values():
            if model._name.startswith('crm.personal.profile'):
                continue
            paths = [
                field.name for field in model._fields.values()
                if field.comodel_name == 'crm.personal.profile']
            self.assertFalse(paths, model._name)
        with self.assertRaises(ValueError):
            self.as_user(self.env['res.partner'], self.manager).search(
                [('personal_profile_ids.value', 'ilike', "cello")])

    def test_nothing_is_exported_by_members_either(self):
        entry = self.entry.with_user(self.member)
        with self.assertRaisesRegex(AccessError, "cannot be exported"):
            entry.export_data(['contact_id', 'value'])
        with self.assertRaisesRegex(AccessError, "cannot be exported"):
            entry.export_data(['kind'])
        described = entry.fields_get()
        for name in ('value', 'birth_day', 'birth_month', 'birth_year', 'summary', 'source'):
            self.assertFalse(described[name]['exportable'], name)

    def test_mail_templates_of_others_render_nothing(self):
        values = {
            'name': "Spy", 'model_id': self.env.ref('crm_plus.model_crm_personal_profile').id,
            'subject': "{{ object.value }}", 'body_html': '<p t-out="object.value"/>'}
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError), mute_logger(
            'odoo.addons.mail.models.mail_render_mixin',
        ):
            # Odoo tries a new template on a record
            self.env['mail.template'].with_user(self.administrator).create(values)
        template = self.env['mail.template'].with_user(self.member).sudo().create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.administrator, self.manager):
            for rights in (False, True):
                with self.subTest(user=user.login, sudo=rights), self.assertRaises(
                    UserError,
                ), mute_logger(
                    'odoo.addons.mail.models.mail_render_mixin',
                    'odoo.addons.base.models.ir_model',
                ):
                    template.with_user(user).sudo(rights)._render_field(
                        'subject', self.entry.ids)

    def test_chatter_timeline_and_logs_say_nothing(self):
        self.entry.with_user(self.member).write({'value': SECRET + "!"})
        self.entry.with_user(self.member).action_renew()
        self.env.flush_all()
        for table, column in (
            ('mail_message', 'body'), ('mail_message', 'subject'),
            ('mail_tracking_value', 'new_value_char'), ('mail_tracking_value', 'new_value_text'),
            ('mail_activity', 'summary'), ('ir_logging', 'message'),
        ):
            self.env.cr.execute(
                f'SELECT COUNT(*) FROM {table} WHERE {column} ILIKE %s', ["%cello%"])
            self.assertEqual(self.env.cr.fetchone()[0], 0, f"{table}.{column}")
        self.assertFalse(self.timeline().search([('name', 'ilike', "cello")]))
        self.assertFalse(hasattr(self.entry, 'message_ids'))
        page = self.as_user(self.customer, self.manager, self.company).get_customer_360()
        self.assertNotIn("cello", json.dumps(page, default=str))

    def test_who_recorded_an_entry_is_not_for_anyone_to_say(self):
        self.assertEqual(self.entry.user_id, self.member)
        with self.assertRaises(AccessError):
            self.entry.with_user(self.member).user_id = self.manager
        with self.assertRaises(AccessError):
            self.make_entry(self.contact, user_id=self.manager.id)

    def test_the_group_comes_with_nothing_else(self):
        group = self.env.ref(GROUP)
        self.assertFalse(group.implied_by_ids)
        self.assertNotIn(self.env.ref('base.user_admin'), group.all_user_ids)
        self.assertNotIn(self.env.ref('base.user_root'), group.all_user_ids)

    def test_button_is_for_members(self):
        button = '<button name="action_open_personal_profile"'

        def arch(user):
            return self.as_user(self.env['res.partner'], user).get_view(
                self.env.ref('base.view_partner_form').id, 'form')['arch']
        self.assertIn(button, arch(self.member))
        self.assertNotIn(button, arch(self.administrator))
        action = self.as_user(self.contact, self.member).action_open_personal_profile()
        self.assertEqual(action['domain'], [('contact_id', '=', self.contact.id)])

    def test_the_log_is_read_by_few_and_written_by_nobody(self):
        self.entry.with_user(self.member).unlink()
        log = self.log()[-1]
        for user in (self.member, self.administrator):
            self.assertTrue(self.as_user(log, user).has_access('read'))
            for operation in ('write', 'create', 'unlink'):
                self.assertFalse(self.as_user(log, user).has_access(operation))
        for user in (self.salesperson, self.manager, self.outsider):
            self.assertFalse(self.as_user(log, user).has_access('read'))
        self.assertFalse(self.as_user(log, self.member_b).has_access('read'), "another company")


@tagged('post_install', '-at_install')
class TestPersonalProfileByHttp(PersonalProfileCase, HttpCase):
    """The doors of the web server."""

    def call(self, method, args, model='crm.personal.profile', **kwargs):
        answer = self.url_open(
            f'/web/dataset/call_kw/{model}/{method}',
            data=json.dumps({'params': {
                'model': model, 'method': method, 'args': args, 'kwargs': kwargs}}),
            headers={'Content-Type': 'application/json'})
        return answer.text

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model')
    def test_rpc(self):
        for login in ('crm_administrator', 'crm_sales', 'crm_manager'):
            self.authenticate(login, login)
            for method, args in (
                ('read', [self.entry.ids, ['value']]),
                ('search_read', [[], ['value', 'summary']]),
                ('web_search_read', [[], {'value': {}}]),
                ('name_search', ["Contact"]),
                ('export_data', [self.entry.ids, ['value']]),
                ('formatted_read_group', [[], ['kind'], ['__count']]),
            ):
                with self.subTest(login=login, method=method):
                    answer = self.call(method, args)
                    self.assertIn('"error"', answer)
                    self.assertNotIn("cello", answer)

    @mute_logger('odoo.http', 'odoo.addons.web.controllers.export')
    def test_export_to_a_file(self):
        self.member.group_ids += self.env.ref('base.group_allow_export')
        for login in ('crm_member', 'crm_administrator'):
            self.authenticate(login, login)
            for kind in ('csv', 'xlsx'):
                with self.subTest(login=login, kind=kind):
                    answer = self.export(kind, self.contact, 'name')
                    self.assertEqual(answer.status_code, 200, "the way there is open")
                    answer = self.export(kind, self.entry, 'value')
                    self.assertNotEqual(answer.status_code, 200)
                    self.assertNotIn(b"cello", answer.content)

    def export(self, kind, record, name):
        return self.url_open(f'/web/export/{kind}', data={
            'csrf_token': http.Request.csrf_token(self),
            'data': json.dumps({
                'model': record._name, 'ids': record.ids, 'domain': [], 'import_compat': False,
                'fields': [{'name': name, 'label': "Value", 'type': 'text'}],
            })})
