"""The templates that are delivered: right, applied, applied again, undone."""

from odoo.tests import tagged

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

    def test_one_after_the_other(self):
        before = self.everything()
        applications = [self.apply(template.key, overwrite=True) for template in self.delivered]
        for application in reversed(applications):
            application.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self.everything(), before)
