from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang

#: Days for which what a scoring expects may be called "next".
SCORED_LATELY = 31
TONES = {'active': 'success', 'likely': False, 'leaving': 'warning', 'lost': 'danger'}


class ResPartner(models.Model):
    """What the Customer 360 page tells of the customer's score."""
    _inherit = 'res.partner'

    def _customer_360_scores(self):
        """The customer's scores in the ticked companies, the current one's first."""
        self.ensure_one()
        Score = self.env['customer.score']
        if not Score.has_access('read'):
            return Score
        scores = Score.search(
            Domain('partner_id', '=', self.id) & Domain('company_id', 'in', self.env.companies.ids))
        return scores.sorted(lambda score: (score.company_id != self.env.company, score.rank))

    def _customer_360_figures(self):
        figures = super()._customer_360_figures()
        scores = self._customer_360_scores()
        if not scores:
            return figures
        return [
            *figures,
            self._customer_360_segment_figure(scores),
            *self._customer_360_composite_figures(scores),
            *self._customer_360_expectation_figures(scores),
            *self._customer_360_next_purchase_figures(scores[0]),
            self._customer_360_abc_figure(scores),
            *self._customer_360_service_figures(scores[0]),
        ]

    def _customer_360_highlights(self):
        highlights = super()._customer_360_highlights()
        score = self._customer_360_scores()[:1]
        if not score:
            return highlights
        return [*highlights, {
            'key': 'customer_score',
            'text': score.explanation,
            'tone': TONES.get(score.outlook, False),
            'action': self._customer_360_score_action(score),
        }]

    def _customer_360_score_action(self, scores) -> dict:
        """Open the scores behind a figure: one as a form, several companies' as a list."""
        if len(scores) > 1:
            return self._customer_360_list_action(
                self.env._("Customer scores"), 'customer.score', [('id', 'in', scores.ids)])
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customer score"),
            'res_model': 'customer.score',
            'res_id': scores.id,
            'views': [(False, 'form')],
        }

    def _customer_360_score_hint(self, score) -> str:
        """What the reader must know of a score that is of one company only."""
        return score.company_id.name if len(self.env.companies) > 1 else ''

    def _customer_360_segment_figure(self, scores):
        score = scores[0]
        segment = score.segment_id
        return self._customer_360_figure(
            'customer_segment', 'value', self.env._("Segment"), segment.name,
            segment.name or self.env._("None"),
            hint=self._customer_360_score_hint(score) or self.env._(
                "RFM %s", score.rfm_code),
            tone=not segment and 'muted',
            action=self._customer_360_score_action(score),
            help=segment.description or self.env._(
                "Customers who behave alike, by how lately, how often and for how much they buy."),
        )

    def _customer_360_composite_figures(self, scores):
        """The score from 0 to 100; none where nothing is known to make it of."""
        score = scores[0]
        if not score.components:
            return []
        stages = dict(score._fields['lifecycle']._description_selection(self.env))
        return [self._customer_360_figure(
            'customer_score', 'value', self.env._("Score"), score.composite_score,
            str(score.composite_score),
            hint=self._customer_360_score_hint(score) or stages.get(score.lifecycle, ''),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "From 0 to 100, out of value, growth, loyalty, payment, service and potential. "
                "It opens with its history and what it is made of."),
        )]

    def _customer_360_next_purchase_figures(self, score):
        """When they should buy next; none of who is lost, or whose scoring is long ago."""
        date, today = score.next_purchase_date, fields.Date.context_today(self)
        if not date or (today - score.as_of).days > SCORED_LATELY:
            return []
        is_late = date < today
        return [self._customer_360_figure(
            'next_purchase', 'value', self.env._("Next purchase"), fields.Date.to_string(date),
            self._customer_360_date(date),
            hint=self._customer_360_score_hint(score) or (is_late and self.env._("late") or ''),
            tone=is_late and 'warning',
            action=self._customer_360_score_action(score),
            help=self.env._(
                "The last purchase and the customer's usual days between purchases; for who "
                "bought once, those of most customers."),
        )]

    def _customer_360_abc_figure(self, scores):
        score = scores[0]
        return self._customer_360_figure(
            'customer_abc', 'value', self.env._("ABC class"), score.abc_class, score.abc_class,
            hint=self._customer_360_score_hint(score),
            tone=score.abc_class == 'C' and 'muted',
            action=self._customer_360_score_action(score),
            help=self.env._(
                "A: the customers who together bring most of the revenue. C: those who bring "
                "least."),
        )

    def _customer_360_service_figures(self, score):
        """What serving the customer cost, as far as that is known.

        How satisfied they are is told live by who asks them; the score says what it counts for.
        """
        readable = score._has_field_access(score._fields['cost_to_serve'], 'read')
        if not readable or not score.cost_to_serve:
            return []
        return [self._customer_360_figure(
            'cost_to_serve', 'service', self.env._("Cost to serve"), score.cost_to_serve,
            formatLang(self.env, score.cost_to_serve, currency_obj=score.currency_id),
            hint=self._customer_360_score_hint(score),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "What dealing with the customer cost, up to the date of the scoring. Cases of "
                "which the cost is not known count as the settings say."),
        )]

    def _customer_360_expectation_figures(self, scores):
        """The figures that come from the models; none where they could not be estimated."""
        valued = scores.filtered('is_valued')
        if not valued:
            return []
        months = self._customer_360_horizon(valued)
        purchases = sum(valued.mapped('expected_purchases'))
        figures = [
            self._customer_360_chance_figure(valued[0]),
            self._customer_360_figure(
                'expected_purchases', 'value', self.env._("Expected purchases"), purchases,
                formatLang(self.env, purchases, digits=1), hint=months,
                action=self._customer_360_score_action(valued),
                help=self.env._("Purchases to expect if everything goes on as it did."),
            ),
        ]
        if valued._has_field_access(valued._fields['customer_value'], 'read'):
            value = self._customer_360_sum(
                [{'company_id': score.company_id.id, 'value': score.customer_value}
                 for score in valued], 'value')
            figures.insert(0, self._customer_360_figure(
                'customer_value', 'value', self.env._("Expected value"), value,
                self._customer_360_amount(value), hint=months,
                action=self._customer_360_score_action(valued),
                help=self.env._(
                    "What the expected purchases are worth today, without taxes: later money "
                    "counts less."),
            ))
        return figures

    def _customer_360_horizon(self, scores) -> str:
        """The time that an expectation is about, in words."""
        months, as_of = max(scores.run_id.mapped('horizon_months')), min(scores.mapped('as_of'))
        if (fields.Date.context_today(self) - as_of).days <= SCORED_LATELY:
            return self.env._("in the next %s months", months)
        return self.env._(
            "in %(months)s months from %(date)s", months=months, date=self._customer_360_date(as_of))

    def _customer_360_chance_figure(self, score):
        known = score.outlook in TONES
        outlook = dict(score._fields['outlook']._description_selection(self.env))[score.outlook]
        return self._customer_360_figure(
            'customer_chance', 'value', self.env._("Chance still a customer"),
            score.p_alive if known else None,
            f"{score.p_alive:.0%}" if known else outlook,
            hint=self._customer_360_score_hint(score) or (outlook if known else ''),
            tone=TONES.get(score.outlook, 'muted'),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "How likely it is that the customer has not stopped buying, judged by how long "
                "they usually wait between purchases. Who bought once has no habit yet."),
        )
