import json

from odoo import api, fields, models
from odoo.tools import SQL

BANDS = [('green', "Green"), ('amber', "Amber"), ('red', "Red")]


class CrmHealthHistory(models.Model):
    """What the health of a key account was: a row for each day of change, and for each month.

    Written by the job that computes the health, and by nothing else.
    """

    _name = 'crm.health.history'
    _description = "Former Account Health"
    _order = 'date desc, id desc'
    _rec_name = 'account_id'
    _log_access = False

    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, readonly=True, ondelete='cascade',
    )
    company_id = fields.Many2one(related='account_id.company_id')
    user_id = fields.Many2one(related='account_id.user_id', string="Key Account Manager")
    date = fields.Date(required=True, readonly=True)
    score = fields.Integer("Health", required=True, readonly=True, aggregator='avg')
    band = fields.Selection(BANDS, required=True, readonly=True)
    points = fields.Json(readonly=True, help="The points that each part gave.")

    # no index: Odoo's merge of customers looks at constraints
    _account_date_uniq = models.Constraint(
        'UNIQUE (account_id, date)', "There is one health of an account and day.")

    @api.model
    def _keep(self, rows, day):
        """Keep scores of accounts where they have changed, and once a month.

        One statement, whatever the number of accounts.

        :param rows: list of (account's id, score, band, points by part)
        """
        self.env.cr.execute(SQL(
            """
            INSERT INTO crm_health_history (account_id, date, score, band, points)
            SELECT fresh.account_id, %(day)s, fresh.score, fresh.band, fresh.points::jsonb
              FROM unnest(%(accounts)s::int[], %(scores)s::int[], %(bands)s::varchar[],
                          %(points)s::text[]) AS fresh(account_id, score, band, points)
              LEFT JOIN LATERAL (
                    SELECT former.score, former.band, former.date
                      FROM crm_health_history former
                     WHERE former.account_id = fresh.account_id AND former.date <= %(day)s
                     ORDER BY former.date DESC LIMIT 1) latest ON TRUE
             WHERE latest.date IS NULL OR latest.date = %(day)s
                OR (latest.score, latest.band) <> (fresh.score, fresh.band)
                OR date_trunc('month', latest.date) < date_trunc('month', %(day)s::date)
                ON CONFLICT (account_id, date) DO UPDATE
               SET score = EXCLUDED.score, band = EXCLUDED.band, points = EXCLUDED.points
            """,
            day=day,
            accounts=[row[0] for row in rows],
            scores=[row[1] for row in rows],
            bands=[row[2] for row in rows],
            points=[json.dumps(row[3]) for row in rows],
        ))
        self.invalidate_model(flush=False)
