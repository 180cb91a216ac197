"""What the health of key accounts is made of: each part read from the documents, set by set."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: How far back the usual interval between orders is looked for.
ORDER_YEARS = 3
#: How many days with orders it takes to know an interval.
ORDER_DAYS = 3
#: For how many days an agreement that has ended is missed.
LAPSED_DAYS = 90
#: Days until something that does not end.
NEVER = 100_000


class CrmAccountHealthPiecesMixin(models.AbstractModel):
    """The parts of account health, for ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.health.pieces.mixin'
    _description = "Key Account: Parts of Account Health"

    @api.model
    def _health_pieces(self, accounts, day) -> dict[str, dict[int, dict]]:
        """Return what is known of accounts on a day, by part and account's id.

        An account of which a part knows nothing is missing there. Each figure is a dict with
        ``value``, the number that the limits of ``crm.health.measure`` are about, and what its
        sentence tells (numbers, texts and dates as text, for it is stored). Extended by others
        with ``super()``, together with the measure's ``kind`` and ``_health_words``; a part may
        cost a fixed number of queries, whatever the number of accounts.

        :param accounts: ``crm.key.account`` of one company, read with all rights
        """
        return {
            **self._health_invoices(accounts, day),
            'order': self._health_orders(accounts, day),
            'late': self._health_late(accounts, day),
            'contact': self._health_contacts(accounts, day),
            **self._health_people(accounts),
            **self._health_dealings(accounts, day),
            'agreement': self._health_agreements(accounts, day),
        }

    @api.model
    def _health_of_customers(self, accounts, figures) -> dict[int, dict]:
        """Return figures of customers by the account's id."""
        return {
            account.id: figures[account.partner_id.id]
            for account in accounts if account.partner_id.id in figures
        }

    # ------------------------------------------------------------
    # ORDERS, INVOICES, OPPORTUNITIES
    # ------------------------------------------------------------

    @api.model
    def _health_invoices(self, accounts, day):
        """The parts that invoices tell: revenue trend, overdue, and the pipeline beside them."""
        since = day - relativedelta(months=12)
        rows = self.env.execute_query(SQL(
            """
            SELECT contact.commercial_partner_id,
                   COALESCE(SUM(move.amount_untaxed_signed)
                       FILTER (WHERE move.invoice_date >= %(since)s), 0),
                   COALESCE(SUM(move.amount_untaxed_signed)
                       FILTER (WHERE move.invoice_date < %(since)s
                                 AND move.invoice_date >= %(before)s), 0),
                   COALESCE(SUM(move.amount_residual_signed) FILTER (WHERE %(overdue)s), 0),
                   COUNT(*) FILTER (WHERE %(overdue)s AND move.move_type <> 'out_refund'),
                   MIN(move.invoice_date_due)
                       FILTER (WHERE %(overdue)s AND move.move_type <> 'out_refund')
              FROM account_move move
              JOIN res_partner contact ON contact.id = move.partner_id
             WHERE contact.commercial_partner_id = ANY(%(customers)s)
               AND move.company_id = %(company)s
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND move.invoice_date <= %(day)s
             GROUP BY contact.commercial_partner_id
            """,
            customers=accounts.partner_id.ids, company=accounts.company_id.id,
            day=day, since=since, before=since - relativedelta(months=12),
            overdue=SQL("move.payment_state IN ('not_paid', 'partial')"
                        " AND move.invoice_date_due < %s", day),
        ))
        revenue, overdue, recent = {}, {}, {}
        for customer_id, now, before, open_amount, count, oldest in rows:
            now, before, open_amount = float(now), float(before), float(open_amount)
            recent[customer_id] = now
            if before > 0:
                revenue[customer_id] = {
                    'value': 100 * (now - before) / before, 'now': now, 'before': before}
            # what is overdue may be covered by credit notes that wait to be matched
            late = (day - oldest).days if oldest and open_amount > 0 else 0
            overdue[customer_id] = {
                'value': late, 'amount': open_amount if late else 0, 'count': count if late else 0}
        return {
            'revenue': self._health_of_customers(accounts, revenue),
            'overdue': self._health_of_customers(accounts, overdue),
            'pipeline': self._health_pipeline(accounts, recent),
        }

    @api.model
    def _health_pipeline(self, accounts, recent):
        rows = {
            customer.id: (expected, count)
            for customer, expected, count in self.env['crm.lead']._read_group(
                accounts._opportunity_domain(), ['partner_id.commercial_partner_id'],
                ['expected_revenue:sum', '__count'])
        }
        figures = {}
        for customer_id, invoiced in recent.items():
            expected, count = rows.get(customer_id, (0, 0))
            if invoiced > 0:
                figures[customer_id] = {
                    'value': 100 * expected / invoiced, 'amount': expected, 'count': count}
        return self._health_of_customers(accounts, figures)

    @api.model
    def _health_orders(self, accounts, day):
        """Days since the last order beside the median of the days between days with orders."""
        rows = self.env.execute_query(SQL(
            """
            SELECT customer_id, MAX(day),
                   PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY gap)
              FROM (SELECT customer_id, day,
                           day - LAG(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
                      FROM (SELECT DISTINCT contact.commercial_partner_id AS customer_id,
                                   sale.date_order::date AS day
                              FROM sale_order sale
                              JOIN res_partner contact ON contact.id = sale.partner_id
                             WHERE contact.commercial_partner_id = ANY(%(customers)s)
                               AND sale.company_id = %(company)s AND sale.state = 'sale'
                               AND sale.date_order >= %(since)s
                               AND sale.date_order::date <= %(day)s) ordered) gaps
             GROUP BY customer_id HAVING COUNT(*) >= %(enough)s
            """,
            customers=accounts.partner_id.ids, company=accounts.company_id.id, day=day,
            since=day - relativedelta(years=ORDER_YEARS), enough=ORDER_DAYS,
        ))
        return self._health_of_customers(accounts, {
            customer_id: {
                'value': (day - last).days / max(interval, 1),
                'days': (day - last).days, 'interval': round(interval),
            }
            for customer_id, last, interval in rows
        })

    @api.model
    def _health_late(self, accounts, day):
        days_late = self.env['crm.score.rule']._read_days_late(
            accounts.company_id, accounts.partner_id.ids, day - relativedelta(months=12))
        return self._health_of_customers(accounts, {
            customer_id: {'value': float(days)} for customer_id, days in days_late.items()})

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    @api.model
    def _health_contacts(self, accounts, day):
        """How much of the time that the tier allows has passed since the last contact."""
        company = accounts.company_id
        due = self.env['crm.contact.due']._dues_of(company, accounts.partner_id)
        figures = {}
        for customer, found in due.items():
            allowed = (found.due - found.since).days
            if allowed > 0:
                figures[customer.id] = {
                    'value': 100 * (day - found.since).days / allowed,
                    'days': (day - found.since).days, 'allowed': allowed,
                    'never': not found.last,
                }
        return self._health_of_customers(accounts, figures)

    @api.model
    def _health_people(self, accounts):
        """How broadly the buying centre is known, and where its people stand."""
        roles = self.env['crm.account.role'].search([
            ('account_id', 'in', accounts.ids), ('project_id', '=', False),
            ('lead_id', '=', False)])
        people, stance = {}, {}
        for account, own in roles.grouped('account_id').items():
            concerns = [warning['key'] for warning in (
                *account._decider_warnings(own), *account._single_contact_warnings(own),
                *account._blocker_warnings(own),
            )]
            people[account.id] = {
                'value': len(concerns), 'concerns': concerns, 'count': len(own.contact_id)}
            known = [(int(role.influence), int(role.stance)) for role in own if role.stance]
            if known:
                weight = sum(influence for influence, _stance in known)
                stance[account.id] = {
                    'value': sum(influence * each for influence, each in known) / weight,
                    'count': len(known),
                    'against': sum(each < 0 for _influence, each in known),
                }
        return {'people': people, 'stance': stance}

    # ------------------------------------------------------------
    # DEALINGS, AGREEMENTS
    # ------------------------------------------------------------

    @api.model
    def _health_dealings(self, accounts, day):
        """What the timeline tells: what is not settled, and how satisfied they are."""
        Timeline = self.env['customer.timeline']
        domain = Domain('partner_id', 'in', accounts.partner_id.ids) & Domain(
            'company_id', 'in', [accounts.company_id.id, False])
        figures = {'cases': {}, 'satisfaction': {}}
        if Timeline._timeline_tells('is_open'):
            counts = {
                customer.id: count for customer, count in Timeline._read_group(
                    domain & Domain('is_open', '=', True), ['partner_id'], ['__count'])
            }
            figures['cases'] = {
                account.id: {'value': counts.get(account.partner_id.id, 0)}
                for account in accounts
            }
        if Timeline._timeline_tells('satisfaction'):
            since = fields.Datetime.to_datetime(day - relativedelta(months=12))
            figures['satisfaction'] = self._health_of_customers(accounts, {
                customer.id: {'value': 100 * average, 'count': count}
                for customer, average, count in Timeline._read_group(
                    domain & Domain('has_satisfaction', '=', True) & Domain('date', '>=', since),
                    ['partner_id'], ['satisfaction:avg', '__count'])
            })
        return figures

    @api.model
    def _health_agreements(self, accounts, day):
        """Days until the first agreement ends that nobody has renewed; negative: it ended."""
        agreements = self.env['crm.agreement'].search(
            Domain('partner_id', 'in', accounts.partner_id.ids)
            & Domain('company_id', '=', accounts.company_id.id)
            & (Domain('state', '=', 'active')
               | Domain('state', '=', 'ended') & Domain('is_followed', '=', False)
               & Domain('date_end', '>=', day - timedelta(days=LAPSED_DAYS))),
            order='date_end, id')
        figures = {}
        for partner, own in agreements.grouped('partner_id').items():
            ending = own.filtered(
                lambda agreement: agreement.state == 'ended' or agreement._ends_for_good())
            figures[partner.id] = {
                'value': (ending[0].date_end - day).days,
                'name': ending[0].name, 'date': fields.Date.to_string(ending[0].date_end),
            } if ending else {'value': NEVER, 'count': len(own)}
        return self._health_of_customers(accounts, figures)
