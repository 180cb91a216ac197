from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.lead_cells import TYPES
from .crm_first_touch_mixin import FIRST_TOUCH

#: Columns of a lead that are no business of a file.
NOT_IMPORTED = {
    'active', 'color', 'company_id', 'type', 'probability', 'lost_reason_id', 'email_normalized',
    'message_bounce', *FIRST_TOUCH,
}
CONSENT = 'consent_'


class CrmLeadImportColumn(models.Model):
    """A column of a file of leads, and what it is read as."""

    _name = 'crm.lead.import.column'
    _description = "Column of an Import"
    _order = 'sequence, id'

    import_id = fields.Many2one('crm.lead.import', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='import_id.company_id')
    sequence = fields.Integer(required=True, readonly=True)
    name = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="For Example", readonly=True)
    field_name = fields.Selection(
        '_selection_field_name', string="Read As",
        help="What the column is of the lead. Empty: it is left out.",
    )

    @api.model
    def _selection_field_name(self):
        """Return the fields of leads and the purposes of consent, by their names."""
        choices = [
            (name, description['string'])
            for name, description in self.env['crm.lead'].fields_get(
                attributes=['string', 'type', 'readonly', 'store']).items()
            if (description['type'] in TYPES or name == 'tag_ids')
            and description.get('store') and not description.get('readonly')
            and name not in NOT_IMPORTED
        ]
        # archived ones too, so that an import of before can still be read
        purposes = self.env['crm.consent.purpose'].with_context(active_test=False)
        purposes = purposes.search(Domain.TRUE)
        choices += [
            (f'{CONSENT}{purpose.id}', self.env._("Agreed to: %s", purpose.name))
            for purpose in purposes
        ]
        return sorted(choices, key=lambda choice: choice[1].casefold())

    def write(self, vals):
        result = super().write(vals)
        if 'field_name' in vals:
            self.import_id.write({'column_ids': []})
        return result
