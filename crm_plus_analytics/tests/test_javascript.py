"""The unit tests of the add-on's JavaScript, in Odoo's own runner for them."""

from odoo.tests import HttpCase, no_retry, tagged

#: What the runner says when at least one test has run and none has failed.
SUCCESS = "[HOOT] Test suite succeeded"


@tagged('post_install', '-at_install')
class TestJavaScript(HttpCase):

    @no_retry
    def test_unit_tests(self):
        self.browser_js(
            f'/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={job_id("@crm_plus_analytics")}',
            '', '', login='admin', timeout=300, success_signal=SUCCESS,
            error_checker=lambda message: '[HOOT]' not in message)


def job_id(path: str) -> str:
    """Return by which name the runner knows a suite of tests."""
    number = 0
    for letter in path:
        number = ((number << 5) - number + ord(letter)) & 0xFFFFFFFF
    return f'{number:08x}'
