from odoo import fields, models

#: What an opportunity counts as while it is open, the least certain first.
FORECAST_CATEGORIES = [
    ('pipeline', "Pipeline"),
    ('best_case', "Best Case"),
    ('commit', "Commit"),
    ('omitted', "Omitted"),
]


class CrmStageForecastMixin(models.AbstractModel):
    """What the opportunities of a stage count as in the sales forecast."""

    _name = 'crm.stage.forecast.mixin'
    _description = "Forecast of a Stage"

    forecast_category = fields.Selection(
        FORECAST_CATEGORIES, compute='_compute_forecast_category', store=True, readonly=False,
        precompute=True,
        help="What an opportunity counts as in the sales forecast when it reaches this stage. "
             "Pipeline: possible; best case: may well be won; commit: will be won; omitted: is "
             "left out. The salesperson may choose otherwise for an opportunity.",
    )

    def _compute_forecast_category(self):
        """Start with the best case where a proposition is out, with pipeline elsewhere.

        What is committed, somebody has to say.
        """
        proposition = self.env.ref('crm.stage_lead3', raise_if_not_found=False)
        for stage in self:
            stage.forecast_category = stage.forecast_category or (
                'best_case' if proposition and stage._origin == proposition else 'pipeline')

    def write(self, vals):
        """Let the opportunities follow their stage, save where somebody chose otherwise."""
        if 'forecast_category' not in vals:
            return super().write(vals)
        before = {stage: stage.forecast_category for stage in self}
        result = super().write(vals)
        for stage, category in before.items():
            if category != stage.forecast_category:
                # sudo: a stage means the same to all its opportunities; nothing is told of them
                self.env['crm.lead'].sudo().with_context(
                    active_test=False, tracking_disable=True,
                ).search([
                    ('stage_id', '=', stage.id), ('forecast_category', '=', category),
                ]).forecast_category = stage.forecast_category
        return result
