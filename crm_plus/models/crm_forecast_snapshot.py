from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

#: Days that a won opportunity stays in the snapshots: a quarter, wherever in it one looks.
WON_DAYS = 100


class CrmForecastSnapshot(models.Model):
    """The forecast as it stood at a moment: of every company, one row per opportunity.

    To create one is to take it. Who sees which rows is decided row by row, as with the
    opportunities.
    """

    _name = 'crm.forecast.snapshot'
    _description = "Forecast Snapshot"
    _order = 'date desc, id desc'

    date = fields.Datetime("Taken on", required=True, readonly=True, index=True)
    name = fields.Char("Occasion", help="Why it was taken, for instance: before the board meeting.")
    is_automatic = fields.Boolean(
        "Automatic", readonly=True,
        help="Taken by the schedule. Of old automatic ones, the first of each month is kept.",
    )
    user_id = fields.Many2one('res.users', "Taken by", readonly=True)
    line_ids = fields.One2many('crm.forecast.snapshot.line', 'snapshot_id', "Opportunities")

    @api.depends('date', 'name')
    @api.depends_context('tz', 'lang')
    def _compute_display_name(self):
        for snapshot in self:
            date = format_datetime(self.env, snapshot.date, dt_format='short')
            snapshot.display_name = f"{date} · {snapshot.name}" if snapshot.name else date

    @api.model_create_multi
    def create(self, vals_list):
        snapshots = super().create([
            {**vals, 'date': fields.Datetime.now(), 'user_id': self.env.uid} for vals in vals_list
        ])
        for snapshot in snapshots:
            snapshot._fill()
        return snapshots

    def _fill(self):
        """Write down all opportunities that are open or were won lately, in one statement."""
        self.env['crm.lead'].flush_model()
        self.flush_recordset()
        self.env.cr.execute(SQL(
            """INSERT INTO crm_forecast_snapshot_line (
                      snapshot_id, date, lead_id, category, close_date, stage_id, amount, prorated,
                      probability, user_id, team_id, company_id,
                      create_uid, create_date, write_uid, write_date)
               SELECT %(snapshot)s, %(date)s, lead.id,
                      CASE WHEN lead.won_status = 'won' THEN 'closed'
                           ELSE COALESCE(lead.forecast_category, 'pipeline') END,
                      CASE WHEN lead.won_status = 'won'
                           THEN (lead.date_closed AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                           ELSE lead.date_deadline END,
                      lead.stage_id, COALESCE(lead.expected_revenue, 0),
                      COALESCE(lead.prorated_revenue, 0), lead.probability, lead.user_id,
                      lead.team_id, lead.company_id, %(uid)s, %(date)s, %(uid)s, %(date)s
                 FROM crm_lead lead
                WHERE lead.type = 'opportunity' AND lead.active
                  AND (lead.won_status = 'pending'
                       OR lead.won_status = 'won' AND lead.date_closed >= %(won_since)s)""",
            snapshot=self.id,
            date=self.date,
            tz=self.env.tz.zone,
            uid=self.env.uid,
            won_since=self.date - timedelta(days=WON_DAYS),
        ))
        self.invalidate_recordset(['line_ids'])

    # ------------------------------------------------------------
    # SCHEDULE
    # ------------------------------------------------------------

    @api.model
    def _cron_take(self):
        """Take the snapshot that is due, and let go of those that are not kept any longer."""
        last = self.search([('is_automatic', '=', True)], limit=1)
        last_day = last and fields.Datetime.context_timestamp(self, last.date).date()
        if not last or last_day < self._last_due_day():
            self.create({'is_automatic': True})
        self._let_go()

    def _setting(self, name, default):
        # sudo: three settings of the schedule, which are no secret
        return self.env['ir.config_parameter'].sudo().get_param(f'crm_plus.{name}', default)

    def _last_due_day(self):
        """Return the day on which a snapshot was or is due, up to today."""
        today = fields.Date.context_today(self)
        day = self._setting('forecast_snapshot_day', '0')
        if day == 'daily':
            return today
        return today - timedelta(days=(today.weekday() - int(day)) % 7)

    def _let_go(self):
        """Delete what is too old; of the older automatic ones keep the first of each month."""
        now = fields.Datetime.now()
        weeks = int(self._setting('forecast_keep_weeks', 53))
        months = int(self._setting('forecast_keep_months', 36))
        too_old = now - relativedelta(months=months)
        older = self.search([('date', '<', now - timedelta(weeks=weeks))], order='date, id')
        gone, kept_months = self.browse(), set()
        for snapshot in older:
            month = (snapshot.date.year, snapshot.date.month)
            if snapshot.date < too_old or (snapshot.is_automatic and month in kept_months):
                gone |= snapshot
            elif snapshot.is_automatic:
                kept_months.add(month)
        gone.unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_lines(self):
        """Open the opportunities as they stood then."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.display_name,
            'res_model': 'crm.forecast.snapshot.line',
            'views': [(False, 'list'), (False, 'pivot'), (False, 'graph')],
            'domain': [('snapshot_id', '=', self.id)],
        }
