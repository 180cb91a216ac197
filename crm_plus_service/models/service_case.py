from odoo import api, fields, models
from odoo.addons.crm_plus.report import COST_GROUPS
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize

#: Who sees what cases cost: who sees costs of customers, and who says what an hour costs.
CASE_COST_GROUPS = f'{COST_GROUPS},crm_plus_service.group_manager'


class ServiceCase(models.Model):
    """A customer's question, complaint, dispute or repair, and everything said about it.

    A case belongs to one team and through it to one company. It comes from the web client, from
    an order, an invoice or a customer, from an e-mail to the team's address
    (``service_case_mail_mixin.py``) or from the portal. What the team promises, and whether it is
    kept, stands in ``service_case_promise_mixin.py``; who gets the case, in
    ``service_case_routing_mixin.py``; what pays for it and what is billed, in
    ``service_case_coverage_mixin.py`` and ``service_case_billing_mixin.py``; how satisfied the
    customer is, in ``service_case_satisfaction_mixin.py``. Merging, splitting, relating and
    handing over cases have a mixin each.
    """

    _name = 'service.case'
    _inherit = [
        'service.case.monitor.mixin',
        'service.case.intake.mixin',
        'service.case.client.reference.mixin',
        'service.case.merge.mixin',
        'service.case.split.mixin',
        'service.case.relation.mixin',
        'service.case.handover.mixin',
        'service.case.working.mixin',
        'service.case.mail.mixin',
        'service.case.portal.mixin',
        'service.case.presence.mixin',
        'service.case.billing.mixin',
        'service.case.coverage.mixin',
        'service.case.absence.mixin',
        'service.case.promise.mixin',
        'service.case.routing.mixin',
        'service.case.satisfaction.mixin',
        'mail.activity.mixin',
        'portal.mixin',
        'rating.mixin',
    ]
    _description = 'Case'
    _order = 'priority desc, opened_date desc, id desc'
    _rec_names_search = ['number', 'name']
    _check_company_auto = True
    _primary_email = 'email_from'
    # customers answer in the portal and salespersons comment, both without changing the case
    _mail_post_access = 'read'

    number = fields.Char(readonly=True, copy=False, default='')
    name = fields.Char(string='Subject', required=True, tracking=True, index='trigram')
    active = fields.Boolean(default=True)
    description = fields.Html(
        help='What the customer needs. Customers see it in their portal.',
    )

    # where it stands
    team_id = fields.Many2one(
        'service.team',
        required=True,
        index=True,
        tracking=True,
        ondelete='restrict',
        default=lambda self: self._default_team_id(),
        help='Decides who works on the case, its company, and what is promised.',
    )
    company_id = fields.Many2one(
        related='team_id.company_id', store=True, index=True, precompute=True
    )
    stage_id = fields.Many2one(
        'service.stage',
        compute='_compute_stage_id',
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        tracking=True,
        copy=False,
        ondelete='restrict',
        group_expand='_read_group_stage_ids',
        domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_id)]",
    )
    user_id = fields.Many2one(
        'res.users',
        string='Agent',
        index=True,
        tracking=True,
        copy=False,
        check_company=True,
        default=lambda self: self._default_user_id(),
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
        help='Who takes care of the case.',
    )
    type_id = fields.Many2one('service.case.type', index=True, tracking=True)
    priority = fields.Selection(
        [('0', 'Normal'), ('1', 'Raised'), ('2', 'High'), ('3', 'Urgent')],
        required=True,
        default='0',
        tracking=True,
    )
    tag_ids = fields.Many2many('service.case.tag', string='Tags', groups='base.group_user')
    opened_date = fields.Datetime(
        string='Opened On',
        required=True,
        readonly=True,
        copy=False,
        default=fields.Datetime.now,
        help='When the case reached us. Promises count from here.',
    )
    closed_date = fields.Datetime(
        string='Closed On',
        compute='_compute_closed_date',
        store=True,
        copy=False,
        help='When the case was moved to a stage that closes it.',
    )
    close_hours = fields.Float(
        string='Hours to Close',
        compute='_compute_close_hours',
        store=True,
        aggregator='avg',
        groups='base.group_user',
        help='Hours on the clock from opening to closing, nights and weekends included.',
    )

    # what it took
    time_spent = fields.Float(
        copy=False,
        groups='base.group_user',
        help='Hours that colleagues have worked on the case, all together. With the hourly cost '
        'of the team they make its cost.',
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    cost = fields.Monetary(
        compute='_compute_cost',
        store=True,
        groups=CASE_COST_GROUPS,
        help='The time spent at the hourly cost that the team had when the time was noted. '
        'Nothing while either is missing.',
    )

    # who asks
    partner_id = fields.Many2one(
        'res.partner',
        string='Customer',
        compute='_compute_partner_id',
        store=True,
        precompute=True,
        readonly=False,
        index=True,
        tracking=True,
        check_company=True,
        help='The person or company that asks. Only they see the case in their portal.',
    )
    commercial_partner_id = fields.Many2one(
        related='partner_id.commercial_partner_id',
        string='Company of the Customer',
        store=True,
        index=True,
        precompute=True,
    )
    email_from = fields.Char(
        string='E-mail',
        compute='_compute_email_from',
        store=True,
        precompute=True,
        readonly=False,
        help='Answers go here while the sender is not a known contact.',
    )
    email_normalized = fields.Char(
        compute='_compute_email_normalized', store=True, precompute=True, index=True
    )
    partner_phone = fields.Char(related='partner_id.phone', string='Phone')

    # what it is about
    sale_order_id = fields.Many2one(
        'sale.order',
        string='Order',
        index='btree_not_null',
        tracking=True,
        check_company=True,
        domain="[('partner_id.commercial_partner_id', '=?', commercial_partner_id)]",
        help='The order of this customer that the case is about.',
    )
    invoice_id = fields.Many2one(
        'account.move',
        index='btree_not_null',
        tracking=True,
        check_company=True,
        domain="[('move_type', 'in', ('out_invoice', 'out_refund')),"
        " ('commercial_partner_id', '=?', commercial_partner_id)]",
        help='The invoice or credit note of this customer that the case is about.',
    )
    product_id = fields.Many2one(
        'product.product',
        index='btree_not_null',
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )

    _number_unique = models.UniqueIndex(
        "(number) WHERE number <> ''", 'Two cases cannot have the same number.'
    )
    _time_spent_positive = models.Constraint(
        'CHECK (time_spent >= 0)', 'The time spent on a case cannot be negative.'
    )
    _open_idx = models.Index('(team_id, deadline) WHERE closed_date IS NULL')
    # Lists and boards show the first of their order, see test_many_cases.py: of all cases, of the
    # open ones, and of these those of an agent, of nobody and of a stage. The last also counts
    # what is in the columns.
    _order_idx = models.Index('(priority DESC, opened_date DESC, id DESC)')
    _open_order_idx = models.Index(
        '(priority DESC, opened_date DESC, id DESC) WHERE closed_date IS NULL'
    )
    _open_user_idx = models.Index(
        '(user_id, priority DESC, opened_date DESC, id DESC) WHERE closed_date IS NULL'
    )
    _open_unassigned_idx = models.Index(
        '(priority DESC, opened_date DESC, id DESC) WHERE closed_date IS NULL AND user_id IS NULL'
    )
    _open_stage_idx = models.Index(
        '(stage_id, priority DESC, opened_date DESC, id DESC) INCLUDE (company_id, active)'
        ' WHERE closed_date IS NULL'
    )

    # ------------------------------------------------------------
    # DEFAULTS
    # ------------------------------------------------------------

    def _default_team_id(self):
        return self.env['service.team']._get_default_team(self.env.company)

    def _default_user_id(self):
        is_agent = self.env.user.has_group('crm_plus_service.group_agent')
        return self.env.user if is_agent and not self.env.is_superuser() else False

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show every stage of the team in the board, also those without cases."""
        team_id = self.env.context.get('default_team_id')
        offered = Domain('team_ids', '=', False)
        if team_id:
            offered |= Domain('team_ids', 'in', team_id)
        return stages.search(offered | Domain('id', 'in', stages.ids))

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends('number', 'name')
    def _compute_display_name(self):
        for case in self:
            case.display_name = ' '.join(filter(None, (case.number, case.name)))

    @api.depends('team_id')
    def _compute_stage_id(self):
        for case in self:
            own_teams = case.stage_id.team_ids
            if case.team_id and (
                not case.stage_id or (own_teams and case.team_id._origin not in own_teams._origin)
            ):
                case.stage_id = case.team_id._get_stage(closed=bool(case.closed_date))

    @api.depends('stage_id.is_closed')
    def _compute_closed_date(self):
        for case in self:
            if case.stage_id.is_closed:
                case.closed_date = case.closed_date or fields.Datetime.now()
            else:
                case.closed_date = False

    @api.depends('opened_date', 'closed_date')
    def _compute_close_hours(self):
        for case in self:
            case.close_hours = (
                (case.closed_date - case.opened_date).total_seconds() / 3600
                if case.closed_date
                else 0.0
            )

    @api.depends('time_spent', 'team_id')
    def _compute_cost(self):
        # not by the hourly cost: a new one is not what the cases of last year have cost
        for case in self:
            case.cost = case.time_spent * case.team_id.hourly_cost

    @api.depends('sale_order_id', 'invoice_id')
    def _compute_partner_id(self):
        for case in self.filtered(lambda case: not case.partner_id):
            case.partner_id = case.sale_order_id.partner_id or case.invoice_id.partner_id

    @api.depends('partner_id')
    def _compute_email_from(self):
        for case in self:
            if case.partner_id.email:
                case.email_from = case.partner_id.email

    @api.depends('email_from')
    def _compute_email_normalized(self):
        for case in self:
            case.email_normalized = email_normalize(case.email_from, strict=False)

    def _compute_access_url(self):
        for case in self:
            case.access_url = f'/my/cases/{case.id}'

    # ------------------------------------------------------------
    # CONSTRAINTS AND ONCHANGE
    # ------------------------------------------------------------

    @api.constrains('partner_id', 'sale_order_id', 'invoice_id')
    def _check_documents_of_customer(self):
        for case in self:
            for document in (case.sale_order_id, case.invoice_id):
                owner = document.partner_id.commercial_partner_id
                if document and owner != case.commercial_partner_id:
                    raise ValidationError(
                        self.env._(
                            '%(document)s belongs to %(owner)s, not to the customer of this '
                            'case. Choose a document of %(customer)s or change the customer.',
                            document=document.display_name,
                            owner=owner.display_name,
                            customer=case.partner_id.display_name or self.env._('the customer'),
                        )
                    )

    @api.onchange('partner_id')
    def _onchange_partner_id(self):
        # another customer's documents can no longer be meant
        for name in ('sale_order_id', 'invoice_id'):
            if self[name].partner_id.commercial_partner_id != self.commercial_partner_id:
                self[name] = False

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list, complete = self._leave_out_sent_before(vals_list)
        for vals in vals_list:
            if not vals.get('number'):
                vals['number'] = self.env['ir.sequence'].next_by_code('service.case') or ''
        cases = super().create(vals_list)
        if self.env.context.get('service_by_sender'):
            # made of what somebody sent: answers are for them, not for the company they belong to
            cases.filtered(lambda case: case._is_sent_by_customer())._subscribe_customer()
        else:
            cases._subscribe_customer()
        return complete(cases)

    def write(self, vals):
        if vals.get('team_id'):
            # the team takes the case into its company: only where the user may go
            self.env['service.team'].browse(vals['team_id']).check_access('read')
        res = super().write(vals)
        if 'partner_id' in vals:
            self._subscribe_customer()
        return res

    def copy_data(self, default=None):
        return [
            {**vals, 'name': self.env._('%s (copy)', case.name)}
            if 'name' not in (default or {})
            else vals
            for case, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    def _subscribe_customer(self):
        """Let the customers follow their cases, so that answers reach them."""
        for partner, cases in self.grouped('partner_id').items():
            if partner:
                cases.message_subscribe(partner_ids=partner.ids)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_assign_to_me(self):
        """Make the current user the agent of these cases."""
        self.user_id = self.env.user

    def action_close(self):
        """Move the cases to the first stage of their team that closes them."""
        for team, cases in self.grouped('team_id').items():
            stage = team._get_closing_stage()
            cases.filtered(lambda case: not case.closed_date).stage_id = stage

    def action_reopen(self):
        """Move closed cases back to the first stage of their team; their targets run again."""
        for team, cases in self.grouped('team_id').items():
            closed = cases.filtered('closed_date')
            closed.stage_id = team._get_stage(closed=False) or closed.stage_id[:1]

    def action_preview_portal(self):
        """Show the case as its customer sees it."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'target': 'self', 'url': self.get_portal_url()}
