"""Why a lead has its points, in sentences that a salesperson reads; never an amount."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

from ..scoring.points import days_until, remaining

#: Fewer points than that are as good as gone.
GONE = 1


class CrmScoreReasonMixin(models.AbstractModel):
    """The words of ``crm.score.rule``, which inherits from this."""

    _name = 'crm.score.reason.mixin'
    _description = "Reasons of Scores"

    def _explain(self, given) -> str:
        """Return why the rule gives what it gives.

        :param given: what it gives (``Given``)
        """
        self.ensure_one()
        if self.kind == 'engagement':
            times = self._times_sentence(given)
            return f"{self.reason} {times}" if self.reason else times
        return self.reason or (
            self._fact_sentence() if self.kind == 'customer'
            else self.env._("The lead meets the conditions of this rule.")
        )

    def _times_sentence(self, given) -> str:
        last = self._local_date(given.last)
        if given.count == 1:
            return self.env._("%(what)s once, on %(date)s.", what=self._event_words(), date=last)
        return self.env._(
            "%(what)s %(count)s times, last on %(date)s.",
            what=self._event_words(), count=given.count, date=last,
        )

    def _event_words(self) -> str:
        """Return the event as the start of a sentence."""
        if self.event == 'timeline':
            kinds = dict(self._fields['timeline_kind']._description_selection(self.env))
            return self.env._(
                "“%s” happened with the customer", kinds.get(self.timeline_kind, ''))
        if self.event == 'activity' and self.activity_type_id:
            return self.env._("“%s” was done", self.activity_type_id.name)
        return dict(self._fields['event']._description_selection(self.env))[self.event]

    def _fact_sentence(self) -> str:
        return {
            'customer': self.env._("They have ordered from us, or were invoiced, before."),
            'tier': self.env._("They have one of the tiers that this rule asks for."),
            'revenue': self.env._("They were invoiced enough in the last 12 months."),
            'overdue': self.env._("They have overdue invoices at present."),
            'late': self.env._("They pay later than agreed, on average."),
            'lost': self.env._("They have declined an offer of ours before."),
        }[self.fact]

    def _explain_fading(self, given, now) -> str:
        """Return how long the points stay; nothing where they stay for good.

        :param given: what the rule gives (``Given``)
        """
        if self.kind != 'engagement' or not self.half_life:
            return ''
        days = days_until(given.points, GONE, self.half_life)
        if not days:
            return self.env._("Almost gone.")
        # while there is more than the cap, nothing of it fades
        full_days = days_until(given.points, self.cap, self.half_life)
        halved = full_days + self.half_life
        half = abs(remaining(given.points, halved, self.half_life))
        gone = self._local_date(now + timedelta(days=days))
        if half < GONE:
            return self.env._("Gone by %s, if nothing more happens.", gone)
        return self.env._(
            "Half of it gone by %(half)s, all of it by %(gone)s, if nothing more happens.",
            half=self._local_date(now + timedelta(days=halved)), gone=gone,
        )

    def _local_date(self, moment) -> str:
        return format_date(
            self.env, fields.Datetime.context_timestamp(self, moment), date_format='medium')
