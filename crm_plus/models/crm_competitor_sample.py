from odoo import api, fields, models


class CrmCompetitorSample(models.Model):
    """A sample of a competitor's product that was taken at a customer, or an analysis of it."""

    _name = 'crm.competitor.sample'
    _description = "Sample or Analysis"
    _order = 'date desc, id desc'

    name = fields.Char(required=True, help="What was taken or analysed, and on which occasion.")
    account_competitor_id = fields.Many2one(
        'crm.account.competitor', "Competitor at Account", required=True, index=True,
        ondelete='cascade',
    )
    company_id = fields.Many2one(
        related='account_competitor_id.company_id', store=True, index=True)
    partner_id = fields.Many2one(
        related='account_competitor_id.partner_id', store=True, index=True)
    competitor_id = fields.Many2one(
        related='account_competitor_id.competitor_id', store=True, index=True)
    product_id = fields.Many2one(
        'crm.competitor.product', index='btree_not_null', ondelete='set null',
        domain="[('competitor_id', '=', competitor_id)]",
    )
    kind = fields.Selection(
        [('sample', "Sample"), ('analysis', "Analysis")], required=True, default='sample')
    date = fields.Date(required=True, default=fields.Date.context_today)
    result = fields.Text(help="What was found out.")
    verdict = fields.Selection(
        [('better', "Better than ours"), ('equal', "As good as ours"), ('worse', "Worse than ours")],
        help="How their product compares with ours in this sample or analysis.",
    )
    attachment_ids = fields.Many2many(
        'ir.attachment', 'crm_competitor_sample_attachment_rel', 'sample_id', 'attachment_id',
        "Documents", help="The report of the laboratory, a photograph, a data sheet.",
    )
    user_id = fields.Many2one(
        'res.users', "Done by", default=lambda self: self.env.user, ondelete='set null')

    @api.model_create_multi
    def create(self, vals_list):
        samples = super().create(vals_list)
        samples._own_documents()
        return samples

    def write(self, vals):
        result = super().write(vals)
        if 'attachment_ids' in vals:
            self._own_documents()
        return result

    def _own_documents(self):
        """Let whoever may see the sample see its documents, which otherwise are the uploader's."""
        for sample in self:
            sample.attachment_ids.filtered(
                lambda document: document.create_uid == self.env.user and not document.res_id
            ).write({'res_model': self._name, 'res_id': sample.id})
