from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ResPartnerKeyAccountMixin(models.AbstractModel):
    """What key accounts add to ``res.partner``, which inherits from this."""

    _name = 'res.partner.key.account.mixin'
    _inherit = ['crm.duplicate.source.mixin']
    _description = "Partner: Key Account"

    key_account_id = fields.Many2one(
        'crm.key.account', compute='_compute_key_account_id', search='_search_key_account_id',
        groups='crm_plus.group_user',
        help="What the current company keeps about this customer as a key account.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('company', 'uid')
    def _compute_key_account_id(self):
        accounts = self._key_accounts(Domain('partner_id', 'in', self.commercial_partner_id.ids))
        by_customer = {account.partner_id: account for account in accounts}
        for partner in self:
            partner.key_account_id = by_customer.get(partner.commercial_partner_id._origin, False)

    def _key_accounts(self, domain=Domain.TRUE):
        """The current company's key accounts that the reader may read."""
        return self.env['crm.key.account'].search(
            domain & Domain('company_id', '=', self.env.company.id))

    def _search_key_account_id(self, operator, value):
        if operator != 'in':
            return NotImplemented
        ids = [account_id for account_id in value if account_id]
        found = Domain(
            'commercial_partner_id', 'in',
            self._key_accounts(Domain('id', 'in', ids)).partner_id.ids)
        if len(ids) < len(list(value)):
            found |= Domain(
                'commercial_partner_id', 'not in', self._key_accounts().partner_id.ids)
        return found

    def action_open_key_account(self):
        """Open the key account of the customer, or the form that makes them one."""
        self.ensure_one()
        customer = self.commercial_partner_id
        account = self.env['crm.key.account'].with_context(active_test=False).search([
            ('partner_id', '=', customer.id), ('company_id', '=', self.env.company.id)])
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Key Account"),
            'res_model': 'crm.key.account',
            'res_id': account.id,
            'views': [(False, 'form')],
            'context': {'default_partner_id': customer.id},
        }

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def _check_mergeable(self, survivor):
        """Refuse to make a key account a contact of another company."""
        result = super()._check_mergeable(survivor)
        company = survivor.commercial_partner_id
        # sudo: that there is an account, in whichever company, is all that is told
        account = self.env['crm.key.account'].sudo()._of_customers(self)[:1]
        if account and company != survivor:
            raise UserError(self.env._(
                "%(account)s is a key account and %(contact)s a contact of %(company)s. Merge it "
                "with a company.", account=account.partner_id.name, contact=survivor.name,
                company=company.name))
        return result

    def _merge_move_more(self, survivor):
        """Let what hangs on a second key account of the customer go over to the first."""
        # sudo: who may merge customers merges what is kept about them, in every company
        accounts = self.env['crm.key.account'].sudo()
        return [
            *super()._merge_move_more(survivor), *accounts._move_merged(self, survivor)]

    def _merge_after_move(self, survivor):
        """Archive the second key accounts of the customer."""
        result = super()._merge_after_move(survivor)
        # sudo: as above
        self.env['crm.key.account'].sudo()._archive_merged(self, survivor)
        return result
