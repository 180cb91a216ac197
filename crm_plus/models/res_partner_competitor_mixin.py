from odoo import fields, models


class ResPartnerCompetitorMixin(models.AbstractModel):
    """Who else sells to a customer."""

    _name = 'res.partner.competitor.mixin'
    _description = "Competitors at a Customer"

    account_competitor_ids = fields.One2many(
        'crm.account.competitor', 'partner_id', "Competitors at the Account",
        groups='sales_team.group_sale_salesman',
    )

    def action_view_account_competitors(self):
        """Open what is known of the competitors at the customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_account_competitor_action'),
            'domain': [('partner_id', '=', customer.id)],
            'context': {'default_partner_id': customer.id},
        }
