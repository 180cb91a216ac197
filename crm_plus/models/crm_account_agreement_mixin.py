"""The agreements with a key account."""

from odoo import api, fields, models


class CrmAccountAgreementMixin(models.AbstractModel):
    """The agreements of ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.agreement.mixin'
    _description = "Key Account: Agreements"

    agreement_ids = fields.One2many('crm.agreement', 'account_id', "Agreements")
    agreement_count = fields.Integer(
        "Agreements in Force", compute='_compute_agreement_count',
        help="Agreements with the customer that hold at present.",
    )

    @api.depends('agreement_ids.state')
    def _compute_agreement_count(self):
        counts = dict(self.env['crm.agreement']._read_group(
            [('account_id', 'in', self.ids), ('state', '=', 'active')],
            ['account_id'], ['__count']))
        for account in self:
            account.agreement_count = counts.get(account._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Take over the agreements that were made before the customer was a key account."""
        accounts = super().create(vals_list)
        # sudo: the link alone changes
        agreements = self.env['crm.agreement'].sudo().with_context(active_test=False).search([
            ('partner_id', 'in', accounts.partner_id.ids), ('account_id', '=', False)])
        self.env.add_to_compute(agreements._fields['account_id'], agreements)
        return accounts

    def action_view_agreements(self):
        """Open the agreements with the customer."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_agreement_action'),
            'domain': [('account_id', '=', self.id)],
            'context': {'default_partner_id': self.partner_id.id,
                        'default_company_id': self.company_id.id},
        }
