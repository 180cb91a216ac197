import numpy as np

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from .customer_score_reader import PROSPECTS, Prospects

#: What keeps a score through all scorings.
KEPT = ('id', 'create_uid', 'create_date')
#: Prospects per statement: bounds what is in memory as text.
BATCH = 50_000


class CustomerScoreProspectMixin(models.AbstractModel):
    """Prospects among the scores: who has shown interest but never bought.

    They have what was dealt with them, and nothing of what comes from purchases. So that every
    count of customers, rank and class stays one of customers, they are like archived: left out
    unless somebody asks for them, or for a stage of life.
    """
    _name = 'customer.score.prospect.mixin'
    _description = 'Scores of Prospects'

    active = fields.Boolean(
        string="Has Bought", compute='_compute_active', search='_search_active',
        help="Not ticked for prospects, who have a lead or a quotation but never bought. They are "
             "in no segment, class or chart of customers.")

    @api.depends('lifecycle')
    def _compute_active(self):
        for score in self:
            score.active = score.lifecycle != 'prospect'

    def _search_active(self, operator, value):
        if operator != 'in':
            return NotImplemented
        wanted = set(value)
        if len(wanted) > 1:
            return Domain.TRUE
        return Domain('lifecycle', '!=' if True in wanted else '=', 'prospect')

    @api.model
    def _search(self, domain, *args, active_test=True, **kwargs):
        """Find prospects too where the stage of life is asked for."""
        domain = Domain(domain)
        asks_for_stage = any(
            condition.field_expr == 'lifecycle' for condition in domain.iter_conditions())
        return super()._search(
            domain, *args, active_test=active_test and not asks_for_stage, **kwargs)

    @api.model
    def _write_prospects(self, run, prospects: Prospects) -> None:
        """Write the prospects of a run, many at a time.

        To be called before the scores of the customers are written, which removes all scores
        that are not of the run. A customer whose purchases are gone becomes a prospect here.
        """
        self.flush_model()
        values = self._prospect_values(run)
        names = [SQL.identifier(name) for name in values]
        emptied = [
            SQL.identifier(name) for name, field in self._fields.items()
            if field.store and field.column_type and name not in values and name not in KEPT]
        rows = zip(*(getattr(prospects, name).tolist() for name in PROSPECTS), strict=True)
        for batch in split_every(BATCH, rows):
            self.env.cr.execute(SQL(
                """
                INSERT INTO customer_score (%(names)s, create_uid, create_date)
                     SELECT %(values)s, %(uid)s, %(now)s
                       FROM unnest(%(columns)s) AS prospect (%(told)s)
                ON CONFLICT (partner_id, company_id) DO UPDATE SET %(assignments)s
                """,
                names=SQL(", ").join(names), values=SQL(", ").join(values.values()),
                uid=self.env.uid, now=self.env.cr.now(),
                columns=SQL(", ").join(
                    SQL("%s::float8[]", list(column)) if kind is np.float64
                    else SQL("%s::int[]", list(column))
                    for kind, column in zip(
                        PROSPECTS.values(), zip(*batch, strict=True), strict=True)),
                told=SQL(", ").join(SQL.identifier(name) for name in PROSPECTS),
                assignments=SQL(", ").join([
                    *(SQL("%s = EXCLUDED.%s", name, name) for name in names),
                    *(SQL("%s = NULL", name) for name in emptied),
                ]),
            ))
        self.invalidate_model()

    def _prospect_values(self, run) -> dict[str, SQL]:
        """Return what is written of a prospect, by column."""
        def money(amount):
            return SQL("round((%s)::numeric, %s)", amount, run.currency_id.decimal_places)

        def share(name):
            return SQL("round(NULLIF(%s, 'NaN')::numeric, 4)", SQL.identifier(name))

        return {
            'company_id': SQL("%s", run.company_id.id),
            'run_id': SQL("%s", run.id),
            'write_uid': SQL("%s", self.env.uid),
            'write_date': SQL("%s", self.env.cr.now()),
            'partner_id': SQL("partner_id"),
            'lifecycle': SQL("'prospect'"),
            'purchases': SQL("0"),
            'source_id': SQL("NULLIF(source_id, 0)"),
            'open_pipeline': money(SQL("open_pipeline")),
            'win_rate': share('win_rate'),
            'has_outcome': SQL("win_rate <> 'NaN'"),
            'cases': SQL("cases"),
            'satisfaction': share('satisfaction'),
            'has_satisfaction': SQL("satisfaction <> 'NaN'"),
            'cost_to_serve': money(SQL(
                "known_cost + (cases - costed_cases) * %s::float8", run.case_cost)),
        }
