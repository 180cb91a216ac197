from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import queries
from ..measures import Measures, Scope, missing
from ..queries import planning

#: The share of the history, at its end, on which models are compared.
HOLDOUT = 1 / 3
#: Timeline entries that are measured whatever they tell.
DEALINGS = ('lead', 'won', 'lost', 'case')
#: In which bytes PostgreSQL sends numbers.
SENT_AS = {np.int64: 'int8', np.float64: 'float8'}
PURCHASES = {
    'partner_id': np.int64, 'purchases': np.int64, 'first_day': np.int64,
    'last_day': np.int64, 'revenue': np.float64, 'repeat_revenue': np.float64,
    'revenue_12_months': np.float64, 'revenue_before': np.float64, 'credited': np.float64,
    'squared_gaps': np.float64, 'longest_gap': np.int64,
    'calibration_purchases': np.int64, 'calibration_last_day': np.int64,
    'invoices': np.int64, 'credit_notes': np.int64,
}
LINES = {
    'partner_id': np.int64, 'margin': np.float64, 'margin_12_months': np.float64,
    'discount': np.float64, 'products': np.int64, 'categories': np.int64,
}
PAYMENTS = {
    'partner_id': np.int64, 'days_to_pay': np.float64, 'late_share': np.float64,
    'overdue': np.float64, 'late_amount_days': np.float64,
}
SOURCES = {'partner_id': np.int64, 'source_id': np.int64}
DEALT = {
    'partner_id': np.int64, 'open_pipeline': np.float64, 'win_rate': np.float64,
    'cases': np.int64, 'satisfaction': np.float64, 'known_cost': np.float64,
    'costed_cases': np.int64,
}


