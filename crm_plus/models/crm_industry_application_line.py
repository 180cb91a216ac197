from odoo import fields, models


class CrmIndustryApplicationLine(models.Model):
    """One record that a template made or changed: what it was before, what it was afterwards."""

    _name = 'crm.industry.application.line'
    _inherit = ['crm.industry.line.words.mixin']
    _description = "Line of an Applied Industry Template"
    _order = 'application_id desc, id'

    application_id = fields.Many2one(
        'crm.industry.application', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='application_id.company_id')
    module = fields.Char("Add-on", readonly=True)
    section = fields.Char(readonly=True)
    item = fields.Char(
        "Item of the Template", required=True, readonly=True, index=True,
        help="Add-on, section and key of the item in the template's files.",
    )
    external_id = fields.Char(
        "External ID", readonly=True,
        help="The delivered record that the template names, so that it is named again when the "
             "configuration is exported.",
    )
    name = fields.Char(readonly=True)
    kind = fields.Selection(
        [('created', "Created"), ('changed', "Changed")], "Action", required=True,
        readonly=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field='model', required=True, readonly=True)
    before = fields.Json("Values Before", readonly=True)
    after = fields.Json("Values Afterwards", readonly=True)
    chosen = fields.Json(
        "Overwritten by Choice", readonly=True,
        help="Fields that somebody had changed by hand, and that were overwritten all the same.",
    )
    undone = fields.Selection(
        [('returned', "Put back"), ('removed', "Deleted"), ('kept', "Left as it is")],
        readonly=True)
    returned = fields.Json("Fields Put Back", readonly=True)
    reason = fields.Char(
        "Why It Stays", readonly=True, help="What undoing left as it is, and why.")

    _record_index = models.Index('(model, res_id)')

    def action_open_record(self):
        """Open the record that was made or changed."""
        self.ensure_one()
        self.check_access('read')
        return {
            'type': 'ir.actions.act_window',
            'res_model': self.model,
            'res_id': self.res_id,
            'views': [(False, 'form')],
        }
