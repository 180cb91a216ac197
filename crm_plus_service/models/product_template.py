from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    """Products with a warranty, products that are service contracts, and the cases about them."""

    _name = 'product.template'
    _inherit = ['product.template', 'service.document.mixin']

    #: what promises on cases depend on
    PROMISE_FIELDS = frozenset((
        'is_service_contract', 'contract_months', 'contract_response_class_id',
        'contract_calendar_id',
    ))

    warranty_months = fields.Integer(
        string='Warranty',
        help='Months of warranty for who buys the product. 0: what the category says.',
    )
    no_warranty = fields.Boolean(help='Not even what the category says.')

    # service contract
    is_service_contract = fields.Boolean(
        string='Service Contract',
        help='Who buys this product has a service contract from the day of the order on. What '
        'it includes counts for each unit ordered.',
    )
    contract_months = fields.Integer(
        string='Duration', default=12, help='Months from the day of the order.'
    )
    contract_unit = fields.Selection(
        [('hours', 'Hours of work'), ('cases', 'Cases'), ('unlimited', 'All work')],
        string='Includes',
        default='hours',
    )
    contract_amount = fields.Float(
        string='How Much', help='Hours or cases included in each period, for each unit ordered.'
    )
    contract_period = fields.Selection(
        [('1', 'Month'), ('3', 'Quarter'), ('12', 'Year'), ('0', 'Whole duration')],
        string='In Each',
        default='12',
        help='What is not used by the end of a period is lost. Periods count from the day of '
        'the order.',
    )
    contract_response_class_id = fields.Many2one(
        'service.response.class',
        string='Response Class',
        ondelete='restrict',
        help='Service policies promise by it how quickly cases are answered and solved.',
    )
    contract_calendar_id = fields.Many2one(
        'resource.calendar',
        string='Service Hours',
        help='What is promised on cases under this contract is counted in these working hours. '
        'Empty: those agreed with the customer, else those of the team.',
    )

    _contract_complete = models.Constraint(
        'CHECK (is_service_contract IS NOT TRUE OR (contract_months > 0'
        ' AND contract_unit IS NOT NULL AND contract_period IS NOT NULL))',
        'A service contract needs a duration, and what it includes in which period.',
    )
    _amounts_positive = models.Constraint(
        'CHECK (warranty_months >= 0 AND contract_amount >= 0)',
        'The months of a warranty and what a contract includes cannot be negative.',
    )

    @api.constrains('contract_calendar_id')
    def _check_contract_calendar(self):
        for product in self:
            calendar = product.contract_calendar_id
            if calendar and not calendar.attendance_ids:
                raise ValidationError(
                    self.env._(
                        'The working hours “%s” contain no hour, so nothing could be promised '
                        'in them. Add hours to them or choose others.',
                        calendar.name,
                    )
                )

    def write(self, vals):
        res = super().write(vals)
        if self.PROMISE_FIELDS & vals.keys():
            # sudo: what was sold of the product, whoever sets it up; nothing of it is returned
            self.env['service.case']._sync_contracts(
                self.env['sale.order.line'].sudo().search(
                    [('product_id.product_tmpl_id', 'in', self.ids), ('state', '=', 'sale')]))
        return res

    def _get_warranty_months(self):
        """Return the months of warranty of the product: its own, else its category's."""
        self.ensure_one()
        if self.no_warranty:
            return 0
        return self.warranty_months or self.categ_id._get_warranty_months()

    # ------------------------------------------------------------
    # CASES ABOUT ANY OF THE VARIANTS
    # ------------------------------------------------------------

    def _compute_case_count(self):
        products = self.with_context(active_test=False)
        counts = dict(self.env['service.case']._read_group(
            [('product_id', 'in', products.product_variant_ids.ids)], ['product_id'], ['__count']))
        for product in products:
            product.case_count = sum(
                counts.get(variant._origin, 0) for variant in product.product_variant_ids)

    def _get_case_domain(self):
        return [('product_id.product_tmpl_id', '=', self.id)]

    def _prepare_case_context(self):
        variant = self.product_variant_ids
        return {'default_product_id': variant.id} if len(variant) == 1 else {}
