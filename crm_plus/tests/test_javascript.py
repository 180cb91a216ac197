"""The unit tests of the add-on's JavaScript."""

from odoo.tests import HttpCase, no_retry, tagged

from .javascript import run_unit_tests


@tagged('post_install', '-at_install')
class TestJavaScript(HttpCase):

    @no_retry
    def test_unit_tests(self):
        run_unit_tests(self, 'crm_plus')