class CustomerMeasures(models.AbstractModel):
    """Reads from the ERP's documents what each customer of a company did, as of a date.

    A *purchase* is a day on which the customer was invoiced (or ordered, where the company
    counts orders), by however many documents. Money is the documents' own amount in company
    currency without taxes, converted at the document's date by the ERP. A credit note reduces
    the money of the purchase it reverses, or of its own day when it reverses none, and never
    counts as a purchase; a down payment belongs to the invoice that settles it. Where the
    company counts some months back only, a credit note of a purchase from before them stays
    out like that purchase: it takes nothing from what was bought since. A *customer* is the
    commercial entity to which the contact of the document belongs today.

    *Payment conduct* is always of invoices, dated within the window: orders owe nothing yet,
    and receipts are paid on the spot.
    """
    _name = 'customer.measures'
    _description = 'Customer Measures'

    def _measure(self, company, as_of: date, scope: Scope | None = None) -> Measures:
        """Return the measures of the company's customers, from documents dated up to `as_of`.

        A fixed number of statements, however many customers. They write nothing, and can run in
        a read-only transaction.

        :param scope: what is measured, by the company's settings when None
        """
        scope = scope or company._customer_value_scope(as_of)
        self._flush()
        with self._planned():
            return self._read(scope)

    def _read(self, scope: Scope) -> Measures:
        scope = self._with_dated(scope)
        calibration_end = self._calibration_end(scope)
        columns = self._fetch(queries.purchases(scope, calibration_end), PURCHASES)
        bought = columns['purchases'] > 0
        kept = {name: column[bought] for name, column in columns.items()}
        invoices, credit_notes = columns['invoices'].sum(), columns['credit_notes'].sum()
        del kept['invoices'], kept['credit_notes']
        for query, types in (
            (queries.lines(scope), LINES),
            (queries.payments(scope), PAYMENTS),
            (queries.source_of_acquisition(scope), SOURCES),
            (queries.dealings(scope, self._timeline_entries(scope)), DEALT),
        ):
            _add(kept, self._fetch(query, types))
        if scope.margin_basis == 'rate':
            kept['margin'] = kept['revenue'] * scope.margin_rate
            kept['margin_12_months'] = kept['revenue_12_months'] * scope.margin_rate
        return Measures(
            as_of=scope.as_of, calibration_end=calibration_end, invoices=int(invoices),
            credit_notes=int(credit_notes), without_purchase=int((~bought).sum()), **kept)

    @contextmanager
    def _planned(self):
        """Let PostgreSQL plan the statements within for many documents, and as before afterwards.

        An error leaves the settings to the end of the transaction, which it has spoilt anyway.
        """
        self.env.cr.execute(planning.settings())
        settings = self.env.cr.fetchall()
        self.env.cr.execute(planning.setting((name, wanted) for name, _value, wanted in settings))
        yield
        self.env.cr.execute(planning.setting((name, value) for name, value, _wanted in settings))

    def _with_dated(self, scope: Scope) -> Scope:
        """Return the scope with what documents belong to purchases of another day."""
        if scope.basis == 'order':
            return scope
        self.env.cr.execute(queries.dated(scope))
        *dated, lines_shared = self.env.cr.fetchone()
        return replace(scope, dated=tuple(dated), lines_shared=lines_shared)

    def _calibration_end(self, scope: Scope) -> date:
        """Return the day after which the last third of the company's history begins."""
        self.env.cr.execute(queries.history_start(scope))
        start = self.env.cr.fetchone()[0] or scope.as_of
        return scope.as_of - timedelta(days=round((scope.as_of - start).days * HOLDOUT))

    def _timeline_entries(self, scope: Scope, kinds: tuple[str, ...] = DEALINGS) -> SQL:
        """Select what the timeline tells of dealings with customers, of this company alone.

        :param kinds: of the entries that are told whatever they tell
        """
        # sudo: measures are of all documents, whoever starts the scoring; who may see the
        # scores is decided by the rules of the scores
        timeline = self.env['customer.timeline'].sudo()
        entries = timeline._search(
            (Domain('kind', 'in', [
                kind for kind, _label in timeline._fields['kind'].selection if kind in kinds])
             | Domain('has_satisfaction', '=', True) | Domain('has_cost', '=', True))
            & Domain('date', '<', scope.end)
            & Domain('company_id', 'in', [scope.company_id, False]))
        query = entries.select(*(
            SQL.identifier(entries.table, name)
            for name in (
                'partner_id', 'kind', 'date', 'amount', 'satisfaction', 'cost', 'res_model',
                'res_id')))
        self.env.flush_query(query)
        return query

    def _documents_of(self, customer, scope: Scope) -> tuple[list[int], list[int]]:
        """Return the ids of the invoices with the credit notes, and of the orders, of a customer.

        :param scope: as for `_measure`
        """
        self._flush()
        rows = self.env.execute_query(SQL(
            "SELECT move_id, order_id FROM (%s) AS document WHERE partner_id = %s",
            queries.documents(scope), customer.commercial_partner_id.id))
        return [move for move, _order in rows if move], [order for _move, order in rows if order]

    def _flush(self):
        for model, names in {
            'account.move': [
                'amount_untaxed_signed', 'company_id', 'invoice_date', 'move_type', 'partner_id',
                'reversed_entry_id', 'source_id', 'state', 'invoice_currency_rate',
            ],
            'account.move.line': [
                'balance', 'date_maturity', 'discount', 'display_type', 'invoice_date', 'move_id',
                'price_unit', 'product_id', 'product_uom_id', 'quantity', 'sale_line_ids',
            ],
            'account.partial.reconcile': [
                'amount', 'credit_move_id', 'debit_move_id', 'max_date'],
            'crm.lead': ['company_id', 'partner_id', 'source_id', 'won_status'],
            'product.product': ['product_tmpl_id'],
            'product.template': ['categ_id'],
            'res.company': ['partner_id'],
            'res.partner': ['category_id', 'commercial_partner_id'],
            'sale.order': [
                'amount_untaxed', 'company_id', 'currency_rate', 'date_order', 'partner_id',
                'source_id', 'state',
            ],
            'sale.order.line': [
                'company_id', 'discount', 'display_type', 'is_downpayment', 'margin', 'order_id',
                'price_subtotal', 'price_unit', 'product_id', 'product_uom_id',
                'product_uom_qty', 'purchase_price',
            ],
            'uom.uom': ['factor'],
        }.items():
            self.env[model].flush_model(names)

    def _fetch(self, query: SQL, types: dict) -> dict[str, np.ndarray]:
        """Return the result of the query as one array per column, in the order of the first.

        NULL is NaN; in a column of whole numbers there must be none.
        """
        self.env.cr.execute(planning.packed(query, {
            name: SENT_AS[kind] for name, kind in types.items()}))
        columns = {
            name: np.frombuffer(packed or b'', dtype=np.dtype(kind).newbyteorder('>'))
            for (name, kind), packed in zip(types.items(), self.env.cr.fetchone(), strict=True)
        }
        order = np.argsort(next(iter(columns.values())))
        return {name: columns[name][order].astype(kind) for name, kind in types.items()}


def _add(columns: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> None:
    """Add what was found of some customers; both are ordered by customer."""
    customers, of = columns['partner_id'], found.pop('partner_id')
    place = np.searchsorted(customers, of)
    known = place < len(customers)
    known[known] = customers[place[known]] == of[known]
    for name, values in found.items():
        columns[name] = missing(name, len(customers))
        columns[name][place[known]] = values[known]
