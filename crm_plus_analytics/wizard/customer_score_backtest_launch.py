from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..models.customer_score_backtest import split_date


class CustomerScoreBacktestLaunch(models.TransientModel):
    """The dialog behind "Back-test"."""
    _name = 'customer.score.backtest.launch'
    _description = 'Back-Test Customer Value'

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company,
        help="The company whose customers are looked at.")
    fit_until = fields.Date(
        string="Learn until", required=True,
        compute='_compute_dates', store=True, readonly=False, precompute=True,
        help="The model learns from what was bought up to this date. Two thirds of the time "
             "in which the company has sold is a good part.")
    predict_until = fields.Date(
        string="Predict until", required=True,
        compute='_compute_dates', store=True, readonly=False, precompute=True,
        help="What the model expects from then up to this date is held against what came.")
    model_asked = fields.Selection(
        lambda self: self.env['customer.score.backtest']._fields['model_asked']
        ._description_selection(self.env),
        string="Model", required=True,
        default=lambda self: self.env.company.customer_value_purchase_model,
        help="The one that foresees best is told from the purchases up to the first date alone, "
             "so that the test stays fair.")
    has_purchases = fields.Boolean(compute='_compute_dates', store=True, precompute=True)

    @api.depends('company_id')
    def _compute_dates(self):
        for launch in self:
            first, last = launch._history()
            launch.has_purchases = bool(first)
            launch.fit_until = first and split_date(first, last)
            launch.predict_until = last

    def _history(self):
        """Return the days of the first and the last purchase of the company, as it was scored."""
        if self.company_id not in self.env.companies:
            return None, None
        # sudo: two dates of a company that the reader works for
        first, last, _documents = self.env['customer.score.backtest'].sudo()._span(self.company_id)
        scoring = self.env['customer.score.run'].search(
            [('company_id', '=', self.company_id.id), ('state', '=', 'done')], limit=1)
        if first and scoring and first < scoring.as_of < last:
            # scores as of a day in the past are proven by the time up to it
            last = scoring.as_of
        return first, last

    @api.constrains('fit_until', 'predict_until')
    def _check_dates(self):
        for launch in self:
            if launch.predict_until > fields.Date.context_today(self):
                raise ValidationError(self.env._(
                    "“Predict until” lies in the future, of which nothing is known yet. Choose "
                    "today or a day before."))
            if launch.fit_until >= launch.predict_until:
                raise ValidationError(self.env._(
                    "“Learn until” must be before “Predict until”: the time between is what "
                    "the model has to foresee."))

    def action_launch(self):
        """Test, or queue the test where that takes long, and show it."""
        self.ensure_one()
        # Who may create this dialog may test; the company must be one of theirs, too.
        self.check_access('write')
        self.company_id.check_access('read')
        # sudo: back-tests are created by this dialog only, so that nobody writes one with
        # made-up results
        test = self.env['customer.score.backtest'].sudo()._queue({
            'company_id': self.company_id.id,
            'fit_until': self.fit_until,
            'predict_until': self.predict_until,
            'model_asked': self.model_asked,
            'time_unit': self.company_id.customer_value_time_unit,
            'user_id': self.env.uid,
        })
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'customer.score.backtest',
            'res_id': test.id,
            'views': [(False, 'form')],
            'target': 'current',
        }
