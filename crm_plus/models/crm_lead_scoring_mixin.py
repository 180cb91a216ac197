from collections import defaultdict
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_score_points_mixin import LeadToScore

#: How many leads are scored at a time, and locked while their scores are written.
BATCH_SIZE = 2000
#: The scores of open leads, which a form and a filter may show without computing anything.
SCORE_FIELDS = ('lead_score', 'lead_score_band', 'lead_score_date')
BANDS = [('cold', "Cold"), ('warm', "Warm"), ('hot', "Hot")]


class CrmLeadScoringMixin(models.AbstractModel):
    """The score of a lead by the rules of ``crm.score.rule``, for ``crm.lead``.

    Nothing is computed when leads are created, changed or read: open leads are scored by a
    scheduled action, and by whoever asks for it. Closed leads keep the score that they had
    before, so that reports can compare it with what came of them. How a score is explained is
    in ``crm.lead.score.details.mixin``.
    """

    _name = 'crm.lead.scoring.mixin'
    _inherit = ['crm.lead.score.details.mixin', 'crm.guarded.fields.mixin']
    _description = "Lead Scoring"

    lead_score = fields.Integer(
        "Score", readonly=True, copy=False, aggregator='avg',
        help="From 0 to 100: how good the lead is by your company's scoring rules. Odoo's "
             "probability stands beside it and is learnt from the leads that were won and lost.",
    )
    lead_score_band = fields.Selection(
        BANDS, "Score Band", readonly=True, copy=False,
        help="Cold, warm or hot: from which score on is in the settings.",
    )
    lead_score_date = fields.Datetime(
        "Scored On", readonly=True, copy=False,
        help="When the score was computed last. A lead that was won or lost keeps the score that "
             "it had before.",
    )

    @api.model
    def _guarded_fields(self):
        return super()._guarded_fields().union(SCORE_FIELDS)

    # ------------------------------------------------------------
    # SCORING
    # ------------------------------------------------------------

    def action_update_lead_score(self):
        """Score the open leads of the selection now."""
        self.check_access('read')
        self._store_lead_scores(self.ids, fields.Datetime.now())

    @api.model
    def _cron_update_lead_scores(self):
        """Score the open leads whose score is out of date, some at a time.

        Each part is committed, and what could not be done, because somebody was just writing a
        lead or the time was up, is due the next time.
        """
        cron = self.env['ir.cron']
        now = fields.Datetime.now()
        due = self._lead_scores_due(now)
        if due is None:
            self._clear_lead_scores()
            return
        [[remaining]] = self.env.execute_query(SQL("SELECT COUNT(*) FROM (%s) due", due))
        cron._commit_progress(remaining=remaining)
        last_id = 0
        while lead_ids := [lead_id for [lead_id] in self.env.execute_query(SQL(
            "SELECT id FROM (%s) due WHERE id > %s ORDER BY id LIMIT %s", due, last_id, BATCH_SIZE,
        ))]:
            last_id = lead_ids[-1]
            self._store_lead_scores(lead_ids, now)
            if not cron._commit_progress(len(lead_ids)):
                break

    @api.model
    def _lead_scores_due(self, now) -> SQL | None:
        """Select the open leads to score: not scored since rules or limits changed, or for long.

        :return: ``None`` where there are no rules
        """
        rules = self.env['crm.score.rule'].with_context(active_test=False).search_fetch(
            Domain.TRUE, ['active', 'write_date'])
        if not any(rules.mapped('active')):
            return None
        cron = self.env.ref('crm_plus.ir_cron_lead_scores')
        interval = (now + relativedelta(**{cron.interval_type: cron.interval_number})) - now
        self.env.flush_all()
        return SQL(
            """
            SELECT lead.id
              FROM crm_lead lead
              LEFT JOIN res_company company ON company.id = %(owner)s
             WHERE lead.active AND lead.won_status = 'pending'
               AND (lead.lead_score_date IS NULL
                    OR lead.lead_score_date < GREATEST(%(since)s, company.write_date))
            """,
            owner=self._lead_score_company(),
            # one that was scored by hand a moment ago can wait for the next time
            since=max(now - timedelta(seconds=interval.total_seconds() / 2),
                      max(rules.mapped('write_date'))),
        )

    @api.model
    def _lead_score_company(self) -> SQL:
        """Return the company whose rules and documents count for ``lead``, as an expression.

        Where there is but one company, leads of no company are its leads. Otherwise everybody
        may see them, so that they are scored by nothing that a single company knows.
        """
        # sudo: the number of companies is told to nobody
        companies = self.env['res.company'].sudo().search(Domain.TRUE, limit=2)
        if len(companies) > 1:
            return SQL("lead.company_id")
        return SQL("COALESCE(lead.company_id, %s)", companies.id)

    @api.model
    def _read_leads_to_score(self, lead_ids) -> dict[int | None, list[LeadToScore]]:
        """Return what is known of the leads, by company."""
        self.env.flush_all()
        by_company = defaultdict(list)
        for row in self.env.execute_query(SQL(
            """
            SELECT lead.id, %(company)s, lead.team_id, lead.stage_id,
                   contact.commercial_partner_id, lead.automated_probability
              FROM crm_lead lead
              LEFT JOIN res_partner contact ON contact.id = lead.partner_id
             WHERE lead.id = ANY(%(ids)s)
             ORDER BY lead.id
            """,
            company=self._lead_score_company(), ids=list(lead_ids),
        )):
            lead = LeadToScore(*row)
            by_company[lead.company_id].append(lead)
        return by_company

    @api.model
    def _score_leads(self, lead_ids, now):
        """Return the scores of leads, open or not, by the active rules.

        :return: list of (``LeadToScore``, ``Scored``, dict of ``Given`` by rule's id)
        """
        scored = []
        for company_id, leads in self._read_leads_to_score(lead_ids).items():
            # sudo: scores are the same for everybody; who may see which, access to the lead tells
            company = self.env['res.company'].sudo().browse(company_id or [])
            rules = self.env['crm.score.rule'].sudo()._rules_of(company)
            given = rules._give_points(company, leads, now)
            rule_set = rules._rule_set(company)
            for lead in leads:
                found = given.get(lead.id, {})
                scored.append((lead, rule_set.score(
                    lead.team_id, {rule_id: it.points for rule_id, it in found.items()}), found))
        return scored

    # ------------------------------------------------------------
    # STORING
    # ------------------------------------------------------------

    @api.model
    def _store_lead_scores(self, lead_ids, now):
        """Score open leads and keep the scores; closed ones keep what they had.

        Leads that somebody is writing at the moment are left for the next time. Neither is
        ``write`` called nor the date of the last change touched: a score is no change of a lead.
        """
        # sudo: a score says the same to everybody; the lead itself is neither shown nor changed
        free = self.sudo().browse(lead_ids).try_lock_for_update(allow_referencing=True)
        scored = [(lead, score) for lead, score, _given in self._score_leads(free.ids, now)]
        if not scored:
            return
        written = {lead_id for [lead_id] in self.env.execute_query(SQL(
            """
            UPDATE crm_lead
               SET lead_score = fresh.score, lead_score_band = fresh.band,
                   lead_score_date = %(now)s
              FROM unnest(%(ids)s::int[], %(scores)s::int[], %(bands)s::varchar[])
                   AS fresh(id, score, band)
             WHERE crm_lead.id = fresh.id AND active AND won_status = 'pending'
         RETURNING crm_lead.id
            """,
            now=now, ids=[lead.id for lead, _score in scored],
            scores=[score.score for _lead, score in scored],
            bands=[score.band for _lead, score in scored],
        ))}
        self.browse(written).invalidate_recordset(SCORE_FIELDS, flush=False)
        self.env['crm.score.history']._keep(
            [(lead, score) for lead, score in scored if lead.id in written], now)

    @api.model
    def _clear_lead_scores(self):
        """Take the scores from the open leads: there are no rules any more."""
        self.env.flush_all()
        self.env.cr.execute(SQL(
            """
            UPDATE crm_lead
               SET lead_score = NULL, lead_score_band = NULL, lead_score_date = NULL
             WHERE lead_score_date IS NOT NULL AND won_status = 'pending'
            """))
        self.invalidate_model(SCORE_FIELDS, flush=False)
