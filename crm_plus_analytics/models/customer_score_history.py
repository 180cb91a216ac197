from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from .customer_score import AMOUNT_GROUPS

#: Months after which a customer's former scores are forgotten.
KEPT_MONTHS = 60
#: Column of the history: column of the score that it keeps.
SCORE_COLUMNS = {
    'segment_id': 'segment_id',
    'abc_class': 'abc_class',
    'value': 'customer_value',
    'revenue_12_months': 'revenue_12_months',
    'p_alive': 'p_alive',
    'score': 'composite_score',
    'r_score': 'r_score',
    'f_score': 'f_score',
    'first_date': 'first_date',
    'last_date': 'last_date',
}
#: Where the customer of `present` was in the last month scored `before`.
MOVEMENT = SQL("""
    CASE WHEN before.month IS NULL THEN 'start'
         WHEN former.id IS NULL THEN 'new'
         WHEN former.segment_id IS DISTINCT FROM present.segment_id THEN 'moved'
         ELSE 'stayed' END""")


class CustomerScoreHistory(models.Model):
    """What a customer's score was, month by month.

    Written by the scoring alone: the last one as of a day in a month is that month's. Each
    row also keeps where the customer came from, so that moves between segments are counted
    and opened without comparing months anew.
    """
    _name = 'customer.score.history'
    _description = 'Customer Score History'
    _order = 'month desc, id'
    _rec_name = 'partner_id'
    # hundreds of thousands of rows at a time, of which the scoring tells who made them
    _log_access = False

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    month = fields.Date(
        required=True, readonly=True,
        help="The last scoring as of a day in this month is the month's.")
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")
    segment_id = fields.Many2one(
        'customer.segment', readonly=True, ondelete='set null', index='btree_not_null')
    segment_color = fields.Integer(related='segment_id.color', string="Segment Colour")
    previous_segment_id = fields.Many2one(
        'customer.segment', string="Segment before", readonly=True, ondelete='set null',
        index='btree_not_null', help="The segment in the last month that was scored before.")
    previous_segment_color = fields.Integer(
        related='previous_segment_id.color', string="Colour of the Segment before")
    movement = fields.Selection([
        ('start', "First month measured"),
        ('new', "New customer"),
        ('stayed', "Stayed"),
        ('moved', "Moved"),
    ], readonly=True,
        help="Compared with the last month that was scored before. In the first month there "
             "is nothing to compare with.")
    tier_id = fields.Many2one(
        'crm.customer.tier', readonly=True, ondelete='set null', index='btree_not_null',
        help="The tier when the customer was scored.")
    abc_class = fields.Selection(
        [('A', "A"), ('B', "B"), ('C', "C")], string="ABC Class", readonly=True)
    value = fields.Monetary(
        string="Customer Value", readonly=True, groups=AMOUNT_GROUPS,
        help="What the purchases expected within the horizon were worth then.")
    revenue_12_months = fields.Monetary(
        string="Revenue of 12 Months", readonly=True, groups=AMOUNT_GROUPS,
        help="Invoices or orders, as the company counts, less credit notes, of the twelve months "
             "before, without taxes.")
    p_alive = fields.Float(
        string="Chance Still a Customer", readonly=True, aggregator='avg',
        help="How likely it was that the customer had not stopped buying.")
    score = fields.Integer(
        readonly=True, aggregator='avg', help="The score from 0 to 100, 100 being the best.")
    r_score = fields.Integer(
        string="Recency Score", readonly=True, aggregator=None,
        help="How lately the customer had bought by then, from 1 to 5, 5 being the best.")
    f_score = fields.Integer(
        string="Frequency Score", readonly=True, aggregator=None,
        help="How often the customer had bought by then, from 1 to 5, 5 being the best.")
    first_date = fields.Date(
        string="First Purchase", readonly=True, help="As it was known in this month.")
    last_date = fields.Date(
        string="Last Purchase", readonly=True, help="The last one until this month's scoring.")

    # A constraint, not only an index: merging contacts looks for it.
    _unique_partner_company_month = models.Constraint(
        'UNIQUE (partner_id, company_id, month)',
        "A customer has one score in each company and month.")
    _company_month_idx = models.Index('(company_id, month)')

    @api.depends('partner_id', 'month')
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.partner_id.display_name} ({row.month:%Y-%m})"

    # -- writing

    @api.model
    def _record(self, run):
        """Keep the scores of a run as those of its month, in a fixed number of statements.

        A month that was scored before gets the new ones; the month after it, if there is one,
        is compared with them.

        :param run: a ``customer.score.run`` that has just written its scores
        """
        self.env['customer.score'].flush_model()
        self.flush_model()
        month = run.as_of.replace(day=1)
        self._write_month(run.company_id, month)
        following = self._following_month(run.company_id, month)
        if following:
            self._compare_month(run.company_id, following)
        self.invalidate_model()

    def _write_month(self, company, month: date):
        """Make the month's rows those of the scores; a row that says the same stays as it is."""
        columns = ['previous_segment_id', 'movement', *SCORE_COLUMNS, 'tier_id']
        params = {
            'fresh': self._fresh_rows(company, month),
            'names': SQL(", ").join(SQL.identifier(name) for name in columns),
            'written': SQL(", ").join(SQL.identifier('history', name) for name in columns),
            'values': SQL(", ").join(SQL.identifier('fresh', name) for name in columns),
            'assignments': SQL(", ").join(
                SQL("%s = fresh.%s", SQL.identifier(name), SQL.identifier(name))
                for name in columns),
            'month': month,
            'company_id': company.id,
        }
        self.env.cr.execute(SQL(
            """
            UPDATE customer_score_history history
               SET %(assignments)s
              FROM (%(fresh)s) fresh
             WHERE history.company_id = %(company_id)s
               AND history.month = %(month)s
               AND history.partner_id = fresh.partner_id
               AND (%(written)s) IS DISTINCT FROM (%(values)s)
            """, **params))
        # A conflict is a row that another transaction has just committed: to be tried again.
        self.env.cr.execute(SQL(
            """
            INSERT INTO customer_score_history (partner_id, company_id, month, %(names)s)
                 SELECT fresh.partner_id, %(company_id)s, %(month)s, %(values)s
                   FROM (%(fresh)s) fresh
                  WHERE NOT EXISTS (
                        SELECT FROM customer_score_history history
                         WHERE history.company_id = %(company_id)s
                           AND history.month = %(month)s
                           AND history.partner_id = fresh.partner_id)
            ON CONFLICT (partner_id, company_id, month) DO NOTHING
            """, **params))
        self.env.cr.execute(SQL(
            """
            DELETE FROM customer_score_history history
                  WHERE company_id = %(company_id)s
                    AND month = %(month)s
                    AND NOT EXISTS (
                        SELECT FROM customer_score score
                         WHERE score.partner_id = history.partner_id
                           AND score.company_id = history.company_id
                           AND score.lifecycle IS DISTINCT FROM 'prospect')
            """, **params))

    def _fresh_rows(self, company, month: date) -> SQL:
        """Select what the history shall say of each customer of the company."""
        partners = self.env['res.partner'].with_company(company)
        partners.flush_model(['customer_tier_id'])
        return SQL(
            """
            SELECT present.partner_id, former.segment_id AS previous_segment_id,
                   %(movement)s AS movement, %(values)s, %(tier)s AS tier_id
              FROM customer_score present
              JOIN res_partner customer ON customer.id = present.partner_id
                   %(former)s
             WHERE present.company_id = %(company_id)s
               AND present.lifecycle IS DISTINCT FROM 'prospect'
            """,
            movement=MOVEMENT, former=self._former_join(company, month), company_id=company.id,
            values=SQL(", ").join(
                SQL("%s AS %s", SQL.identifier('present', column), SQL.identifier(name))
                for name, column in SCORE_COLUMNS.items()),
            # sudo: the history has the tier that the customer has, whoever scores
            tier=partners.sudo()._field_to_sql('customer', 'customer_tier_id'),
        )

    def _former_join(self, company, month: date) -> SQL:
        """Join to `present` the same customer's row of the last month scored before."""
        return SQL(
            """
            CROSS JOIN (
                SELECT max(month) AS month
                  FROM customer_score_history
                 WHERE company_id = %(company_id)s AND month < %(month)s
            ) before
             LEFT JOIN customer_score_history former
                    ON former.partner_id = present.partner_id
                   AND former.company_id = present.company_id
                   AND former.month = before.month
            """, company_id=company.id, month=month)

    def _compare_month(self, company, month: date):
        """Compare a month that is there with the last one scored before, which has changed."""
        self.env.cr.execute(SQL(
            """
            UPDATE customer_score_history history
               SET previous_segment_id = compared.segment_id, movement = compared.movement
              FROM (SELECT present.id, former.segment_id, %(movement)s AS movement
                      FROM customer_score_history present
                           %(former)s
                     WHERE present.company_id = %(company_id)s
                       AND present.month = %(month)s) compared
             WHERE history.id = compared.id
               AND (history.previous_segment_id, history.movement)
                   IS DISTINCT FROM (compared.segment_id, compared.movement)
            """, company_id=company.id, month=month, movement=MOVEMENT,
            former=self._former_join(company, month),
        ))

    def _following_month(self, company, month: date) -> date | None:
        """Return the first month after this one that was scored."""
        return self.env.execute_query(SQL(
            "SELECT min(month) FROM customer_score_history WHERE company_id = %s AND month > %s",
            company.id, month))[0][0]

    @api.autovacuum
    def _gc_old_months(self):
        """Forget what lies too far before a company's last scored month for anybody to look at.

        Not before today: a company that is scored as of a past date looks at that time.
        """
        self.env.cr.execute(SQL(
            """
            DELETE FROM customer_score_history history
             USING (SELECT company_id, MAX(month) AS month
                      FROM customer_score_history GROUP BY company_id) latest
             WHERE latest.company_id = history.company_id
               AND history.month < latest.month - make_interval(months => %s)
            """,
            KEPT_MONTHS,
        ))
        self.invalidate_model()

    # -- actions

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()
