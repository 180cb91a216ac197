"""What a customer has committed to buy, beside what they really ordered or were invoiced."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_figures_mixin import ORDER, POSTED


class CrmAgreementCommitmentMixin(models.AbstractModel):
    """The commitment of ``crm.agreement``, which inherits from this.

    Nothing of what was bought is kept: the documents are summed when somebody looks, those that
    the reader may read.
    """

    _name = 'crm.agreement.commitment.mixin'
    _description = "Agreement: Commitment"

    # here, because the currency of the amounts below is read through it
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    commitment = fields.Selection(
        [('none', "Nothing"), ('value', "An Amount"), ('quantity', "A Quantity")],
        "Customer Commits To", required=True, default='none',
        help="What the customer has promised to buy while the agreement holds.",
    )
    commitment_value = fields.Monetary(
        "Amount Promised", help="Without taxes, in the company's currency, for the whole term.")
    commitment_quantity = fields.Float("Quantity Promised", digits='Product Unit')
    commitment_uom_id = fields.Many2one('uom.uom', "Unit", ondelete='restrict')
    commitment_basis = fields.Selection(
        [('invoice', "Invoices"), ('order', "Confirmed Orders")], "Compared With",
        required=True, default='invoice',
    )
    product_ids = fields.Many2many(
        'product.template', string="Products", check_company=True,
        help="Only these products count. Leave empty, with the categories, to count everything.",
    )
    categ_ids = fields.Many2many(
        'product.category', string="Product Categories",
        help="Products of these categories, and of those below them, count.",
    )
    fulfilled_value = fields.Monetary(
        "Bought So Far", compute='_compute_fulfilled',
        help="Invoiced or ordered of these products while the agreement holds, without taxes, "
             "as far as you may see it.",
    )
    fulfilled_quantity = fields.Float(
        "Quantity So Far", compute='_compute_fulfilled', digits='Product Unit',
        help="What was sold in units that cannot be converted is left out.",
    )
    fulfilled_share = fields.Float(
        "Fulfilled", compute='_compute_fulfilled',
        help="What was bought so far as a part of what was promised.",
    )
    elapsed_share = fields.Float(
        "Expected by Now", compute='_compute_fulfilled',
        help="How much of the term has passed: by now as much of the commitment should be "
             "fulfilled.",
    )
    is_behind = fields.Boolean(
        "Behind the Commitment", compute='_compute_fulfilled',
        help="Less was bought than the time that has passed makes one expect.",
    )

    @api.constrains('commitment', 'commitment_value', 'commitment_quantity', 'commitment_uom_id')
    def _check_commitment(self):
        for agreement in self:
            if agreement.commitment == 'value' and agreement.commitment_value <= 0:
                raise ValidationError(self.env._(
                    "Enter the amount that the customer promises to buy for."))
            if agreement.commitment == 'quantity' and (
                agreement.commitment_quantity <= 0 or not agreement.commitment_uom_id
            ):
                raise ValidationError(self.env._(
                    "Enter the quantity that the customer promises to buy, and its unit."))

    @api.depends(
        'partner_id', 'company_id', 'date_start', 'date_end', 'commitment', 'commitment_value',
        'commitment_quantity', 'commitment_uom_id', 'commitment_basis', 'product_ids',
        'categ_ids',
    )
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_fulfilled(self):
        today = fields.Date.context_today(self)
        bought = self._read_bought(today)
        for agreement in self:
            value, quantity = bought.get(agreement._origin.id, (0, 0))
            promised, reached = {
                'value': (agreement.commitment_value, value),
                'quantity': (agreement.commitment_quantity, quantity),
            }.get(agreement.commitment, (0, 0))
            agreement.fulfilled_value = value
            agreement.fulfilled_quantity = quantity
            agreement.fulfilled_share = reached / promised if promised else 0
            agreement.elapsed_share = agreement._elapsed_share(today)
            agreement.is_behind = bool(promised and agreement.date_end) and (
                agreement.fulfilled_share < agreement.elapsed_share)

    def _elapsed_share(self, today):
        if not self.date_start or not self.date_end or today < self.date_start:
            return 0.0
        days = (self.date_end - self.date_start).days + 1
        return min(((today - self.date_start).days + 1) / days, 1.0) if days > 0 else 0.0

    # ------------------------------------------------------------
    # READING: a statement for invoices and one for orders, whatever the number of agreements
    # ------------------------------------------------------------

    def _read_bought(self, today) -> dict[int, tuple[float, float]]:
        """Return amount (company currency) and quantity (the agreement's unit) by agreement."""
        bought = {}
        for basis, model, lines in (
            ('invoice', 'account.move', self._invoice_lines()),
            ('order', 'sale.order', self._order_lines()),
        ):
            agreements = self._origin.filtered(
                lambda agreement, basis=basis: agreement.commitment_basis == basis)
            documents = self.env[model]
            if not agreements or not documents.has_access('read'):
                continue
            query = documents._search(Domain.TRUE)
            if query.is_empty():
                continue
            self.env.flush_all()
            rows = self.env.execute_query(SQL(
                """
                SELECT agreement.id, SUM(line.amount),
                       SUM(line.quantity * uom.factor / NULLIF(unit.factor, 0)) FILTER (
                           WHERE split_part(uom.parent_path, '/', 1)
                               = split_part(unit.parent_path, '/', 1))
                  FROM crm_agreement agreement
                  JOIN res_partner buyer ON buyer.commercial_partner_id = agreement.partner_id
                  JOIN (%(lines)s) line
                    ON line.partner_id = buyer.id AND line.company_id = agreement.company_id
                   AND line.date >= agreement.date_start
                   AND line.date <= LEAST(COALESCE(agreement.date_end, %(today)s), %(today)s)
                  LEFT JOIN uom_uom uom ON uom.id = line.uom_id
                  LEFT JOIN uom_uom unit ON unit.id = agreement.commitment_uom_id
                 WHERE agreement.id = ANY(%(ids)s)
                   AND line.document_id IN %(readable)s
                   AND %(counts)s
                 GROUP BY agreement.id
                """,
                lines=lines, today=today, ids=agreements.ids, readable=query.subselect(),
                counts=self._line_counts(),
            ))
            bought |= {
                agreement_id: (float(amount or 0), float(quantity or 0))
                for agreement_id, amount, quantity in rows
            }
        return bought

    def _invoice_lines(self) -> SQL:
        return SQL(
            """
            SELECT move.id AS document_id, move.partner_id, move.company_id,
                   move.invoice_date AS date, line.product_id, line.product_uom_id AS uom_id,
                   -line.balance AS amount,
                   CASE move.move_type WHEN 'out_refund' THEN -line.quantity
                                       ELSE line.quantity END AS quantity
              FROM account_move move
              JOIN account_move_line line
                ON line.move_id = move.id AND line.display_type = 'product'
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """)

    def _order_lines(self) -> SQL:
        return SQL(
            """
            SELECT sale.id AS document_id, sale.partner_id, sale.company_id,
                   sale.date_order::date AS date, line.product_id,
                   line.product_uom_id AS uom_id,
                   line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount,
                   line.product_uom_qty AS quantity
              FROM sale_order sale
              JOIN sale_order_line line
                ON line.order_id = sale.id AND line.display_type IS NULL
             WHERE sale.state = 'sale'
            """)

    def _line_counts(self) -> SQL:
        """Whether a line is of what the agreement is about; all are where it names nothing."""
        products, categories = self._fields['product_ids'], self._fields['categ_ids']
        return SQL(
            """
            ((NOT EXISTS (SELECT FROM %(products)s named WHERE named.%(agreement)s = agreement.id)
              AND NOT EXISTS (SELECT FROM %(categories)s named
                               WHERE named.%(categ_agreement)s = agreement.id))
             OR EXISTS (
                SELECT FROM product_product product
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  LEFT JOIN product_category own ON own.id = template.categ_id
                 WHERE product.id = line.product_id
                   AND (template.id IN (SELECT named.%(product)s FROM %(products)s named
                                         WHERE named.%(agreement)s = agreement.id)
                        OR EXISTS (SELECT FROM %(categories)s named
                                     JOIN product_category upper
                                       ON upper.id = named.%(category)s
                                    WHERE named.%(categ_agreement)s = agreement.id
                                      AND own.parent_path LIKE upper.parent_path || '%%'))))
            """,
            products=SQL.identifier(products.relation),
            agreement=SQL.identifier(products.column1),
            product=SQL.identifier(products.column2),
            categories=SQL.identifier(categories.relation),
            categ_agreement=SQL.identifier(categories.column1),
            category=SQL.identifier(categories.column2),
        )

    def action_view_bought(self):
        """Open the invoices or orders that are compared with the commitment."""
        self.ensure_one()
        invoices = self.commitment_basis == 'invoice'
        model, date, lines = (
            ('account.move', 'invoice_date', 'invoice_line_ids') if invoices
            else ('sale.order', 'date_order', 'order_line'))
        domain = (
            Domain('partner_id.commercial_partner_id', '=', self.partner_id.id)
            & Domain('company_id', '=', self.company_id.id)
            & Domain(date, '>=', fields.Date.to_string(self.date_start))
            & (POSTED if invoices else ORDER)
        )
        if self.date_end:
            # orders have a time: the whole last day counts
            domain &= Domain(date, '<=', fields.Date.to_string(self.date_end) + (
                '' if invoices else ' 23:59:59'))
        product = Domain.FALSE
        if self.product_ids:
            product |= Domain(f'{lines}.product_id.product_tmpl_id', 'in', self.product_ids.ids)
        if self.categ_ids:
            product |= Domain(f'{lines}.product_id.categ_id', 'child_of', self.categ_ids.ids)
        if self.product_ids or self.categ_ids:
            domain &= product
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Bought under %s", self.name),
            'res_model': model,
            'views': [
                (self.env.ref('account.view_out_invoice_tree').id if invoices else False, 'list'),
                (False, 'form')],
            'domain': list(domain),
            'context': {'create': False},
        }
