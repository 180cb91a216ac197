from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .company_rates import company_rates_table

#: Which open opportunities count, and whether their revenue is weighted.
MEASURES = {
    'open': (('pipeline', 'best_case', 'commit'), False),
    'best_case': (('best_case', 'commit'), False),
    'commit': (('commit',), False),
    'weighted': (('pipeline', 'best_case', 'commit'), True),
}
#: The bars between then and now, in their order.
BUCKETS = (
    'new', 'added', 'moved_in', 'category_up', 'amount_up', 'probability_up',
    'amount_down', 'probability_down', 'category_down', 'moved_out', 'won', 'lost', 'removed',
)


class CrmForecastChangesMixin(models.AbstractModel):
    """What changed in the open forecast since a snapshot of it.

    Each opportunity stands in one bar only, so that the bars lead exactly from the one sum
    to the other: whether it counts now and did then comes first, the expected closing before
    the category, the revenue before the probability.

    Both sums are converted at today's rates: what exchange rates do is no change of a forecast.
    """

    _name = 'crm.forecast.changes.mixin'
    _description = "Changes of the Forecast"

    @api.model
    @api.readonly
    def get_changes(self, filters: dict, snapshot_id: int, measure: str = 'open') -> dict:
        """Return the sums then and now and the bars between them, in a fixed number of queries.

        :param filters: those of the page; without ``period``, all closing dates count
        :param measure: one of the keys of `MEASURES`
        :return: ``before``, ``after`` and ``bars``: those that are not empty, each with ``key``,
            ``amount`` (signed) and ``count`` of opportunities
        """
        rows = {
            bucket: (before, after, count)
            for bucket, before, after, count in self.env.execute_query(SQL(
                """SELECT bucket, SUM(before), SUM(after), COUNT(*)
                     FROM (%s) change GROUP BY bucket""",
                self._changes_query(filters, snapshot_id, measure)))
        }
        return {
            'snapshot_id': snapshot_id,
            'measure': measure,
            'before': sum(before for before, _after, _count in rows.values()),
            'after': sum(after for _before, after, _count in rows.values()),
            'bars': [
                {
                    'key': bucket,
                    'amount': rows[bucket][1] - rows[bucket][0],
                    'count': rows[bucket][2],
                }
                for bucket in BUCKETS if bucket in rows
            ],
        }

    @api.model
    def open_change(self, filters: dict, snapshot_id: int, measure: str, bucket: str) -> dict:
        """Return the action with the opportunities of a bar.

        What the reader no longer sees is shown as it stood in the snapshot.
        """
        rows = self.env.execute_query(SQL(
            "SELECT lead_id, line_id FROM (%s) change WHERE bucket = %s",
            self._changes_query(filters, snapshot_id, measure), bucket))
        if bucket == 'removed':
            return {
                'type': 'ir.actions.act_window',
                'name': self.env._("Handed Over, Archived or Deleted"),
                'res_model': 'crm.forecast.snapshot.line',
                'views': [(False, 'list')],
                'domain': [('id', 'in', [line_id for _lead_id, line_id in rows])],
            }
        return self._leads_action(
            self.env._("What Changed"),
            Domain('id', 'in', [lead_id for lead_id, _line_id in rows]))

    def _changes_query(self, filters: dict, snapshot_id: int, measure: str) -> SQL:
        """Return the query of all opportunities that count then or now, with their bucket."""
        if measure not in MEASURES:
            raise UserError(self.env._("The forecast cannot be compared by this."))
        reading = self._reading(filters)
        snapshot = self.env['crm.forecast.snapshot'].browse(int(snapshot_id)).exists()
        if not snapshot:
            raise UserError(self.env._(
                "This snapshot is no longer kept. Load the page again and choose another one."))
        categories, weighted = MEASURES[measure]
        self.env['crm.lead'].flush_model()
        return SQL(
            """SELECT *,
                      CASE WHEN NOT was_in AND line_id IS NULL
                                THEN CASE WHEN since > %(date)s THEN 'new' ELSE 'added' END
                           WHEN NOT was_in AND category_before = 'closed' THEN 'added'
                           WHEN NOT was_in AND NOT due_before THEN 'moved_in'
                           WHEN NOT was_in THEN 'category_up'
                           WHEN NOT is_in AND category IN ('closed', 'lost', 'archived')
                                THEN CASE category WHEN 'closed' THEN 'won' WHEN 'lost' THEN 'lost'
                                                   ELSE 'removed' END
                           WHEN NOT is_in AND NOT due THEN 'moved_out'
                           WHEN NOT is_in THEN 'category_down'
                           WHEN ABS(after - before) < 0.005 THEN 'same'
                           ELSE CASE WHEN amount <> amount_before THEN 'amount'
                                     ELSE 'probability' END
                                || CASE WHEN after > before THEN '_up' ELSE '_down' END
                      END AS bucket
                 FROM (
                    SELECT *,
                           CASE WHEN was_in THEN value_before ELSE 0 END AS before,
                           CASE WHEN is_in THEN value ELSE 0 END AS after
                      FROM (
                        SELECT *,
                               due_before AND category_before IN %(categories)s AS was_in,
                               due AND category IN %(categories)s AS is_in
                          FROM (%(pairs)s) pair
                      ) counted
                     WHERE was_in OR is_in
                 ) valued""",
            date=snapshot.date,
            categories=categories,
            pairs=self._pairs_query(reading, snapshot, weighted),
        )

    def _pairs_query(self, reading, snapshot, weighted: bool) -> SQL:
        """Return each opportunity as it was in the snapshot beside what it is now."""
        lines = self.env['crm.forecast.snapshot.line']._search(
            reading.scope & Domain('snapshot_id', '=', snapshot.id))
        leads = self.env['crm.lead'].with_context(active_test=False)._search(
            reading.scope & Domain('type', '=', 'opportunity'))
        return SQL(
            """WITH rate AS (SELECT * FROM %(rates)s AS rate (company_id, rate)),
                    earlier AS (
                        SELECT line.* FROM crm_forecast_snapshot_line line
                         WHERE line.id IN %(lines)s),
                    later AS (
                        SELECT lead.*,
                               CASE WHEN lead.won_status = 'won' THEN 'closed'
                                    WHEN lead.won_status = 'lost' THEN 'lost'
                                    WHEN NOT lead.active THEN 'archived'
                                    ELSE COALESCE(lead.forecast_category, 'pipeline')
                               END AS category
                          FROM crm_lead lead
                         WHERE lead.id IN %(leads)s
                           AND (lead.active AND lead.won_status = 'pending'
                                OR lead.id IN (SELECT lead_id FROM earlier)))
               SELECT COALESCE(later.id, earlier.lead_id) AS lead_id,
                      earlier.id AS line_id,
                      COALESCE(earlier.category, '') AS category_before,
                      COALESCE(later.category, 'archived') AS category,
                      earlier.id IS NOT NULL AND %(due_before)s AS due_before,
                      later.id IS NOT NULL AND %(due)s AS due,
                      COALESCE(earlier.amount, 0) AS amount_before,
                      COALESCE(later.expected_revenue, 0) AS amount,
                      COALESCE(%(value_before)s, 0) * COALESCE(rate_before.rate, 1) AS value_before,
                      COALESCE(%(value)s, 0) * COALESCE(rate_now.rate, 1) AS value,
                      GREATEST(later.create_date, later.date_conversion) AS since
                 FROM earlier
                 FULL JOIN later ON later.id = earlier.lead_id
                 LEFT JOIN rate rate_before ON rate_before.company_id = earlier.company_id
                 LEFT JOIN rate rate_now ON rate_now.company_id = later.company_id""",
            rates=company_rates_table(self.env),
            lines=lines.subselect(),
            leads=leads.subselect(),
            due_before=self._due(reading, SQL("earlier.close_date")),
            due=self._due(reading, SQL("later.date_deadline")),
            value_before=SQL("earlier.prorated") if weighted else SQL("earlier.amount"),
            value=SQL("later.prorated_revenue") if weighted else SQL("later.expected_revenue"),
        )

    def _due(self, reading, day: SQL) -> SQL:
        """Return whether a day lies in the period that is looked at; without one, any does."""
        if not reading.period:
            return SQL("TRUE")
        return SQL(
            "COALESCE(%s BETWEEN %s AND %s, FALSE)",
            day, fields.Date.to_string(reading.period),
            fields.Date.to_string(reading.end(reading.period)),
        )
