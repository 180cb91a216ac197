from odoo import api, models


class ReportKeyAccountPage(models.AbstractModel):
    """The page about key accounts to print before a visit, as its reader may see them."""

    _name = 'report.crm_plus.report_key_account_page'
    _description = "Key Account: Page for a Visit"

    @api.model
    def _get_report_values(self, docids, data=None):
        accounts = self.env['crm.key.account'].browse(docids)
        accounts.check_access('read')
        return {
            'doc_ids': docids,
            'doc_model': accounts._name,
            'docs': accounts,
            'pages': {account.id: account._page_values() for account in accounts},
        }
