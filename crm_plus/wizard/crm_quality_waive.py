from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.crm_quality_waiver import FINDING_KINDS


class CrmQualityWaive(models.TransientModel):
    """Say of leads or contacts in a work list why what was found is not an issue."""

    _name = 'crm.quality.waive'
    _description = "Not an Issue"

    lead_ids = fields.Many2many('crm.lead', string="Leads")
    partner_ids = fields.Many2many('res.partner', string="Contacts")
    kind = fields.Selection(
        FINDING_KINDS, "Only This",
        help="Leave empty when nothing of what the work list tells is an issue.",
    )
    found_text = fields.Text("Found", compute='_compute_found_text')
    reason = fields.Char(
        required=True, help="Kept with your name and the time; whoever doubts it reads it there.",
    )

    @api.depends('lead_ids', 'partner_ids', 'kind')
    @api.depends_context('work_list')
    def _compute_found_text(self):
        labels = dict(self._fields['kind']._description_selection(self.env))
        for dialog in self:
            counts = {}
            for vals in dialog._waivers():
                counts[vals['kind']] = counts.get(vals['kind'], 0) + 1
            dialog.found_text = '\n'.join(
                f'{labels[kind]}: {count}' for kind, count in counts.items())

    def _waivers(self):
        """Return the values of what is to be marked: each finding of each record."""
        return [
            {records.WAIVER_COLUMN: record_id, 'kind': kind, 'detail': detail}
            for records in (self.lead_ids._origin, self.partner_ids._origin)
            # what is found is read past the rules
            for record_id, found in records._filtered_access('read')._find(
                {self.kind} if self.kind else records._kinds_told()).items()
            for kind, detail in found
        ]

    def action_waive(self):
        """Mark what was found as not an issue; it comes back once it changes."""
        self.ensure_one()
        waivers = self._waivers()
        if not waivers:
            raise UserError(self.env._("Nothing of the kind is found on these records."))
        self.env['crm.quality.waiver'].create([
            {**vals, 'reason': self.reason} for vals in waivers
        ])
        return {'type': 'ir.actions.act_window_close'}
