"""The health of key accounts: computed by a job, kept with its reasons, drawn over time."""

import json

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL, format_date

from ..scoring.health import HealthPart, band_of, health_score, points_of, share_reached
from .crm_health_history import BANDS

#: How many accounts are computed in one transaction.
BATCH = 500
#: Over how many months the line is drawn.
HISTORY_MONTHS = 24
#: Over how many days a change is told.
CHANGE_DAYS = 30


class CrmAccountHealthMixin(models.AbstractModel):
    """The health of ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.health.mixin'
    _description = "Key Account: Account Health"

    health_score = fields.Integer(
        "Health", readonly=True, copy=False, aggregator='avg',
        help="From 0 to 100, of revenue, orders, payment, pipeline, contact, people, cases, "
             "satisfaction and agreements, as far as something is known of them. Computed every "
             "night.",
    )
    health_band = fields.Selection(
        BANDS, "Health Light", readonly=True, copy=False, index='btree_not_null',
        help="Green, amber or red, by the limits in the settings. Empty: nothing is known.",
    )
    health_change = fields.Integer(
        "Change in 30 Days", readonly=True, copy=False, aggregator='avg',
        help="How many points the health has gained or lost since 30 days ago.",
    )
    health_date = fields.Date("Health Computed On", readonly=True, copy=False)
    # of all documents, whoever may read them: told by get_account_health alone
    health_details = fields.Json(
        "Reasons of the Health", readonly=True, copy=False, groups=NO_ACCESS, exportable=False)

    # ------------------------------------------------------------
    # COMPUTING
    # ------------------------------------------------------------

    @api.model
    def _cron_health(self):
        """Compute the health of all key accounts that were not computed today."""
        cron = self.env['ir.cron']
        today = fields.Date.today()
        domain = Domain('health_date', '=', False) | Domain('health_date', '<', today)
        remaining = self.search_count(domain)
        cron._commit_progress(remaining=remaining)
        while accounts := self.search(domain, order='company_id, id', limit=BATCH):
            # the accounts of one company, which has its own measures
            accounts = accounts.filtered(
                lambda account, first=accounts[0]: account.company_id == first.company_id)
            accounts._compute_health(today)
            if not cron._commit_progress(len(accounts)):
                return

    def action_compute_health(self):
        """Compute health and contact at this moment, for whoever may read the accounts."""
        self.check_access('read')
        today = fields.Date.context_today(self)
        # sudo: computed of all documents, like by the job; amounts are told to those alone who
        # may read the documents
        for accounts in self.sudo().grouped('company_id').values():
            accounts._refresh_contacts()
            accounts._compute_health(today)
        return True

    def _compute_health(self, day):
        """Compute and store the health of accounts of one company.

        A fixed number of queries, whatever the number of accounts.
        """
        company = self.company_id
        company.ensure_one()
        # read in the language and company of no reader: only numbers and names are kept
        accounts = self.with_context(lang=None, allowed_company_ids=company.ids, active_test=True)
        self.env.flush_all()  # reads a dozen models: whatever waits for them is written first
        measures = self.env['crm.health.measure']._measures_of(company)
        pieces = accounts._health_pieces(accounts, day)
        rows = []
        for account in accounts:
            parts = [
                (measure, pieces.get(measure.kind, {}).get(account.id)) for measure in measures]
            score, details = self._rate_health(parts)
            band = band_of(score, company.account_health_green, company.account_health_amber)
            rows.append((account.id, score, band or None, details))
        self._store_health(rows, day)

    @api.model
    def _rate_health(self, parts):
        """Return the score of an account, and what it is made of.

        :param parts: list of ``crm.health.measure`` and figure (None: nothing is known)
        """
        rated = [
            HealthPart(measure.weight, None if figure is None else share_reached(
                figure['value'], measure.good, measure.bad))
            for measure, figure in parts
        ]
        details = [
            {'kind': measure.kind, 'figure': figure,
             'points': points and [round(number, 1) for number in points]}
            for (measure, figure), points in zip(parts, points_of(rated), strict=True)
        ]
        return health_score(rated), details

    @api.model
    def _store_health(self, rows, day):
        """Keep what was computed, in two statements.

        :param rows: list of (account's id, score, band, details)
        """
        known = [row for row in rows if row[1] is not None]
        self.env['crm.health.history']._keep([
            (account_id, score, band, {
                part['kind']: part['points'][0] for part in details if part['points']})
            for account_id, score, band, details in known
        ], day)
        self.env.cr.execute(SQL(
            """
            UPDATE crm_key_account account
               SET health_score = COALESCE(fresh.score, 0), health_band = fresh.band,
                   health_date = %(day)s, health_details = fresh.details::jsonb,
                   health_change = COALESCE(fresh.score - (
                       SELECT former.score FROM crm_health_history former
                        WHERE former.account_id = account.id AND former.date <= %(before)s
                        ORDER BY former.date DESC LIMIT 1), 0)
              FROM unnest(%(ids)s::int[], %(scores)s::int[], %(bands)s::varchar[],
                          %(details)s::text[]) AS fresh(id, score, band, details)
             WHERE account.id = fresh.id
            """,
            day=day, before=day - relativedelta(days=CHANGE_DAYS),
            ids=[row[0] for row in rows], scores=[row[1] for row in rows],
            bands=[row[2] for row in rows], details=[json.dumps(row[3]) for row in rows],
        ))
        self.browse(row[0] for row in rows).invalidate_recordset([
            'health_score', 'health_band', 'health_date', 'health_details', 'health_change',
        ], flush=False)

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def get_account_health(self):
        """Return the health of the account as it was computed last, with its reasons.

        Sentences tell amounts to those alone who may read all documents behind them.

        :return: dict with ``score`` and ``band`` (None, False: nothing is known), ``bands``,
            ``limits``, ``change``, ``date``, ``parts`` (the most points lost first),
            ``missing``, ``hidden`` (whether amounts were withheld), ``history``, ``may_set_up``
        """
        self.ensure_one()
        self.check_access('read')
        # sudo: what is told of it is limited by _health_parts
        details = self.sudo().health_details or []
        parts, hidden = self._health_parts([part for part in details if part['points']])
        company = self.company_id
        return {
            'score': self.health_score if self.health_band else None,
            'band': self.health_band,
            'bands': dict(self._fields['health_band']._description_selection(self.env)),
            'limits': {
                # sudo: limits that the colours tell anyway
                'green': company.sudo().account_health_green,
                'amber': company.sudo().account_health_amber,
            },
            'change': self.health_change,
            'date': self.health_date and format_date(
                self.env, self.health_date, date_format='medium'),
            'parts': parts,
            'missing': self._health_missing([part for part in details if not part['points']]),
            'hidden': hidden,
            'history': self._health_history(),
            'may_set_up': self.env['crm.health.measure'].has_access('write'),
        }

    def _health_parts(self, details):
        kinds = dict(self.env['crm.health.measure']._fields['kind']._description_selection(
            self.env))
        tells = self._health_tells_amounts()
        parts = [
            {
                'kind': part['kind'],
                'label': kinds[part['kind']],
                'text': self._health_sentence(
                    part['kind'], part['figure'], tells.get(part['kind'], True)),
                'points': part['points'][0],
                'possible': part['points'][1],
                'opens': bool(self._health_action(part['kind'])),
            }
            for part in details if part['kind'] in kinds
        ]
        hidden = any(not tells.get(part['kind'], True) for part in parts)
        return sorted(parts, key=lambda part: part['points'] - part['possible']), hidden

    def _health_missing(self, details):
        kinds = dict(self.env['crm.health.measure']._fields['kind']._description_selection(
            self.env))
        words = self._health_missing_words()
        return [
            {'kind': part['kind'], 'label': kinds[part['kind']],
             'text': words.get(part['kind'], '')}
            for part in details if part['kind'] in kinds
        ]

    def _health_history(self):
        since = fields.Date.context_today(self) - relativedelta(months=HISTORY_MONTHS)
        history = self.env['crm.health.history'].search_fetch(
            [('account_id', '=', self.id), ('date', '>=', since)],
            ['date', 'score', 'band'], order='date')
        return [
            {'date': fields.Date.to_string(row.date), 'score': row.score, 'band': row.band}
            for row in history
        ]

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_health_records(self, kind):
        """Open the records behind a part of the account's health."""
        self.ensure_one()
        self.check_access('read')
        if kind not in self.env['crm.health.measure']._fields['kind'].get_values(self.env):
            return False
        return self._health_action(kind)

    def action_view_health_history(self):
        """Open the health that the account had, as a list and a line."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_health_history_action'),
            'name': self.env._("Health of %s", self.partner_id.display_name),
            'domain': [('account_id', '=', self.id)],
        }
