from odoo import fields, models


class SaleOrderLine(models.Model):
    """Order lines that bill the work on a case."""

    _inherit = 'sale.order.line'

    service_case_id = fields.Many2one(
        'service.case',
        string='Case',
        index='btree_not_null',
        copy=False,
        ondelete='set null',
        readonly=True,
        groups='base.group_user',
        help='The case whose work this line bills.',
    )

    def _get_billed_hours(self):
        """Return the hours of work that these lines bill, those of cancelled orders left out."""
        hour = self.env.ref('uom.product_uom_hour')
        return sum(
            line.product_uom_id._compute_quantity(line.product_uom_qty, hour, round=False)
            if line.product_uom_id._has_common_reference(hour)
            else line.product_uom_qty
            for line in self
            if line.state != 'cancel'
        )
