from odoo import api, fields, models

from .crm_stage_forecast_mixin import FORECAST_CATEGORIES


class CrmLeadForecastMixin(models.AbstractModel):
    """How sure the salesperson is of an opportunity, in the words of the sales forecast."""

    _name = 'crm.lead.forecast.mixin'
    _description = "Forecast of an Opportunity"

    forecast_category = fields.Selection(
        FORECAST_CATEGORIES, compute='_compute_forecast_category', store=True, readonly=False,
        copy=False,
        help="What the opportunity counts as in the sales forecast while it is open. Commit: "
             "will be won; best case: may well be won; pipeline: is possible; omitted: is left "
             "out. The stage proposes it whenever it changes; choose otherwise where you know "
             "better.",
    )

    @api.depends('type')
    def _compute_forecast_category(self):
        """Begin with what the stage proposes.

        Not recomputed with the stage, which Odoo does too when the team alone changes: that
        is no reason to forget what somebody chose.
        """
        for lead in self:
            lead.forecast_category = lead.stage_id.forecast_category or 'pipeline'

    @api.onchange('stage_id')
    def _onchange_stage_forecast(self):
        if self.stage_id and not self.stage_id.is_won:
            self.forecast_category = self.stage_id.forecast_category

    def write(self, vals):
        """Take what another stage proposes; what is won keeps what it was expected to be."""
        stage = self.env['crm.stage'].browse(vals.get('stage_id'))
        if not stage or 'forecast_category' in vals:
            return super().write(vals)
        moved = self.filtered(lambda lead: lead.stage_id != stage)
        if not moved or stage.is_won:
            return super().write(vals)
        category = stage.forecast_category or 'pipeline'
        if moved == self:
            return super().write({**vals, 'forecast_category': category})
        result = super().write(vals)
        moved.forecast_category = category
        return result

    def action_view_forecast_history(self):
        """Open what the opportunity counted as in the snapshots of the forecast."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Forecast History"),
            'res_model': 'crm.forecast.snapshot.line',
            'views': [(False, 'list'), (False, 'graph')],
            'domain': [('lead_id', '=', self.id)],
        }
