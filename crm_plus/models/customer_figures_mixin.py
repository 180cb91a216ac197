"""The figures of sales and money on the Customer 360 page.

Each kind of document costs one statement: PostgreSQL sums what the reader's rights leave of
it, per company, so that a customer with many documents is as quick as one with few.
"""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..paid_date import paid_date

QUOTATION = Domain('state', 'in', ('draft', 'sent'))
ORDER = Domain('state', '=', 'sale')
POSTED = Domain('state', '=', 'posted') & Domain(
    'move_type', 'in', ('out_invoice', 'out_refund', 'out_receipt')
)
UNPAID = POSTED & Domain('payment_state', 'in', ('not_paid', 'partial'))
PAID = POSTED & Domain('move_type', '!=', 'out_refund') & Domain(
    'payment_state', 'in', ('paid', 'in_payment')
)
#: So many paid invoices tell how a customer pays.
NEWEST_INVOICES = 100


class CustomerFiguresMixin(models.AbstractModel):
    """The sums of a customer's documents, for ``res.partner``, which inherits from this."""

    _name = 'customer.figures.mixin'
    _description = "Customer Figures"

    def _customer_360_since(self):
        """First day of the last 12 months, for the reader."""
        return fields.Date.context_today(self) - relativedelta(months=12)

    def _customer_360_since_utc(self):
        """The moment when the last 12 months began for the reader, in UTC."""
        tz = timezone(self.env.tz.zone)
        midnight = tz.localize(datetime.combine(self._customer_360_since(), time.min))
        return midnight.astimezone(utc).replace(tzinfo=None)

    def _customer_360_parts(self, model, domain, parts: dict, *columns: SQL) -> dict:
        """Aggregates over the customer's documents that the reader may read.

        :param parts: names and expressions by which the documents of a company are told apart:
            grouping is quicker than to ask each column's filter of each document
        :return: list of dicts by id of the company, one for each combination of parts
        """
        documents = self.env[model]
        if not documents.has_access('read'):
            return {}
        query = documents._search(self._customer_360_domain() & domain)
        if query.is_empty():
            return {}
        names = [SQL.identifier(name) for name in parts]
        company = SQL.identifier(query.table, 'company_id')
        query.groupby = SQL(", ").join([company, *parts.values()])
        found = {}
        for row in self.env.execute_query_dict(query.select(
            SQL("%s AS company_id", company),
            *(SQL("%s AS %s", part, name)
              for name, part in zip(names, parts.values(), strict=True)),
            *columns,
        )):
            found.setdefault(row['company_id'], []).append(row)
        return found

    def _customer_360_total(self, parts, column):
        return sum(part[column] or 0 for part in parts)

    # ------------------------------------------------------------
    # SALES
    # ------------------------------------------------------------

    def _customer_360_orders(self):
        """Sums of the customer's orders and quotations per company, in its currency."""
        self.env['sale.order'].flush_model([
            'name', 'state', 'date_order', 'amount_untaxed', 'margin', 'currency_rate',
            'validity_date',
        ])
        rate = SQL("COALESCE(NULLIF(sale_order.currency_rate, 0), 1)")
        parts = self._customer_360_parts(
            'sale.order', QUOTATION | ORDER,
            {
                'state': SQL("sale_order.state"),
                'recent': SQL(
                    "sale_order.date_order >= %s::timestamp", self._customer_360_since_utc()),
            },
            SQL("COUNT(*) AS number"),
            SQL("SUM(sale_order.amount_untaxed / %s) AS amount", rate),
            SQL("SUM(sale_order.margin / %s) AS margin", rate),
            SQL("MIN(sale_order.date_order) AS first_date"),
            SQL("MAX(sale_order.date_order) AS last_date"),
            # one sort gives both
            SQL("(ARRAY_AGG(sale_order.id || ' ' || sale_order.name"
                " ORDER BY sale_order.date_order DESC, sale_order.id DESC))[1] AS last"),
        )
        return [self._customer_360_orders_of(company_id, rows)
                for company_id, rows in parts.items()]

    def _customer_360_orders_of(self, company_id, parts):
        ordered = [part for part in parts if part['state'] == 'sale']
        recent = [part for part in ordered if part['recent']]
        quoted = [part for part in parts if part['state'] != 'sale']
        last = max(ordered, key=lambda part: part['last_date'], default=None)
        last_id, _space, last_name = last['last'].partition(' ') if last else (0, '', '')
        return {
            'company_id': company_id,
            'orders': self._customer_360_total(ordered, 'number'),
            'ordered': self._customer_360_total(ordered, 'amount'),
            'margin': self._customer_360_total(ordered, 'margin'),
            'last_date': last and last['last_date'],
            'last_id': int(last_id),
            'last_name': last_name,
            'recent_orders': self._customer_360_total(recent, 'number'),
            'recent': self._customer_360_total(recent, 'amount'),
            'quotations': self._customer_360_total(quoted, 'number'),
            'quoted': self._customer_360_total(quoted, 'amount'),
            'oldest_quotation': min((part['first_date'] for part in quoted), default=None),
        }

    def _customer_360_orders_action(self, name, domain):
        return self._customer_360_list_action(
            name, 'sale.order', self._customer_360_domain() & domain,
        )

    def _customer_360_order_figures(self):
        if not self.env['sale.order'].has_access('read'):
            return []
        rows = self._customer_360_shared('orders', self._customer_360_orders)
        orders = self._customer_360_count(rows, 'orders')
        recent_orders = self._customer_360_count(rows, 'recent_orders')
        quotations = self._customer_360_count(rows, 'quotations')
        ordered, recent, margin, quoted = (
            self._customer_360_sum(rows, column)
            for column in ('ordered', 'recent', 'margin', 'quoted')
        )
        return [
            self._customer_360_figure(
                'ordered', 'sales', self.env._("Orders to date"), ordered,
                self._customer_360_amount(ordered),
                hint=self.env._("%s orders", orders) if orders != 1 else self.env._("1 order"),
                tone=not orders and 'muted',
                action=self._customer_360_orders_action(self.env._("Orders"), ORDER),
                help=self.env._("All confirmed orders, without taxes."),
            ),
            self._customer_360_figure(
                'ordered_12_months', 'sales', self.env._("Orders, 12 months"), recent,
                self._customer_360_amount(recent),
                hint=self.env._("%s orders", recent_orders) if recent_orders != 1
                else self.env._("1 order"),
                tone=not recent_orders and 'muted',
                action=self._customer_360_orders_action(
                    self.env._("Orders of the last 12 months"),
                    ORDER & Domain('date_order', '>=', fields.Datetime.to_string(
                        self._customer_360_since_utc())),
                ),
                help=self.env._(
                    "Confirmed orders since %s, without taxes.",
                    self._customer_360_date(self._customer_360_since()),
                ),
            ),
            self._customer_360_figure(
                'margin', 'sales', self.env._("Margin to date"), margin,
                self._customer_360_amount(margin),
                hint=self.env._("%s %% of the orders", round(100 * margin / ordered))
                if ordered else '',
                tone='danger' if margin < 0 else not orders and 'muted',
                action=self._customer_360_orders_action(self.env._("Orders"), ORDER),
                help=self.env._("Sales price less cost of all confirmed orders."),
            ),
            self._customer_360_figure(
                'quotations', 'sales', self.env._("Open quotations"), quoted,
                self._customer_360_amount(quoted),
                hint=self.env._("%s quotations", quotations) if quotations != 1
                else self.env._("1 quotation"),
                tone=not quotations and 'muted',
                action=self._customer_360_orders_action(self.env._("Quotations"), QUOTATION),
                help=self.env._("Quotations that are neither confirmed nor cancelled, without "
                                "taxes."),
            ),
            self._customer_360_last_order_figure(rows),
        ]

    def _customer_360_last_order_figure(self, rows):
        help_text = self.env._("The date of the latest confirmed order.")
        label = self.env._("Last order")
        last = max((row for row in rows if row['last_id']), default=None,
                   key=lambda row: row['last_date'])
        if not last:
            return self._customer_360_figure(
                'last_order', 'relation', label, None, self.env._("None"), tone='muted',
                help=help_text,
            )
        date = fields.Datetime.context_timestamp(self, last['last_date']).date()
        return self._customer_360_figure(
            'last_order', 'relation', label,
            fields.Date.to_string(date), self._customer_360_date(date),
            hint=f"{last['last_name']}, {self._customer_360_days_ago(date)}",
            action={
                'type': 'ir.actions.act_window', 'res_model': 'sale.order',
                'res_id': last['last_id'], 'views': [(False, 'form')],
            },
            help=help_text,
        )

    def _customer_360_quotation_highlights(self):
        rows = self._customer_360_shared('orders', self._customer_360_orders)
        count = self._customer_360_count(rows, 'quotations')
        if not count:
            return []
        oldest = min(row['oldest_quotation'] for row in rows if row['oldest_quotation'])
        date = self._customer_360_date(fields.Datetime.context_timestamp(self, oldest).date())
        amount = self._customer_360_amount(self._customer_360_sum(rows, 'quoted'))
        return [{
            'key': 'quotations',
            'text': self.env._(
                "One quotation of %(amount)s waits for an answer since %(date)s.",
                amount=amount, date=date,
            ) if count == 1 else self.env._(
                "%(count)s quotations of %(amount)s in total wait for an answer, the oldest "
                "since %(date)s.",
                count=count, amount=amount, date=date,
            ),
            'tone': False,
            'action': self._customer_360_orders_action(self.env._("Quotations"), QUOTATION),
        }]

    def _customer_360_pipeline_figures(self):
        leads = self.env['crm.lead']
        if not leads.has_access('read'):
            return []
        leads.flush_model(['expected_revenue', 'type', 'won_status', 'active', 'company_id'])
        # Leads need not belong to a company: their amounts count in the current one's currency.
        domain = (
            Domain('partner_id.commercial_partner_id', '=', self.id)
            & Domain('company_id', 'in', [*self.env.companies.ids, False])
            & Domain('type', '=', 'opportunity')
            & Domain('won_status', '=', 'pending')
        )
        rows = [
            {'company_id': (company or self.env.company).id, 'expected': expected, 'leads': count}
            for company, expected, count in leads._read_group(
                domain, ['company_id'], ['expected_revenue:sum', '__count'])
        ]
        count = self._customer_360_count(rows, 'leads')
        expected = self._customer_360_sum(rows, 'expected')
        return [self._customer_360_figure(
            'pipeline', 'sales', self.env._("Open pipeline"), expected,
            self._customer_360_amount(expected),
            hint=self.env._("%s opportunities", count) if count != 1
            else self.env._("1 opportunity"),
            tone=not count and 'muted',
            action=self._customer_360_list_action(
                self.env._("Open opportunities"), 'crm.lead', domain,
                list_view='crm.crm_case_tree_view_oppor',
            ),
            help=self.env._("Expected revenue of the opportunities that are neither won nor lost."),
        )]

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def _customer_360_overdue(self) -> Domain:
        today = fields.Date.to_string(fields.Date.context_today(self))
        return UNPAID & Domain('invoice_date_due', '<', today)

    def _customer_360_invoices(self):
        """Sums of the customer's posted invoices and credit notes per company."""
        self.env['account.move'].flush_model([
            'state', 'move_type', 'payment_state', 'invoice_date', 'invoice_date_due',
            'amount_untaxed_signed', 'amount_residual_signed',
        ])
        today = fields.Date.context_today(self)
        parts = self._customer_360_parts(
            'account.move', POSTED,
            {
                'recent': SQL(
                    "account_move.invoice_date >= %s::date", self._customer_360_since()),
                'unpaid': SQL("account_move.payment_state IN ('not_paid', 'partial')"),
                'late': SQL("account_move.invoice_date_due < %s::date", today),
            },
            SQL("COUNT(*) AS number"),
            SQL("SUM(account_move.amount_untaxed_signed) AS amount"),
            SQL("SUM(account_move.amount_residual_signed) AS residual"),
            SQL("MIN(account_move.invoice_date_due) AS first_due"),
        )
        return [self._customer_360_invoices_of(company_id, rows)
                for company_id, rows in parts.items()]

    def _customer_360_invoices_of(self, company_id, parts):
        recent = [part for part in parts if part['recent']]
        unpaid = [part for part in parts if part['unpaid']]
        overdue = [part for part in unpaid if part['late']]
        return {
            'company_id': company_id,
            'invoices': self._customer_360_total(parts, 'number'),
            'invoiced': self._customer_360_total(parts, 'amount'),
            'recent_invoices': self._customer_360_total(recent, 'number'),
            'recent': self._customer_360_total(recent, 'amount'),
            'unpaid_invoices': self._customer_360_total(unpaid, 'number'),
            'unpaid': self._customer_360_total(unpaid, 'residual'),
            'overdue_invoices': self._customer_360_total(overdue, 'number'),
            'overdue': self._customer_360_total(overdue, 'residual'),
            'oldest_due': min((part['first_due'] for part in overdue), default=None),
        }

    def _customer_360_invoices_action(self, name, domain):
        return self._customer_360_list_action(
            name, 'account.move', self._customer_360_domain() & domain,
            list_view='account.view_out_invoice_tree',
            context={'default_move_type': 'out_invoice'},
        )

    def _customer_360_invoices_hint(self, count):
        return self.env._("%s invoices", count) if count != 1 else self.env._("1 invoice")

    def _customer_360_invoice_figures(self):
        if not self.env['account.move'].has_access('read'):
            return []
        rows = self._customer_360_shared('invoices', self._customer_360_invoices)
        counts = {
            column: self._customer_360_count(rows, column)
            for column in ('invoices', 'recent_invoices', 'unpaid_invoices', 'overdue_invoices')
        }
        invoiced, recent, unpaid, overdue = (
            self._customer_360_sum(rows, column)
            for column in ('invoiced', 'recent', 'unpaid', 'overdue')
        )
        return [
            self._customer_360_figure(
                'invoiced', 'money', self.env._("Invoiced to date"), invoiced,
                self._customer_360_amount(invoiced),
                hint=self._customer_360_invoices_hint(counts['invoices']),
                tone=not counts['invoices'] and 'muted',
                action=self._customer_360_invoices_action(self.env._("Invoices"), POSTED),
                help=self.env._("Posted invoices less credit notes, without taxes."),
            ),
            self._customer_360_figure(
                'invoiced_12_months', 'money', self.env._("Invoiced, 12 months"), recent,
                self._customer_360_amount(recent),
                hint=self._customer_360_invoices_hint(counts['recent_invoices']),
                tone=not counts['recent_invoices'] and 'muted',
                action=self._customer_360_invoices_action(
                    self.env._("Invoices of the last 12 months"),
                    POSTED & Domain('invoice_date', '>=', fields.Date.to_string(
                        self._customer_360_since())),
                ),
                help=self.env._("Posted invoices less credit notes since %s, without taxes.",
                                self._customer_360_date(self._customer_360_since())),
            ),
            self._customer_360_figure(
                'balance_due', 'money', self.env._("Balance due"), unpaid,
                self._customer_360_amount(unpaid),
                hint=self._customer_360_invoices_hint(counts['unpaid_invoices']),
                tone=not counts['unpaid_invoices'] and 'muted',
                action=self._customer_360_invoices_action(self.env._("Unpaid invoices"), UNPAID),
                help=self.env._("What is still to be paid on posted invoices, taxes included, "
                                "less open credit notes."),
            ),
            self._customer_360_figure(
                'overdue', 'money', self.env._("Overdue"), overdue,
                self._customer_360_amount(overdue),
                hint=self._customer_360_invoices_hint(counts['overdue_invoices']),
                tone='danger' if overdue > 0 else 'muted',
                action=self._customer_360_invoices_action(
                    self.env._("Overdue invoices"), self._customer_360_overdue()),
                help=self.env._("The part of the balance due whose due date has passed."),
            ),
            *self._customer_360_days_to_pay_figures(),
        ]

    def _customer_360_days_to_pay(self):
        """Average days to full payment, and the ids of the invoices that it is made of.

        Of the newest paid invoices, of one year at most: how the customer pays now. So it is as
        quick for those who get thousands of invoices a year.
        """
        self.env.flush_all()  # reads six models: whatever waits for them is written first
        query = self.env['account.move']._search(self._customer_360_domain() & PAID)
        if query.is_empty():
            return None, []
        [(days, invoice_ids)] = self.env.execute_query(SQL(
            """
            WITH invoice AS MATERIALIZED (%(newest)s)
            SELECT AVG(paid.date - invoice.date), ARRAY_AGG(invoice.id)
              FROM invoice CROSS JOIN LATERAL %(paid_date)s paid
             WHERE paid.date IS NOT NULL
               AND invoice.date > (SELECT MAX(date) FROM invoice) - interval '1 year'
            """,
            newest=self._customer_360_newest_invoices(query),
            paid_date=paid_date(SQL("invoice.id")),
        ))
        return days, invoice_ids or []

    def _customer_360_newest_invoices(self, query) -> SQL:
        date = SQL("COALESCE(account_move.invoice_date, account_move.date)")
        query.order = SQL("%s DESC, account_move.id DESC", date)
        query.limit = NEWEST_INVOICES
        return query.select(SQL("account_move.id"), SQL("%s AS date", date))

    def _customer_360_days_to_pay_figures(self):
        days, invoice_ids = self._customer_360_days_to_pay()
        count = len(invoice_ids)
        return [self._customer_360_figure(
            'days_to_pay', 'money', self.env._("Average days to pay"),
            None if days is None else float(days),
            self.env._("%s days", round(days)) if count else self.env._("None"),
            hint=self.env._("%s paid invoices", count) if count != 1
            else self.env._("1 paid invoice"),
            tone=not count and 'muted',
            action=self._customer_360_invoices_action(
                self.env._("Paid invoices"), Domain('id', 'in', invoice_ids)),
            help=self.env._(
                "From the date of the invoice to the day when it was paid in full, on average "
                "over the paid invoices of the 12 months up to the newest one, the %s newest of "
                "them at most.", NEWEST_INVOICES),
        )]

    def _customer_360_overdue_highlights(self):
        rows = self._customer_360_shared('invoices', self._customer_360_invoices)
        overdue = self._customer_360_sum(rows, 'overdue')
        if overdue <= 0:
            return []
        count = self._customer_360_count(rows, 'overdue_invoices')
        oldest = min(row['oldest_due'] for row in rows if row['oldest_due'])
        days = (fields.Date.context_today(self) - oldest).days
        amount = self._customer_360_amount(overdue)
        return [{
            'key': 'overdue',
            'text': self.env._(
                "One invoice is overdue by %(days)s days: %(amount)s to collect.",
                days=days, amount=amount,
            ) if count == 1 else self.env._(
                "%(count)s invoices are overdue, the oldest by %(days)s days: %(amount)s to "
                "collect.",
                count=count, days=days, amount=amount,
            ),
            'tone': 'danger',
            'action': self._customer_360_invoices_action(
                self.env._("Overdue invoices"), self._customer_360_overdue()),
        }]
