from odoo import api, fields, models
from odoo.tools import format_date


class ServiceCaseCoverageMixin(models.AbstractModel):
    """What covers a case, read live from orders and invoices (:class:`service.entitlement`)."""

    _name = 'service.case.coverage.mixin'
    _description = 'Case: Coverage'

    COVERAGE_FIELDS = (
        'contract_line_id', 'coverage_state', 'coverage_text', 'coverage_order_id',
        'coverage_invoice_id', 'hours_uncovered', 'hours_billed', 'hours_to_bill',
        'amount_to_bill',
    )
    #: what on one case changes what is left for the others of its customer
    COVERING_FIELDS = frozenset((
        'time_spent', 'partner_id', 'product_id', 'sale_order_id', 'invoice_id', 'team_id',
        'stage_id',
    ))

    contract_line_id = fields.Many2one(
        'sale.order.line',
        string='Service Contract',
        compute='_compute_contract_line_id',
        compute_sudo=True,
        groups='base.group_user',
        help='The contract of the customer that runs today and decides what is promised.',
    )
    coverage_state = fields.Selection(
        [
            ('warranty', 'Warranty'),
            ('contract', 'Service contract'),
            ('overdue', 'Service contract, not paid'),
            ('used_up', 'Service contract used up'),
            ('unpaid', 'Not covered: contract not paid'),
            ('expired', 'Not covered: warranty over'),
            ('none', 'Not covered'),
        ],
        string='Covered By',
        compute='_compute_coverage',
        compute_sudo=True,
        groups='base.group_user',
    )
    coverage_text = fields.Char(
        string='Coverage',
        compute='_compute_coverage',
        compute_sudo=True,
        groups='base.group_user',
        help='Whether a warranty or a service contract pays for the work on the case, and what '
        'is left of it in the period in which the case was opened.',
    )
    coverage_order_id = fields.Many2one(
        'sale.order',
        string='Covering Order',
        compute='_compute_coverage',
        compute_sudo=True,
        groups='base.group_user',
    )
    coverage_invoice_id = fields.Many2one(
        'account.move',
        string='Covering Invoice',
        compute='_compute_coverage',
        compute_sudo=True,
        groups='base.group_user',
        help='Where the product was sold without an order.',
    )
    hours_uncovered = fields.Float(
        string='Hours Not Covered',
        compute='_compute_coverage',
        compute_sudo=True,
        groups='base.group_user',
        help='Hours of the time spent that neither a warranty nor a contract pays for.',
    )

    # compute_sudo: whoever may read a case may know what covers it: the name of one order or
    # invoice of its customer in its company, what is left of it, and until when

    @api.depends('commercial_partner_id', 'company_id')
    def _compute_contract_line_id(self):
        running = self.env['service.entitlement']._read_running_contracts(
            self.commercial_partner_id, self.company_id)
        for case in self:
            key = case.commercial_partner_id._origin, case.company_id
            case.contract_line_id = running.get(key, self.env['sale.order.line'])[:1]

    @api.depends(
        'commercial_partner_id', 'company_id', 'opened_date', 'product_id', 'sale_order_id',
        'invoice_id', 'time_spent', 'stage_id',
    )
    @api.depends_context('lang')
    def _compute_coverage(self):
        coverage_by_case = self.env['service.entitlement']._read_coverage(self)
        for case in self:
            coverage = coverage_by_case[case]
            case.coverage_state = coverage.state
            is_order = coverage.line._name == 'sale.order.line'
            case.coverage_order_id = is_order and coverage.line.order_id
            case.coverage_invoice_id = not is_order and coverage.line.move_id
            case.coverage_text = case._coverage_text(coverage)
            case.hours_uncovered = coverage.uncovered

    def _coverage_text(self, coverage):
        """Say in one sentence what covers the case; nothing where the customer has nothing."""
        self.ensure_one()
        if coverage.state == 'none':
            return False
        day = format_date(self.env, coverage.last)
        if coverage.line._name == 'account.move.line':
            names = {'invoice': coverage.line.move_id.name, 'day': day}
            if coverage.state == 'warranty':
                return self.env._(
                    'Covered by the warranty from invoice %(invoice)s until %(day)s', **names)
            return self.env._('The warranty from invoice %(invoice)s ended on %(day)s', **names)
        names = {'order': coverage.line.order_id.name, 'day': day}
        if coverage.state == 'warranty':
            return self.env._('Covered by the warranty from order %(order)s until %(day)s', **names)
        if coverage.state == 'expired':
            return self.env._('The warranty from order %(order)s ended on %(day)s', **names)
        if coverage.state == 'unpaid':
            return self.env._('Not covered: contract %(order)s is not paid', **names)
        names['left'] = self.env['service.entitlement']._balance_text(
            coverage.line, coverage.balance)
        if coverage.state == 'used_up':
            return self.env._('Contract %(order)s is used up: %(left)s', **names)
        if coverage.state == 'overdue':
            return self.env._('Covered by contract %(order)s, not paid: %(left)s', **names)
        return self.env._('Covered by contract %(order)s: %(left)s', **names)

    # ------------------------------------------------------------
    # CRUD: one case changes what is left for others
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        self._forget_coverage()
        return cases

    def write(self, vals):
        res = super().write(vals)
        if self.COVERING_FIELDS & vals.keys():
            self._forget_coverage()
        return res

    def unlink(self):
        res = super().unlink()
        self._forget_coverage()
        return res

    @api.model
    def _forget_coverage(self):
        """Read the coverage of all cases anew when it is next asked for."""
        # nothing of it waits to be written: it is not stored
        self.env['service.case'].invalidate_model(self.COVERAGE_FIELDS, flush=False)

    # ------------------------------------------------------------
    # PROMISES FOLLOW THE CONTRACTS
    # ------------------------------------------------------------

    def _get_service_calendar(self):
        """Return the hours of the contract, else those of the customer or the team."""
        calendar = self.contract_line_id.product_id.contract_calendar_id
        return calendar or super()._get_service_calendar()

    def _get_response_class(self):
        self.ensure_one()
        return self.contract_line_id.product_id.contract_response_class_id

    @api.model
    def _sync_contracts(self, lines=None):
        """Plan the open cases of customers with contracts anew, by the contracts as they are.

        :param lines: only of the customers of these order lines
        """
        self._forget_coverage()
        # sudo: promises follow from the contracts, whoever has changed those or looks at them
        if lines is None:
            lines = self.env['sale.order.line'].sudo().search(
                [('product_id.is_service_contract', '=', True)])
        customers = lines.sudo().order_partner_id.commercial_partner_id
        if customers:
            cases = self.env['service.case'].sudo().search([
                ('commercial_partner_id', 'in', customers.ids), ('closed_date', '=', False),
            ])
            self.env['service.replanning']._plan_cases(
                cases, self.env._('A service contract began, ended or was paid.'))

    def action_open_coverage(self):
        """Open the order or invoice that covers the case, or would if it were paid or not used up."""
        self.ensure_one()
        document = self.coverage_order_id or self.coverage_invoice_id
        return {
            'type': 'ir.actions.act_window',
            'res_model': document._name,
            'res_id': document.id,
            'views': [(False, 'form')],
        }
