from odoo import api, fields, models
from odoo.tools.misc import formatLang


class CustomerScoreComponentsMixin(models.AbstractModel):
    """What the score from 0 to 100 is made of, beside the company's median, and how far the next band is."""
    _name = 'customer.score.components.mixin'
    _description = 'Components of a Customer Score'

    components_table = fields.Html(
        string="What the Score is Made of", compute='_compute_components_table', sanitize=False)
    next_band = fields.Char(
        compute='_compute_next_band',
        help="What is missing to the next better band of scores.")

    @api.depends('composite_score', 'components', 'run_id.band_limits')
    @api.depends_context('lang')
    def _compute_next_band(self):
        for score in self:
            bands = score.run_id.band_limits
            limits = [limit for limit in bands if limit > score.composite_score]
            if not score.components:
                score.next_band = False
            elif not limits:
                score.next_band = self.env._("In the best band: %s and above", bands[-1])
            else:
                score.next_band = self.env._(
                    "%(points)s points to the next band, from %(limit)s",
                    points=limits[0] - score.composite_score, limit=limits[0])

    @api.depends('components')
    @api.depends_context('lang', 'uid')
    def _compute_components_table(self):
        for score in self:
            # sudo: only the medians of figures that the reader may see are shown
            medians = score.run_id.sudo().medians or {}
            rows = [
                (label, f"{formatLang(self.env, points, digits=1)} / "
                        f"{formatLang(self.env, most, digits=1)}",
                 *score._component_figures(name, medians.get(name)))
                for name, label in self._component_labels().items()
                for points, most in [(score.components or {}).get(name, (0, 0))] if most
            ]
            score.components_table = score.run_id._html_table([
                self.env._("Component"), self.env._("Points"), self.env._("This customer"),
                self.env._("Median of all"),
            ], rows)

    def _component_labels(self) -> dict[str, str]:
        return {
            'value': self.env._("Value"),
            'growth': self.env._("Growth against the year before"),
            'loyalty': self.env._("Loyalty: chance still a customer"),
            'conduct': self.env._("Payment: share paid late"),
            'service': self.env._("Service: cases for each purchase"),
            'satisfaction': self.env._("Service: satisfaction"),
            'potential': self.env._("Potential: open pipeline"),
        }

    def _component_figures(self, name: str, median) -> tuple[str, str]:
        """Return the customer's figure and the median, as far as the reader may see them."""
        if name in ('value', 'potential'):
            field = 'open_pipeline' if name == 'potential' else (
                'customer_value' if self.is_valued else 'revenue')
            if not self._has_field_access(self._fields[field], 'read'):
                return "–", "–"
            return tuple(formatLang(self.env, amount or 0, currency_obj=self.currency_id)
                         for amount in (self[field], median))
        if name == 'service':
            return tuple(formatLang(self.env, number or 0, digits=2)
                         for number in (self.cases / max(self.purchases, 1), median))
        if name == 'growth':
            # share of both years, as a change against the year before
            return tuple(
                "–" if part is None or part >= 1 else f"{2 * part / (1 - part):+.0%}"
                for part in (self.growth, median))
        if name == 'conduct':
            own = self.late_share if self.has_payment else 1
        else:
            own = self.p_alive if name == 'loyalty' else self.satisfaction
        return f"{own:.0%}", f"{median or 0:.0%}"
