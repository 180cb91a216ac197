import ast
import base64
import json
import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from ..industry_templates.reading import read_zip
from ..industry_templates.writing import dumps, pack
from .common import CrmPlusCommon

TEMPLATE = {
    'template.json': {
        'format': 1, 'language': 'en_US', 'name': "Tour Trade", 'summary': "For those who tour",
        'version': "1.0",
    },
    'crm_plus.json': {
        'settings': {'lead_quality_bar': 55, 'lead_stale_days': 45},
        'tiers': [{'key': 'tour', 'name': "Tour Tier", 'sequence': 90}],
        'lead_tags': [{'key': 'unwanted', 'name': "Unwanted Tour Tag", 'color': 3}],
        'stages': [{
            'key': 'sample', 'name': "Tour Sample", 'sequence': 60,
            'exit_criteria': [
                {'key': 'sent', 'name': "Tour sample sent", 'kind': 'field',
                 'field_id': 'expected_revenue'},
            ],
        }],
    },
}


class IndustryPageCommon(CrmPlusCommon):
    """A consultant, and a template to take in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = new_test_user(
            cls.env, login='crm_consultant', company_id=cls.company.id, tz='UTC',
            groups='base.group_system,sales_team.group_sale_manager')

    def take_in(self, files=TEMPLATE, key='tour_trade', user=None):
        """Import a template as somebody; return the action that follows."""
        data = pack({f'{key}/{name}': dumps(content) for name, content in files.items()})
        wizard = self.as_user(self.env['crm.industry.import'], user or self.consultant)
        return wizard.create({
            'file': base64.b64encode(data), 'file_name': f'{key}.zip'}).action_import()


@tagged('post_install', '-at_install')
class TestIndustryWizards(IndustryPageCommon):

    def test_import_opens_the_preview(self):
        action = self.take_in()
        template = self.env['crm.industry.template'].browse(action['context']['active_id'])
        self.assertEqual(template.name, "Tour Trade")
        self.assertEqual(action['tag'], 'crm_plus_industry_preview')
        self.assertFalse(self.env['crm.stage'].search([('name', '=', "Tour Sample")]))

    def test_import_says_what_is_wrong_and_keeps_nothing(self):
        wrong = {**TEMPLATE, 'crm_plus.json': {'stages': [{'key': 'a', 'nme': "A"}]}}
        with self.assertRaisesRegex(UserError, 'crm_plus.json.*stages/a'):
            self.take_in(wrong)
        self.assertFalse(self.env['crm.industry.template'].search([('key', '=', 'tour_trade')]))

    def test_what_is_no_file_is_refused(self):
        wizard = self.as_user(self.env['crm.industry.import'], self.consultant)
        for content in ('not base64 at all', base64.b64encode(b'no zip')):
            with self.subTest(content=content), self.assertRaises(UserError):
                wizard.create({'file': content}).action_import()

    def test_only_administrators_import_and_export(self):
        for user in (self.manager, self.salesperson):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.take_in(user=user)
                with self.assertRaises(AccessError):
                    self.as_user(self.env['crm.industry.export'], user).create(
                        {'name': "A", 'summary': "A"})

    def export(self, **values):
        wizard = self.as_user(self.env['crm.industry.export'], self.consultant).create(
            {'name': "Our Trade", 'summary': "What we do", **values})
        wizard.action_export()
        return wizard

    def test_export_is_what_an_import_takes(self):
        wizard = self.export(description="For us.", version="2.1")
        self.assertEqual(wizard.key, 'our_trade')
        self.assertEqual(wizard.file_name, 'our_trade.zip')
        self.assertIn("Stages", wizard.content)
        key, texts = read_zip(base64.b64decode(wizard.file))
        self.assertEqual(key, 'our_trade')
        described = json.loads(texts['template.json'])
        self.assertEqual(
            [described[name] for name in ('name', 'summary', 'description', 'version')],
            ["Our Trade", "What we do", "For us.", "2.1"])
        taken_in = self.as_user(self.env['crm.industry.import'], self.consultant).create({
            'file': wizard.file}).action_import()
        template = self.env['crm.industry.template'].browse(taken_in['context']['active_id'])
        preview = self.as_user(template, self.consultant).get_preview()
        self.assertEqual(preview['problems'], [])
        states = {
            item['state'] for module in preview['modules'] for section in module['sections']
            for item in section['items']}
        self.assertEqual(states, {'same'}, "it is what there is")

    def test_export_is_downloaded_under_its_name(self):
        wizard = self.export()
        action = wizard.action_download()
        self.assertEqual(action['type'], 'ir.actions.act_url')
        self.assertIn(f'/{wizard.id}/file', action['url'])

    def test_export_names_what_it_leaves_out(self):
        stage = self.env['crm.stage'].create({'name': "Approved by one", 'sequence': 50})
        self.env['crm.stage.criterion'].create({
            'name': "Approved by Sam", 'stage_id': stage.id, 'kind': 'approval',
            'approver_ids': self.salesperson.ids})
        self.assertIn("Approved by Sam", self.export().left_out)

    def test_short_names_are_names_of_folders(self):
        for key in ('Our Trade', '../etc', 'x', '1st', ''):
            with self.subTest(key=key), self.assertRaises(UserError):
                self.export(key=key)

    def test_short_name_is_made_of_the_name(self):
        wizards = self.as_user(self.env['crm.industry.export'], self.consultant)
        for name, key in (
            ("Our Trade", 'our_trade'), ("Müller & Söhne", 'muller_sohne'), ("도료", 'template'),
            ("3D Printing", 'template_3d_printing'), ("A" * 60, 'a' * 40),
            ("Chemicals", 'own_chemicals'),
        ):
            with self.subTest(name=name):
                self.assertEqual(wizards.create({'name': name, 'summary': "S"}).key, key)

    def test_other_companies_are_not_exported(self):
        with self.assertRaises(AccessError):
            self.export(company_id=self.company_b.id)


@tagged('post_install', '-at_install')
class TestIndustryFixture(IndustryPageCommon):
    """What the tests of the page take for a preview has the shape of one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open('crm_plus/static/tests/industry_preview_fixture.js') as file:
            cls.script = file.read()

    def keys_of_helper(self, name):
        """Return the keys of the object that a function of the fixture makes."""
        [body] = re.findall(rf'const {name} = .*?\(\{{(.*?)\}}\);', self.script, re.DOTALL)
        return set(re.findall(r'^ *(\w+)[,:]', body, re.MULTILINE))

    def read_fixture(self):
        """Return the fixture's preview; what its functions make is a tuple of their arguments."""
        text = re.search(r'return (\{.*?\n    \});', self.script, re.DOTALL)[1]
        for pattern, replacement in (
            (r'\b(item|field)\(', '('), (r'\.\.\.values,', ''), (r'(\w+):(?= |$)', r'"\1":'),
            (r'\btrue\b', 'True'), (r'\bfalse\b', 'False'),
        ):
            text = re.sub(pattern, replacement, text)
        return ast.literal_eval(text)

    def shape(self, value):
        """Return the keys of an object and those within, lists by their first entry."""
        if isinstance(value, dict):
            return {key: self.shape(inner) for key, inner in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [self.shape(value[0])]
        return type(value).__name__

    def test_shape(self):
        template = self.env['crm.industry.template'].browse(
            self.take_in()['context']['active_id'])
        preview = self.as_user(template, self.consultant).get_preview()
        fixture = self.read_fixture()
        item = preview['modules'][0]['sections'][0]['items'][0]
        self.assertEqual(self.keys_of_helper('item'), {*item})
        self.assertEqual(self.keys_of_helper('field'), {*item['fields'][0]})
        for own in (preview, fixture):
            for section in own['modules'][0]['sections']:
                section['items'] = []
        self.assertEqual(self.shape(fixture), self.shape(preview))

    def test_problems(self):
        template = self.env['crm.industry.template'].browse(
            self.take_in()['context']['active_id'])
        template.sudo().files = {'template.json': '{'}
        [problem] = self.as_user(template, self.consultant).get_preview()['problems']
        self.assertEqual({*problem}, {'file', 'key', 'message', 'remedy'})


@tagged('post_install', '-at_install')
class TestIndustryJourney(IndustryPageCommon, HttpCase):
    """A consultant chooses, previews, applies, undoes and exports in a browser."""

    def test_consultant(self):
        self.take_in()
        company, stages = self.company, self.env['crm.stage']
        company.with_user(self.consultant).lead_stale_days = 12
        self.start_tour(
            '/odoo/industry-templates', 'crm_plus_industry_apply', login='crm_consultant',
            timeout=180)
        self.env.invalidate_all()
        self.assertEqual((company.lead_quality_bar, company.lead_stale_days), (55, 45))
        self.assertFalse(self.env['crm.tag'].search([('name', '=', "Unwanted Tour Tag")]))
        stage = stages.search([('name', '=', "Tour Sample")])
        self.assertEqual(stage.exit_criterion_ids.name, "Tour sample sent")
        tier = self.env['crm.customer.tier'].search([('name', '=', "Tour Tier")])
        self.assertEqual(tier.company_id, company)
        application = self.env['crm.industry.application'].search([], limit=1)
        self.assertEqual(application.user_id, self.consultant)

        self.make_lead(self.customer, 100, stage_id=stage.id)
        self.start_tour(
            f'/odoo/crm.industry.application/{application.id}', 'crm_plus_industry_undo',
            login='crm_consultant', timeout=180)
        self.env.invalidate_all()
        self.assertEqual((company.lead_quality_bar, company.lead_stale_days), (70, 12))
        self.assertTrue(stage.exists(), "used since")
        self.assertFalse(tier.exists())
        self.assertEqual(application.state, 'undone')

        self.start_tour(
            '/odoo/industry-templates', 'crm_plus_industry_export', login='crm_consultant',
            timeout=180)
        exported = self.env['crm.industry.export'].search([], limit=1, order='id desc')
        key, texts = read_zip(base64.b64decode(exported.file))
        self.assertEqual(key, 'tour_export')
        self.assertIn("Tour Sample", texts['crm_plus.json'])
