from odoo.tests import HttpCase, tagged

CLICK = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('crm_plus_service.menu_root');"
)


@tagged('post_install', '-at_install')
class TestClickEverywhere(HttpCase):
    """Odoo's own robot opens each menu, view and filter of the app: nothing breaks."""

    def test_service(self):
        self.browser_js(
            '/odoo', CLICK, 'odoo.isReady === true', login='admin', timeout=900,
            success_signal='clickbot test succeeded')
