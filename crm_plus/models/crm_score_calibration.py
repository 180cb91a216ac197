"""Whether the scores tell leads that are won from leads that are lost."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..scoring.calibration import FEW, compare, concordance, lift, wilson

#: How wide the classes of Odoo's probability are, in per cent.
CLASS_WIDTH = 10
PERIODS = (3, 6, 12, 24, 36)


class CrmScoreCalibration(models.AbstractModel):
    """The report on scores: what became of the leads, by the score that they had *before*.

    Only leads that the reader may read are counted. Of each the latest score is taken that was
    kept before it was won or lost, so that nothing of what came later plays a part. Bands are
    those of the company's limits now.
    """

    _name = 'crm.score.calibration'
    _description = "Calibration of Lead Scores"

    @api.model
    @api.readonly
    def get_calibration(self, months=12, team_id=False):
        """Return won rates by band and by Odoo's probability, and what each rule tells.

        :param int months: how far back leads were closed
        :param team_id: of one sales team alone
        :return: dict with ``bands`` and ``classes`` (lists of :meth:`_rate`), ``concordance``
            (of score and of probability), ``rules`` (of those who may see them), ``summary``
            (sentences), ``closed`` and ``unscored`` (numbers of leads), ``teams`` and
            ``periods`` to choose from
        """
        self.env['crm.lead'].check_access('read')
        domain = self._closed_domain(months, team_id)
        by_band, by_class, by_score, by_probability = self._read_groups(domain)
        bands = self._bands(by_band)
        classes = self._classes(by_class)
        scored = sum(band['count'] for band in bands)
        closed = self.env['crm.lead'].with_context(active_test=False).search_count(domain)
        ranks = {
            'score': concordance([(value, *counts) for value, counts in by_score.items()]),
            'probability': concordance(
                [(value, *counts) for value, counts in by_probability.items()]),
        }
        return {
            'bands': bands,
            'classes': classes,
            'concordance': ranks,
            'rules': self._rules(domain),
            'summary': self._summary(bands, ranks),
            'closed': closed,
            'unscored': closed - scored,
            'few': FEW,
            'periods': PERIODS,
            'teams': self.env['crm.team'].search_read(Domain.TRUE, ['name']),
            'may_set_up': self.env['crm.score.rule'].has_access('write'),
        }

    @api.model
    def action_open_leads(self, group, key, months=12, team_id=False):
        """Open the leads behind a bar.

        :param str group: ``'bands'``, ``'classes'`` or ``'rules'``
        :param key: of the bar: a band, the lower end of a class, or a rule's id
        """
        if group not in {'bands', 'classes', 'rules'}:
            raise ValidationError(self.env._("There is no such group of leads."))
        domain = self._closed_domain(months, team_id)
        if group == 'rules':
            self.env['crm.score.rule'].check_access('read')
            rows = self.env.execute_query(self._seen(domain, SQL(
                "SELECT id FROM seen WHERE COALESCE((points ->> %s)::float8, 0) <> 0",
                str(int(key)))))
            lead_ids = [lead_id for [lead_id] in rows]
        else:
            band_of = self._band_of()
            lead_ids = [
                lead_id for lead_id, company_id, score, probability in self.env.execute_query(
                    self._seen(domain, SQL(
                        "SELECT id, company_id, score, probability FROM seen")))
                if key == (band_of(company_id, score) if group == 'bands'
                           else self._class_of(probability))
            ]
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Closed Leads"),
            'res_model': 'crm.lead',
            'views': [(self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'),
                      (False, 'form')],
            'domain': [('id', 'in', lead_ids)],
            'context': {'create': False, 'active_test': False},
        }

    # ------------------------------------------------------------
    # LEADS
    # ------------------------------------------------------------

    @api.model
    def _closed_domain(self, months, team_id) -> Domain:
        since = fields.Datetime.now() - relativedelta(months=int(months))
        domain = (
            Domain('won_status', 'in', ('won', 'lost'))
            & Domain('date_closed', '>=', fields.Datetime.to_string(since))
            & Domain('company_id', 'in', [*self.env.companies.ids, False])
        )
        return domain & Domain('team_id', '=', int(team_id)) if team_id else domain

    @api.model
    def _seen(self, domain, select: SQL) -> SQL:
        """Return a statement on ``seen``: the closed leads with what was known before.

        Its columns: ``id``, ``is_won``, ``company_id``, ``score``, ``points`` and ``probability``.
        """
        query = self.env['crm.lead'].with_context(active_test=False)._search(domain)
        return SQL(
            """
            WITH closed AS (%(leads)s),
                 seen AS (SELECT lead.id, lead.won_status = 'won' AS is_won,
                                 %(company)s AS company_id,
                                 kept.score, kept.points,
                                 ROUND(COALESCE(kept.probability, 0)::numeric, 1)
                                     AS probability
                            FROM closed
                            JOIN crm_lead lead ON lead.id = closed.id
                           CROSS JOIN LATERAL (
                                 SELECT history.score, history.probability, history.points
                                   FROM crm_score_history history
                                  WHERE history.lead_id = lead.id
                                    AND history.date < lead.date_closed
                                  ORDER BY history.date DESC
                                  LIMIT 1) kept)
            %(select)s
            """,
            leads=query.select(), company=self.env['crm.lead']._lead_score_company(),
            select=select,
        )

    @api.model
    def _read_groups(self, domain):
        """Return numbers of (won, lost) leads by band, class, score and probability."""
        groups = [defaultdict(lambda: [0, 0]) for _group in range(4)]
        band_of = self._band_of()
        for company_id, score, probability, is_won, count in self.env.execute_query(
            self._seen(domain, SQL(
                """
                SELECT company_id, score, probability, is_won, COUNT(*)
                  FROM seen
                 GROUP BY 1, 2, 3, 4
                """))
        ):
            keys = (
                band_of(company_id, score), self._class_of(probability), score,
                float(probability),
            )
            for group, key in zip(groups, keys, strict=True):
                group[key][0 if is_won else 1] += count
        return groups

    @api.model
    def _band_of(self):
        """Return the function that tells the band of a score in a company."""
        limits = {
            company.id: company._lead_score_band() for company in self.env.companies
        }
        default = self.env['res.company']._lead_score_band()
        return lambda company_id, score: limits.get(company_id, default).of(score)

    @api.model
    def _class_of(self, probability) -> int:
        """Return the lower end of the class of a probability; 100 belongs to the last one."""
        return min(int(probability) // CLASS_WIDTH * CLASS_WIDTH, 100 - CLASS_WIDTH)

    # ------------------------------------------------------------
    # RATES
    # ------------------------------------------------------------

    @api.model
    def _rate(self, key, label, won, lost) -> dict:
        """Return one bar: how many were won of so many, and between what the true rate lies."""
        count = won + lost
        low, high = wilson(won, count)
        return {
            'key': key, 'label': label, 'won': won, 'count': count,
            'rate': won / count if count else None,
            'low': low, 'high': high, 'is_few': count < FEW,
        }

    @api.model
    def _bands(self, by_band):
        names = dict(self.env['crm.lead']._fields['lead_score_band']._description_selection(
            self.env))
        bounds = self.env.company._lead_score_band().bounds()
        return [
            self._rate(
                band, self.env._("%(band)s (%(low)s to %(high)s)", band=names[band],
                                 low=bounds[band][0], high=bounds[band][1]),
                *by_band.get(band, (0, 0)))
            for band in bounds
        ]

    @api.model
    def _classes(self, by_class):
        return [
            self._rate(
                low, self.env._("%(low)s to %(high)s %%", low=low, high=low + CLASS_WIDTH),
                *by_class.get(low, (0, 0)))
            for low in range(0, 100, CLASS_WIDTH)
        ]

    # ------------------------------------------------------------
    # RULES
    # ------------------------------------------------------------

    @api.model
    def _rules(self, domain):
        """Return what each rule tells of won and lost leads; nothing who may not see the rules."""
        if not self.env['crm.score.rule'].has_access('read'):
            return []
        rows = self.env.execute_query(self._seen(domain, SQL(
            """
            SELECT entry.key::int, COUNT(*), COUNT(*) FILTER (WHERE is_won),
                   COUNT(*) FILTER (WHERE entry.value::float8 <> 0),
                   COUNT(*) FILTER (WHERE entry.value::float8 <> 0 AND is_won)
              FROM seen CROSS JOIN LATERAL jsonb_each_text(seen.points) entry
             GROUP BY entry.key
            """)))
        counts = {rule_id: numbers for rule_id, *numbers in rows}
        rules = self.env['crm.score.rule'].with_context(active_test=False).search(
            Domain('id', 'in', list(counts)))
        return [self._rule(rule, *counts[rule.id]) for rule in rules]

    @api.model
    def _rule(self, rule, count, won, with_count, with_won):
        """Return the comparison of the leads that had the rule's points with those that had not.

        :param count: leads that the rule looked at, and ``won`` of them
        :param with_count: leads to which it gave points, and ``with_won`` of them
        """
        comparison = compare(with_won, with_count, won - with_won, count - with_count)
        verdict, text = self._verdict(rule, comparison)
        return {
            'id': rule.id,
            'name': rule.name,
            'points': rule.points,
            'active': rule.active,
            'with': self._rate(rule.id, rule.name, with_won, with_count - with_won),
            'without': self._rate(
                rule.id, rule.name, won - with_won, count - with_count - (won - with_won)),
            'lift': lift(with_won, with_count, won, count),
            'p_value': comparison.p_value,
            'verdict': verdict,
            'text': text,
        }

    @api.model
    def _verdict(self, rule, comparison):
        if not comparison.is_enough:
            return 'few', self.env._("Too few leads were closed with it, or without it, to tell.")
        if not comparison.differs:
            return 'nothing', self.env._(
                "Won as often with as without: this rule tells nothing.")
        if (comparison.difference > 0) == (rule.points > 0):
            return 'good', (
                self.env._("Won more often with it: the points are earned.")
                if rule.points > 0
                else self.env._("Won less often with it: taking points away is right.")
            )
        return 'wrong', (
            self.env._("Won less often with it, and yet it gives points: think it over.")
            if rule.points > 0
            else self.env._("Won more often with it, and yet it takes points away: think it over.")
        )

    # ------------------------------------------------------------
    # SUMMARY
    # ------------------------------------------------------------

    @api.model
    def _summary(self, bands, ranks):
        """Return what the report says, in sentences, the most important first."""
        cold, _warm, hot = bands
        sentences = []
        if any(band['count'] and band['is_few'] for band in bands):
            sentences.append(self.env._(
                "Some bands hold fewer than %s closed leads: their won rates may be chance, as "
                "the wide intervals show.", FEW))
        comparison = compare(hot['won'], hot['count'], cold['won'], cold['count'])
        if comparison.differs and comparison.difference > 0:
            sentences.append(
                self.env._("Hot leads were won %s times as often as cold ones.",
                           round(hot['rate'] / cold['rate'], 1))
                if cold['won'] else
                self.env._("Hot leads were won, cold ones never.")
            )
        elif comparison.is_enough:
            sentences.append(self.env._(
                "Hot leads were not won more often than cold ones: the rules do not tell good "
                "leads from bad ones."))
        if ranks['score'] is not None:
            sentences.append(self.env._(
                "Of a won and a lost lead, the won one had the higher score %(score)s times of "
                "100, and the higher probability by Odoo %(probability)s times. By chance it "
                "would be 50.",
                score=round(100 * ranks['score']),
                probability=round(100 * ranks['probability']),
            ))
        return sentences
