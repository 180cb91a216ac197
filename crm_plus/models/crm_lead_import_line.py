from odoo import api, fields, models


class CrmLeadImportLine(models.Model):
    """A row of a file of leads: what is in it, what becomes of it, what is wrong with it."""

    _name = 'crm.lead.import.line'
    _description = "Row of an Import"
    _order = 'import_id desc, row'
    _rec_name = 'row'

    import_id = fields.Many2one('crm.lead.import', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='import_id.company_id')
    row = fields.Integer(readonly=True, aggregator=None, help="The number of the row in the file.")
    cells = fields.Json(readonly=True)
    text = fields.Char(
        string="Content", compute='_compute_text', help="What stands in the row.")
    who = fields.Char(readonly=True, help="The company or the person.")
    email = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ('new', "New"),
            ('known', "Known"),
            ('error', "Needs correction"),
            ('done', "Loaded"),
            ('left', "Left as it is"),
        ],
        required=True, readonly=True, index=True,
    )
    message = fields.Text(string="Remarks", readonly=True)
    lead_id = fields.Many2one('crm.lead', readonly=True, index='btree_not_null')
    partner_id = fields.Many2one(
        'res.partner', string="Contact", readonly=True, index='btree_not_null',
        help="The known contact that the lead gets.",
    )

    _import_state_idx = models.Index('(import_id, state, row)')

    @api.depends('cells')
    def _compute_text(self):
        for line in self:
            line.text = ' · '.join(filter(None, line.cells or []))
