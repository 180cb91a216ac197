from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..standing import WEIGHTS
from ..valuation.rfm import LEVELS
from .res_company import BANDS, CUT_POINTS, LIFECYCLE

#: Limits of the stages of life that are shares.
SHARES = frozenset({'lost_below', 'at_risk_below', 'decline', 'growth'})


class CustomerScoreRun(models.Model):
    """The weights and limits by which a scoring judged, as they were in the settings then."""
    _inherit = 'customer.score.run'

    weights_table = fields.Html(
        string="Weights of the Score", compute='_compute_limits_tables', sanitize=False)
    bands_table = fields.Html(
        string="Bands", compute='_compute_limits_tables', sanitize=False)
    stages_table = fields.Html(
        string="Stages", compute='_compute_limits_tables', sanitize=False)
    rfm_table = fields.Html(
        string="Recency, Frequency and Money", compute='_compute_limits_tables', sanitize=False)

    @api.depends('weights', 'band_limits', 'lifecycle_limits', 'cut_points')
    @api.depends_context('lang')
    def _compute_limits_tables(self):
        for run in self:
            # what a column of JSON holds comes back in an order of its own
            weights, stages = run.weights or {}, run.lifecycle_limits or {}
            run.weights_table = run._html_table(
                [self.env._("Component"), self.env._("Weight")],
                [[run._setting(f'customer_value_weight_{name}'), run._limit(weights[name])]
                 for name in WEIGHTS if name in weights])
            run.bands_table = run._html_table(
                [self.env._("Band"), self.env._("Score")],
                [[run._setting(name), run._limit(limit)]
                 for name, limit in zip(BANDS, run.band_limits or [], strict=False)])
            run.stages_table = run._html_table(
                [self.env._("Stage"), self.env._("Limit")],
                [[run._setting(setting),
                  f"{stages[name]:.0%}" if name in SHARES else run._limit(stages[name])]
                 for name, setting in LIFECYCLE.items() if stages.get(name) is not None])
            run.rfm_table = run._html_table(
                [self.env._("Score"), "5", "4", "3", "2", "1"],
                [[run._setting(setting), *run._steps(name)]
                 for name, setting in CUT_POINTS.items() if run.cut_points])

    def _setting(self, name: str) -> str:
        """Return what a setting is called."""
        return self.env['res.company']._fields[name]._description_string(self.env)

    def _limit(self, number: float) -> str:
        return formatLang(self.env, number, digits=0 if number == round(number) else 1)

    def _steps(self, name: str) -> list[str]:
        """Return what scores 5, 4 … 1: few days since the last purchase are better, else much is."""
        numbers = [self._limit(limit) for limit in self.cut_points.get(name, [])]
        if not numbers:
            return [self.env._("a fifth")] * LEVELS
        if name == 'recency':
            return [*(f"≤ {number}" for number in numbers), f"> {numbers[-1]}"]
        return [*(f"≥ {number}" for number in reversed(numbers)), f"< {numbers[0]}"]
