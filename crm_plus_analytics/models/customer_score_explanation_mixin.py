from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

#: Outlooks that tell by themselves why a customer is at this stage of life.
TELLING = {'at_risk': ('leaving', 'lost'), 'lost': ('lost',)}
#: Outlooks of whom no chance is known that they still buy.
WITHOUT_CHANCE = ('once', 'unknown')


class CustomerScoreExplanationMixin(models.AbstractModel):
    """The sentence that explains a score to who serves the customer."""
    _name = 'customer.score.explanation.mixin'
    _description = 'Explanation of a Customer Score'

    explanation = fields.Char(
        compute='_compute_explanation',
        help="How the customer buys, and what to make of it.")

    @api.depends('purchases', 'interval_days', 'last_date', 'outlook', 'expected_purchases',
                 'days_to_pay', 'has_payment', 'lifecycle', 'growth', 'p_alive',
                 'run_id.lifecycle_limits')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        today = fields.Date.context_today(self)
        for score in self:
            if not score.purchases:
                score.explanation = self.env._("Has not bought yet.")
                continue
            if score.outlook == 'once':
                sentence = score._explain_once(today)
            elif score.purchases == 1:
                sentence = score._explain_one_purchase(today)
            else:
                sentence = score._explain_habit(today)
            score.explanation = ' '.join(filter(None, [
                sentence, score._explain_stage(), score._explain_payment()]))

    def _explain_one_purchase(self, today) -> str:
        if self.outlook == 'unknown':
            return self.env._("Bought once, %(when)s.", when=self._when_last(today))
        return self.env._(
            "Bought once, %(when)s: %(outlook)s.",
            when=self._when_last(today), outlook=self._outlook_words())

    def _explain_stage(self) -> str:
        """Return why the customer is at their stage of life, where the outlook does not tell it."""
        limits = self.run_id.lifecycle_limits
        if self.lifecycle == 'won_back':
            return self.env._("Came back after a long silence.")
        if self.lifecycle not in TELLING or not limits:
            return ''
        if self.lifecycle == 'lost':
            longest = limits['longest_silence']
            if longest and self.days_since_last >= longest:
                return self.env._("A silence of %s days counts as lost.", longest)
            if self.outlook in WITHOUT_CHANCE:
                return self.env._(
                    "A silence of more than %s days counts as lost.",
                    self._longest_usual_silence(limits['lost_intervals']))
            return '' if self.outlook in TELLING['lost'] else self.env._(
                "A chance below %s counts as lost.", f"{limits['lost_below']:.0%}")
        if self.outlook in WITHOUT_CHANCE:
            usual = self._longest_usual_silence(limits['at_risk_intervals'])
            if self.days_since_last > usual:
                return self.env._("A silence of more than %s days counts as at risk.", usual)
        elif self.p_alive < limits['at_risk_below']:
            return '' if self.outlook in TELLING['at_risk'] else self.env._(
                "A chance below %s counts as at risk.", f"{limits['at_risk_below']:.0%}")
        # as a share of the year before: the growth is one of both years
        fall = -2 * self.growth / (1 - self.growth)
        return self.env._("Revenue fell by %s against the year before.", f"{fall:.0%}")

    def _longest_usual_silence(self, times: float) -> int:
        """Return for how many days the customer may be silent, so many times their interval."""
        interval = self.interval_days if self.purchases > 1 else self.run_id.usual_interval
        return round(max(interval * times, self.run_id.lifecycle_limits['least_silence']))

    def _explain_payment(self) -> str:
        """Return how late the customer pays, nothing where that is not worth mentioning."""
        days = round(self.days_to_pay)
        if not self.has_payment or days < 1:
            return ''
        if days == 1:
            return self.env._("Pays one day late on average.")
        return self.env._("Pays %s days late on average.", days)

    def _explain_once(self, today) -> str:
        if not self.is_valued:
            return self.env._("Bought once, %(when)s.", when=self._when_last(today))
        return self.env._(
            "Bought once, %(when)s: about %(purchases)s further purchases to expect in the "
            "next %(months)s months.",
            when=self._when_last(today),
            purchases=formatLang(self.env, self.expected_purchases, digits=1),
            months=self.run_id.horizon_months,
        )

    def _explain_habit(self, today) -> str:
        days = max(1, round(self.interval_days))
        parts = {'days': days, 'when': self._when_last(today)}
        if self.outlook == 'unknown':
            if days == 1:
                return self.env._("Buys every day on average, last bought %(when)s.", **parts)
            return self.env._(
                "Buys every %(days)s days on average, last bought %(when)s.", **parts)
        parts['outlook'] = self._outlook_words()
        if days == 1:
            return self.env._(
                "Buys every day on average, last bought %(when)s: %(outlook)s.", **parts)
        return self.env._(
            "Buys every %(days)s days on average, last bought %(when)s: %(outlook)s.", **parts)

    def _when_last(self, today) -> str:
        """Return when the customer last bought, as seen from the date of the scoring."""
        days = self.days_since_last
        if self.as_of != today:
            date = format_date(self.env, self.last_date)
            if days == 0:
                return self.env._("on %s, the day of the scoring", date)
            if days == 1:
                return self.env._("on %s, the day before the scoring", date)
            return self.env._("on %(date)s, %(days)s days before the scoring", date=date, days=days)
        if days == 0:
            return self.env._("today")
        if days == 1:
            return self.env._("yesterday")
        return self.env._("%s days ago", days)

    def _outlook_words(self) -> str:
        return {
            'active': self.env._("still a customer"),
            'likely': self.env._("probably still a customer"),
            'leaving': self.env._("probably leaving"),
            'lost': self.env._("probably lost"),
        }[self.outlook]
