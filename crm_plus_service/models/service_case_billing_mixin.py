from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_compare, float_round

#: hours are billed to the hundredth; less than that is nothing
DIGITS = 2


class ServiceCaseBillingMixin(models.AbstractModel):
    """Work that neither a warranty nor a contract pays for becomes order lines, on request."""

    _name = 'service.case.billing.mixin'
    _description = 'Case: Billing'

    billing_line_ids = fields.One2many(
        'sale.order.line',
        'service_case_id',
        string='Billed By',
        copy=False,
        groups='base.group_user',
    )
    billed_date = fields.Datetime(
        string='Billed On',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='When work on the case was last put on an order.',
    )
    merged_case_ids = fields.One2many(
        'service.case',
        'merged_into_id',
        string='Merged Into This Case',
        context={'active_test': False},
        groups='base.group_user',
    )
    hours_billed = fields.Float(
        compute='_compute_hours_billed',
        compute_sudo=True,
        recursive=True,
        groups='base.group_user',
        help='Hours of work that stand on orders, with those of the cases that were merged into '
        'this one: their time has come along.',
    )
    hours_to_bill = fields.Float(
        string='To Bill',
        compute='_compute_hours_to_bill',
        compute_sudo=True,
        groups='base.group_user',
        help='Hours of work that neither a warranty nor a contract pays for and that stand on '
        'no order yet.',
    )

    currency_id = fields.Many2one('res.currency')  # the case says which
    amount_to_bill = fields.Monetary(
        compute='_compute_amount_to_bill',
        compute_sudo=True,
        groups='base.group_user',
        help='What they come to at the prices of the customer, before taxes. Nothing where the '
        'team does not bill its work.',
    )

    @api.depends(
        'billing_line_ids.product_uom_qty', 'billing_line_ids.product_uom_id',
        'billing_line_ids.state', 'merged_case_ids.hours_billed',
    )
    def _compute_hours_billed(self):
        for case in self:
            case.hours_billed = case.billing_line_ids._get_billed_hours() + sum(
                case.merged_case_ids.mapped('hours_billed'))

    @api.depends('hours_uncovered', 'hours_billed')
    def _compute_hours_to_bill(self):
        # compute_sudo: a number of hours of the case itself
        for case in self:
            open_hours = case.hours_uncovered - case.hours_billed
            hours = float_round(open_hours, precision_digits=DIGITS)
            case.hours_to_bill = max(hours, 0.0)

    @api.depends('hours_to_bill', 'team_id', 'partner_id')
    def _compute_amount_to_bill(self):
        for case in self:
            product, hours = case.team_id.billing_product_id, case.hours_to_bill
            if not product or not hours:
                case.amount_to_bill = 0.0
                continue
            prices = case.partner_id.with_company(case.company_id).property_product_pricelist
            unit = self.env['uom.uom'].browse(case._prepare_billing_line(hours)['product_uom_id'])
            case.amount_to_bill = hours * prices._get_product_price(
                product.with_company(case.company_id), hours, uom=unit, currency=case.currency_id)

    def action_bill_work(self):
        """Put the work that nothing pays for on a draft order of the customer, and open it.

        Hours that stand on an order, of whatever state but cancelled, are not put there again.

        :raises UserError: there is nothing to bill, or nobody or no product to bill it with
        """
        self.check_access('write')
        orders = self.env['sale.order']
        self._note_billing()
        # sudo: agents need not be allowed to sell: they put hours of a case that they work on, at
        # the team's product, on a draft that somebody who sells will send
        for case in self.sudo():
            case._check_billable()
            orders |= case._bill(case.hours_to_bill)
        self._forget_coverage()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Work to Bill'),
            'res_model': 'sale.order',
            'views': [(False, 'form')] if len(orders) == 1 else [(False, 'list'), (False, 'form')],
            'res_id': orders.id if len(orders) == 1 else False,
            'domain': [('id', 'in', orders.ids)],
        }

    def _note_billing(self):
        """Note when the work was billed, so that two who do it at once bill it once.

        Both change the case: the second waits, begins again and then sees the line of the first.
        By SQL, as what stands there already would not be written again.
        """
        self.flush_recordset(['billed_date'])
        self.env.cr.execute(SQL(
            'UPDATE service_case SET billed_date = %s WHERE id IN %s',
            fields.Datetime.now(), tuple(self.ids),
        ))
        self.invalidate_recordset(['billed_date'], flush=False)

    def _check_billable(self):
        self.ensure_one()
        if not self.team_id.billing_product_id:
            raise UserError(self.env._(
                'Choose on the team %s the product that its work is billed with.',
                self.team_id.name))
        if not self.partner_id:
            raise UserError(self.env._(
                '%s has no customer to bill. Choose one first.', self.display_name))
        if float_compare(self.hours_to_bill, 0.0, precision_digits=DIGITS) <= 0:
            raise UserError(self.env._(
                'There is nothing to bill on %s: all of the time spent is covered, or stands on '
                'an order already.', self.display_name))

    def _bill(self, hours):
        """Put ``hours`` of work on the customer's draft order for cases; return the order."""
        line = self.billing_line_ids.filtered(lambda line: line.state == 'draft')[:1]
        values = self._prepare_billing_line(hours)
        if line and line.product_uom_id.id == values['product_uom_id']:
            line.product_uom_qty += values['product_uom_qty']
            return line.order_id
        order = line.order_id or self._get_draft_order()
        order.write({'order_line': [Command.create(values)]})
        return order

    def _get_draft_order(self):
        """Return the draft order for work on cases of the customer; a new one if there is none."""
        orders = self.env['sale.order'].with_company(self.company_id)
        # quotations for anything else are left to who wrote them
        return orders.search([
            ('state', '=', 'draft'),
            ('partner_id', '=', self.partner_id.id),
            ('company_id', '=', self.company_id.id),
            ('order_line.service_case_id', '!=', False),
        ], limit=1) or orders.create({
            'partner_id': self.partner_id.id,
            'company_id': self.company_id.id,
            'user_id': self.partner_id.user_id.id or self.commercial_partner_id.user_id.id,
        })

    def _prepare_billing_line(self, hours):
        product = self.team_id.billing_product_id
        hour = self.env.ref('uom.product_uom_hour')
        return {
            'product_id': product.id,
            'name': f'{product.display_name}\n{self.display_name}',
            'product_uom_qty': hours,
            # a product that is counted otherwise is sold by the piece: one for each hour
            'product_uom_id': (
                hour if product.uom_id._has_common_reference(hour) else product.uom_id
            ).id,
            'service_case_id': self.id,
        }
