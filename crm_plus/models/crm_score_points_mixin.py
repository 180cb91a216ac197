"""What the rules find on leads: sets of leads at a time, a few statements whatever their number."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from ..paid_date import paid_date
from ..scoring.points import FADED

#: What building a search raises for conditions that make no sense.
DOMAIN_ERRORS = (ValueError, KeyError, TypeError, SyntaxError, AttributeError, NotImplementedError,
                 RecursionError, MemoryError)


class Given(NamedTuple):
    """What a rule gives a lead."""

    points: float  #: before the cap
    count: int = 1  #: of the events
    last: datetime | None = None  #: the latest event, in UTC


class LeadToScore(NamedTuple):
    """What is known of a lead before its score is."""

    id: int
    company_id: int | None
    team_id: int | None
    stage_id: int | None
    customer_id: int | None  #: a commercial entity
    probability: float | None  #: as Odoo predicts it


class CrmScorePointsMixin(models.AbstractModel):
    """The points of leads, for ``crm.score.rule``, which inherits from this.

    Conditions are evaluated with the rights of ``self``; the rest is read with all rights, of
    the one company that the leads belong to, and leaves the method as points, counts and dates
    alone.
    """

    _name = 'crm.score.points.mixin'
    _description = "Points of Leads"

    def _give_points(
        self, company, leads: list[LeadToScore], now: datetime,
    ) -> dict[int, dict[int, Given]]:
        """Return what the rules give to leads of one company.

        :param company: whose documents count; empty: of none, for leads of no company
        :return: by lead's id and rule's id; rules that do not apply are left out
        """
        self.env.flush_all()  # reads a dozen models: whatever waits for them is written first
        given = defaultdict(dict)
        if not leads:
            return given
        for rule_id, lead_id, found in (
            *self._fit_points(company, leads),
            *self._engagement_points(leads, now),
            *self._timeline_points(company, leads, now),
            *self._customer_points(company, leads, now),
        ):
            given[lead_id][rule_id] = found
        return given

    def _rule_id(self) -> int:
        """Return the rule's id; 0 for the one that is being written."""
        return self._origin.id or 0

    # ------------------------------------------------------------
    # WHAT THE LEAD IS
    # ------------------------------------------------------------

    def _fit_points(self, company, leads) -> Iterator[tuple[int, int, Given]]:
        selects = []
        points = {}
        for rule in self.filtered(lambda rule: rule.kind == 'fit'):
            query = rule._search_fitting(company, [lead.id for lead in leads])
            if query is not None and not query.is_empty():
                points[rule._rule_id()] = rule.points
                selects.append(query.select(
                    SQL("%s AS rule_id", rule._rule_id()), SQL.identifier(query.table, 'id')))
        if selects:
            for rule_id, lead_id in self.env.execute_query(SQL(" UNION ALL ").join(selects)):
                yield rule_id, lead_id, Given(points[rule_id])

    def _search_fitting(self, company, lead_ids):
        """Return the query of the leads that fulfil the conditions; ``None``: they do not work.

        What conditions ask for may be gone with the module that brought it.
        """
        leads = self.env['crm.lead'].with_context(active_test=False)
        if company:
            leads = leads.with_context(allowed_company_ids=company.ids)
        try:
            return leads._search(self._parse_domain() & Domain('id', 'in', lead_ids))
        except (AccessError, *DOMAIN_ERRORS):
            return None

    # ------------------------------------------------------------
    # WHAT HAPPENED
    # ------------------------------------------------------------

    @api.model
    def _score_events(self) -> dict[str, SQL]:
        """Select the events of each kind, keys of ``event``; extended together with it.

        :return: plain selects of ``lead_id``, ``date`` (UTC) and ``detail``, a text that rules
            can ask for: the activity type's id
        """
        viewed, sent = (
            self.env['ir.model.data']._xmlid_to_res_id(f'sale.mt_order_{name}') or 0
            for name in ('viewed', 'sent')
        )
        website = self.env['ir.model.data']._xmlid_to_res_id('utm.utm_medium_website') or 0
        return {
            'reply': SQL(
                """SELECT message.res_id AS lead_id, message.date, NULL AS detail
                     FROM mail_message message
                    WHERE message.model = 'crm.lead'
                      AND message.message_type IN ('email', 'comment')
                      AND (message.author_id IS NOT NULL OR message.message_type = 'email')
                      AND NOT EXISTS (SELECT FROM res_users colleague
                                       WHERE colleague.partner_id = message.author_id
                                         AND colleague.share IS NOT TRUE)"""),
            'meeting': SQL(
                """SELECT event.opportunity_id AS lead_id, event.stop AS date, NULL AS detail
                     FROM calendar_event event
                    WHERE event.active"""),
            'activity': SQL(
                """SELECT message.res_id AS lead_id, message.date,
                          message.mail_activity_type_id::text AS detail
                     FROM mail_message message
                    WHERE message.model = 'crm.lead'
                      AND message.mail_activity_type_id IS NOT NULL"""),
            'quotation_sent': SQL(
                """SELECT sale.opportunity_id AS lead_id,
                          COALESCE((SELECT MIN(message.date) FROM mail_message message
                                     WHERE message.model = 'sale.order'
                                       AND message.res_id = sale.id
                                       AND message.subtype_id = %s),
                                   CASE WHEN sale.state = 'sent' THEN sale.date_order END
                                  ) AS date,
                          NULL AS detail
                     FROM sale_order sale
                    WHERE sale.state IN ('sent', 'sale')""", sent),
            'quotation_opened': SQL(
                """SELECT sale.opportunity_id AS lead_id, message.date, NULL AS detail
                     FROM sale_order sale
                     JOIN mail_message message
                       ON message.model = 'sale.order' AND message.res_id = sale.id
                      AND message.subtype_id = %s""", viewed),
            'quotation_accepted': SQL(
                """SELECT sale.opportunity_id AS lead_id,
                          COALESCE(sale.signed_on, sale.date_order) AS date, NULL AS detail
                     FROM sale_order sale
                    WHERE sale.state = 'sale'"""),
            # each time that it was noted; the forms of others note nothing but the medium
            'form': SQL(
                """SELECT touch.lead_id, touch.date, NULL AS detail
                     FROM crm_touch touch
                    WHERE touch.kind = 'form'
                    UNION ALL
                   SELECT lead.id AS lead_id, lead.create_date AS date, NULL AS detail
                     FROM crm_lead lead
                    WHERE lead.medium_id = %s
                      AND NOT EXISTS (SELECT FROM crm_touch touch
                                       WHERE touch.lead_id = lead.id AND touch.kind = 'form')""",
                website),
        }

    def _engagement_points(self, leads, now) -> Iterator[tuple[int, int, Given]]:
        rules = self.filtered(lambda rule: rule.kind == 'engagement' and rule.event != 'timeline')
        sources = self._score_events()
        lead_ids = [lead.id for lead in leads]
        facts = [
            SQL(
                """SELECT %s::text AS event, source.lead_id AS subject_id, source.date,
                          source.detail::text AS detail
                     FROM (%s) source
                    WHERE source.lead_id = ANY(%s)""",
                event, sources[event], lead_ids,
            )
            for event in sorted(set(rules.mapped('event'))) if event in sources
        ]
        if facts:
            yield from rules._read_events(SQL(" UNION ALL ").join(facts), now)

    def _timeline_points(self, company, leads, now) -> Iterator[tuple[int, int, Given]]:
        """Return the points for entries of the customers' timelines, of whatever lead they are."""
        rules = self.filtered(lambda rule: rule.kind == 'engagement' and rule.event == 'timeline')
        leads_of = defaultdict(list)
        for lead in leads:
            if lead.customer_id:
                leads_of[lead.customer_id].append(lead.id)
        if not rules or not leads_of:
            return
        # sudo: of the company alone, as its timeline's rule has it; only kind, number and last
        # date of the entries are told
        timeline = self.env['customer.timeline'].sudo()
        query = timeline._search(
            Domain('partner_id', 'in', list(leads_of))
            & Domain('kind', 'in', rules.mapped('timeline_kind'))
            & Domain('company_id', 'in', [company.id, False])
        )
        if query.is_empty():
            return
        facts = query.select(
            SQL("'timeline' AS event"), SQL("customer_timeline.partner_id AS subject_id"),
            SQL("customer_timeline.date"), SQL("customer_timeline.kind AS detail"),
        )
        for rule_id, customer_id, given in rules._read_events(facts, now):
            for lead_id in leads_of[customer_id]:
                yield rule_id, lead_id, given

    def _read_events(self, facts: SQL, now) -> Iterator[tuple[int, int, Given]]:
        """Return the faded points of events by rule and subject.

        PostgreSQL fades them as ``scoring.points.remaining`` does.

        :param facts: select of ``event``, ``subject_id``, ``date`` and ``detail``
        """
        rows = self.env.execute_query(SQL(
            """
            SELECT rule.id, fact.subject_id, COUNT(*), MAX(fact.date),
                   SUM(rule.points * POWER(2, -LEAST(
                       GREATEST(EXTRACT(EPOCH FROM %(now)s::timestamp - fact.date), 0)::float8
                       / 86400 / rule.half_life, %(faded)s)))
              FROM (%(facts)s) fact
              JOIN (VALUES %(rules)s) rule(id, event, detail, points, half_life)
                ON rule.event = fact.event
               AND (rule.detail IS NULL OR rule.detail = fact.detail)
             WHERE fact.date <= %(now)s
             GROUP BY rule.id, fact.subject_id
            """,
            now=now, faded=FADED, facts=facts,
            rules=SQL(", ").join(
                # what never fades has half of its life at the end of all days
                SQL("(%s::int, %s::text, %s::text, %s::float8, %s::float8)",
                    rule._rule_id(), rule.event, rule._event_detail(), rule.points,
                    rule.half_life or 'Infinity')
                for rule in self
            ),
        ))
        for rule_id, subject_id, count, last, points in rows:
            yield rule_id, subject_id, Given(points, count, last)

    def _event_detail(self) -> str | None:
        if self.event == 'timeline':
            return self.timeline_kind
        if self.event == 'activity' and self.activity_type_id:
            return str(self.activity_type_id._origin.id)
        return None

    # ------------------------------------------------------------
    # WHAT ORDERS AND PAYMENTS SAY
    # ------------------------------------------------------------

    def _customer_points(self, company, leads, now) -> Iterator[tuple[int, int, Given]]:
        rules = self.filtered(lambda rule: rule.kind == 'customer')
        customer_ids = sorted({lead.customer_id for lead in leads if lead.customer_id})
        if not rules or not customer_ids:
            return
        facts = rules._read_customer_facts(company, customer_ids, now)
        for rule in rules:
            values = facts.get(rule.fact, {})
            for lead in leads:
                value = values.get(lead.customer_id)
                if value is not None and rule._fact_applies(value):
                    yield rule._rule_id(), lead.id, Given(rule.points)

    def _fact_applies(self, value) -> bool:
        match self.fact:
            case 'tier':
                return value in self.tier_ids._origin.ids
            case 'revenue':
                # nothing is no revenue, however little is asked for
                return value > 0 and value >= self.revenue
            case 'late':
                return value > 0 and value >= self.days_late
        return bool(value)

    def _read_customer_facts(self, company, customer_ids, now) -> dict[str, dict]:
        """Return what the rules ask for of customers, in one company, by fact and customer.

        Of no company nothing is read but what leads without one tell.
        """
        wanted = set(self.mapped('fact'))
        facts = {}
        if 'lost' in wanted:
            facts['lost'] = self._read_lost(company, customer_ids)
        if not company:
            return facts
        today = now.date()
        since = today - relativedelta(months=12)
        if wanted & {'customer', 'revenue', 'overdue'}:
            facts |= self._read_invoices(company, customer_ids, since, today)
        if 'customer' in wanted:
            facts['customer'] |= self._read_ordered(company, customer_ids)
        if 'late' in wanted:
            facts['late'] = self._read_days_late(company, customer_ids, since)
        if 'tier' in wanted:
            # sudo: the tier is what the rule is about; of it only the points are told
            customers = self.env['res.partner'].sudo().with_company(company).browse(customer_ids)
            facts['tier'] = {it.id: it.customer_tier_id.id for it in customers}
        return facts

    def _read_invoices(self, company, customer_ids, since, today):
        rows = self.env.execute_query(SQL(
            """
            SELECT contact.commercial_partner_id,
                   SUM(move.amount_untaxed_signed) FILTER (WHERE move.invoice_date >= %(since)s),
                   SUM(move.amount_residual_signed) FILTER (
                       WHERE move.payment_state IN ('not_paid', 'partial')
                         AND move.invoice_date_due < %(today)s) > 0
              FROM account_move move
              JOIN res_partner contact ON contact.id = move.partner_id
             WHERE contact.commercial_partner_id = ANY(%(customers)s)
               AND move.company_id = %(company)s
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
             GROUP BY contact.commercial_partner_id
            """,
            since=since, today=today, customers=customer_ids, company=company.id,
        ))
        return {
            'customer': {customer_id: True for customer_id, _revenue, _overdue in rows},
            'revenue': {customer_id: revenue or 0 for customer_id, revenue, _overdue in rows},
            'overdue': {customer_id: overdue for customer_id, _revenue, overdue in rows},
        }

    def _read_ordered(self, company, customer_ids):
        return dict(self.env.execute_query(SQL(
            """
            SELECT DISTINCT contact.commercial_partner_id, TRUE
              FROM sale_order sale
              JOIN res_partner contact ON contact.id = sale.partner_id
             WHERE contact.commercial_partner_id = ANY(%s)
               AND sale.company_id = %s AND sale.state = 'sale'
            """,
            customer_ids, company.id,
        )))

    def _read_days_late(self, company, customer_ids, since):
        return dict(self.env.execute_query(SQL(
            """
            SELECT contact.commercial_partner_id, AVG(paid.date - move.invoice_date_due)
              FROM account_move move
              JOIN res_partner contact ON contact.id = move.partner_id
             CROSS JOIN LATERAL %(paid)s paid
             WHERE contact.commercial_partner_id = ANY(%(customers)s)
               AND move.company_id = %(company)s
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt')
               AND move.payment_state IN ('paid', 'in_payment')
               AND move.invoice_date >= %(since)s
               AND paid.date IS NOT NULL
             GROUP BY contact.commercial_partner_id
            """,
            paid=paid_date(SQL("move.id")), customers=customer_ids, company=company.id,
            since=since,
        )))

    def _read_lost(self, company, customer_ids):
        return dict(self.env.execute_query(SQL(
            """
            SELECT DISTINCT contact.commercial_partner_id, TRUE
              FROM crm_lead lead
              JOIN res_partner contact ON contact.id = lead.partner_id
             WHERE contact.commercial_partner_id = ANY(%s)
               AND (lead.company_id IS NULL OR lead.company_id = %s)
               AND lead.won_status = 'lost'
            """,
            customer_ids, company.id or None,
        )))
