"""Odoo's own runner for the unit tests of an add-on's JavaScript."""

#: What the runner says when at least one test has run and none has failed.
SUCCESS = "[HOOT] Test suite succeeded"


def run_unit_tests(case, module):
    """Run the unit tests of an add-on in the browser.

    :param case: an `HttpCase`
    :param str module: the name of the add-on
    """
    case.browser_js(
        f'/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={_job_id(f"@{module}")}',
        '', '', login='admin', timeout=300, success_signal=SUCCESS,
        error_checker=lambda message: '[HOOT]' not in message)


def _job_id(path):
    """Return by which name the runner knows a suite of tests."""
    number = 0
    for letter in path:
        number = ((number << 5) - number + ord(letter)) & 0xFFFFFFFF
    return f'{number:08x}'
