"""The templates that are delivered: right, applied, applied again, undone."""

import json

from odoo.tests import tagged

from ..industry_templates.shape import items_of
from ..industry_templates.writing import canonical
from .industry_common import IndustryCommon

DELIVERED = {'chemicals', 'wholesale', 'retail', 'banking', 'software', 'pharma'}


@tagged('post_install', '-at_install')
class TestIndustryDelivered(IndustryCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered = cls.templates.search([('is_delivered', '=', True)])

    def test_six_of_them_with_words_in_three_languages(self):
        self.assertEqual(set(self.delivered.mapped('key')), DELIVERED)
        for template in self.delivered:
            stored = self.templates._stored(template.sudo(), ['name', 'summary', 'description'])
            for name, texts in stored[template.id].items():
                with self.subTest(template=template.key, field=name):
                    self.assertEqual(set(texts), {'en_US', 'ko_KR', 'zh_CN'})
                    self.assertEqual(len(set(texts.values())), 3)

    def test_nothing_is_wrong_and_files_are_canonical(self):
        for template in self.delivered:
            with self.subTest(template.key):
                self.assertEqual(template.get_preview()['problems'], [])
                contents, problems = template._get_contents()
                self.assertEqual(problems, [])
                self.assertEqual(canonical(
                    contents, self.templates._industry_sections(),
                    self.templates._industry_settings()), template._get_texts())

    def test_applied_again_and_undone(self):
        for language in ('ko_KR', 'zh_CN'):
            self.env['res.lang'].sudo()._activate_lang(language)
        before = self.everything()
        for template in self.delivered:
            with self.subTest(template.key):
                application = self.apply(template.key, overwrite=True)
                self.assertGreater(application.created_count, 30)
                self.assertFalse(self.apply(template.key, overwrite=True))
                self.assertEqual(
                    {item['state'] for item in self.items_of(template).values()}, {'same'})
                self.assertEqual(application.get_undo_preview()['kept'], [])
                application.action_undo()
                self.env.invalidate_all()
                self.assertEqual(self.everything(), before)

    def test_exported_by_their_own_keys(self):
        """What a template brought is exported as its files have it, beside what was there."""
        for language in ('ko_KR', 'zh_CN'):
            self.env['res.lang'].sudo()._activate_lang(language)
        sections = self.templates._industry_sections()
        for template in self.delivered:
            with self.subTest(template.key):
                application = self.apply(template.key, overwrite=True)
                files = self.templates._export(self.company, "Own", "Own", key='own')
                application.action_undo()
                self.env.invalidate_all()
                exported = {
                    path.partition('/')[2]: json.loads(text) for path, text in files.items()}
                contents, _problems = template._get_contents()
                for module, group in sections.items():
                    self.assertHolds(
                        exported[f'{module}.json'], contents[f'{module}.json'], group)
                    for language in ('ko_KR', 'zh_CN'):
                        name = f'{module}.{language}.json'
                        for section, texts in contents[name].items():
                            found = exported[name].get(section, {})
                            self.assertEqual({way: found.get(way) for way in texts}, texts)

    def assertHolds(self, exported, content, sections):
        """Check that what a file says stands in an exported one, or is the default."""
        for name, value in content.get('settings', {}).items():
            self.assertEqual(
                exported.get('settings', {}).get(name, self.default_of('res.company', name)),
                value, name)
        found = {way: item for way, _keys, _section, item in items_of(exported, sections)}
        for way, _keys, section, item in items_of(content, sections):
            self.assertIn(way, found)
            for key in ('record', *section.fields):
                if key not in item:
                    continue
                stands, wanted = found[way].get(key), item[key]
                if key not in found[way]:
                    if self.env[section.model]._fields[section.field_of(key)].compute:
                        continue
                    stands = self.default_of(section.model, section.field_of(key))
                if isinstance(wanted, list) and isinstance(wanted[0], str):
                    stands, wanted = set(stands), set(wanted)
                self.assertEqual(stands, wanted, f'{way}/{key}')

    def default_of(self, model, name):
        """Return the default of a field, which no export has to tell."""
        return self.templates._default(
            model, self.env[model]._fields[name], self.templates._kind(model, name))

    def test_one_after_the_other(self):
        before = self.everything()
        applications = [self.apply(template.key, overwrite=True) for template in self.delivered]
        for application in reversed(applications):
            application.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.everything(), before)
