from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STATES = [
    ('planned', "Expected"), ('open', "Under Way"), ('decided', "Decided"),
    ('cancelled', "Given Up"),
]


class CrmProcurementProject(models.Model):
    """What a key account is about to buy, seen from their side: problem, money, schedule, people.

    Our opportunities in it are Odoo's own; what they expect is summed here.
    """

    _name = 'crm.procurement.project'
    _description = "Procurement Project"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date_decision, id desc'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, index=True, ondelete='cascade',
        tracking=True,
    )
    partner_id = fields.Many2one(
        related='account_id.partner_id', string="Customer", store=True, precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        related='account_id.company_id', store=True, precompute=True, index=True,
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES, default='planned', required=True, index=True, tracking=True,
        group_expand='_group_expand_state',
        help="Where the customer is, not where we are: our opportunities tell the latter.",
    )
    priority = fields.Selection([('0', "Normal"), ('1', "Important")], default='0')
    user_id = fields.Many2one(
        'res.users', "Responsible", index=True, tracking=True, check_company=True,
        compute='_compute_user_id', store=True, readonly=False, precompute=True,
        domain="[('share', '=', False)]",
    )
    problem = fields.Html(
        "Problem to Be Solved", sanitize=True,
        help="What the customer wants to have changed, in their own words.",
    )
    currency_id = fields.Many2one(
        'res.currency', required=True, default=lambda self: self.env.company.currency_id,
    )
    company_currency_id = fields.Many2one(
        related='company_id.currency_id', string="Company Currency")
    budget = fields.Monetary(tracking=True, help="What the customer has set aside for it.")
    company_budget = fields.Monetary(
        "Budget in Company Currency", compute='_compute_company_budget', store=True,
        currency_field='company_currency_id',
        help="Converted when the budget was entered, so that budgets can be compared.",
    )
    date_start = fields.Date("Start", help="When the customer begins to look for a solution.")
    date_decision = fields.Date(
        "Decision", tracking=True, index=True, help="When the customer wants to decide.",
    )
    date_need = fields.Date("Needed by", help="When the customer needs what they buy.")
    is_late = fields.Boolean(
        "Decision Overdue", compute='_compute_is_late', search='_search_is_late',
        help="The day of the decision has passed, and nothing is decided.",
    )
    step_ids = fields.One2many('crm.procurement.step', 'project_id', "Process Steps", copy=True)
    next_step_id = fields.Many2one(
        'crm.procurement.step', compute='_compute_progress',
        help="The first step of the customer's process that is not done.",
    )
    progress = fields.Float(
        "Steps Done", compute='_compute_progress', aggregator=None,
        help="How many of the process steps are done, without those left out.",
    )
    decider_ids = fields.Many2many(
        'crm.account.role', 'crm_procurement_project_decider_rel', string="Decision Makers",
        domain="[('account_id', '=', account_id), ('project_id', 'in', (False, id))]",
        help="Who of the buying centre decides in this project.",
    )
    lead_ids = fields.One2many('crm.lead', 'procurement_project_id', "Our Opportunities")
    lead_count = fields.Integer("Opportunities", compute='_compute_leads')
    expected_revenue = fields.Monetary(
        compute='_compute_leads', currency_field='company_currency_id',
        help="What our open opportunities in it are expected to bring, as far as you may see "
             "them.",
    )

    @api.model
    def _group_expand_state(self, states, domain):
        return [key for key, _label in STATES]

    @api.depends('account_id')
    def _compute_user_id(self):
        for project in self:
            project.user_id = project.user_id or project.account_id.user_id

    @api.depends('budget', 'currency_id', 'company_id')
    def _compute_company_budget(self):
        today = fields.Date.context_today(self)
        for project in self:
            company = project.company_id or self.env.company
            project.company_budget = (project.currency_id or company.currency_id)._convert(
                project.budget, company.currency_id, company, today)

    @api.depends('date_decision', 'state')
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for project in self:
            project.is_late = bool(
                project.date_decision and project.date_decision < today
                and project.state in ('planned', 'open'))

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        late = Domain('date_decision', '<', fields.Date.context_today(self)) & (
            Domain('state', 'in', ('planned', 'open')))
        if set(value) == {True, False}:
            return Domain.TRUE
        return late if True in value else ~late

    @api.depends('step_ids.state', 'step_ids.sequence')
    def _compute_progress(self):
        for project in self:
            steps = project.step_ids.filtered(lambda step: step.state != 'skipped')
            done = steps.filtered(lambda step: step.state == 'done')
            project.next_step_id = (steps - done).sorted(
                lambda step: (step.sequence, step._origin.id or 0))[:1]
            project.progress = len(done) / len(steps) if steps else 0

    @api.depends('lead_ids')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_leads(self):
        rows = {}
        leads = self.env['crm.lead'].with_context(active_test=False)
        if leads.has_access('read'):
            for project, status, count, expected in leads._read_group(
                [('procurement_project_id', 'in', self.ids)],
                ['procurement_project_id', 'won_status'], ['__count', 'expected_revenue:sum'],
            ):
                row = rows.setdefault(project.id, [0, 0.0])
                row[0] += count
                row[1] += expected if status == 'pending' else 0
        for project in self:
            project.lead_count, project.expected_revenue = rows.get(project._origin.id, (0, 0.0))

    @api.constrains('date_start', 'date_decision')
    def _check_dates(self):
        for project in self:
            if (
                project.date_start and project.date_decision
                and project.date_decision < project.date_start
            ):
                raise ValidationError(self.env._(
                    "The customer cannot decide on %(project)s before they begin. Check the "
                    "dates of start and decision.", project=project.name))

    @api.constrains('budget')
    def _check_budget(self):
        if any(project.budget < 0 for project in self):
            raise ValidationError(self.env._("A budget cannot be negative."))

    @api.constrains('decider_ids', 'account_id')
    def _check_decider_ids(self):
        for project in self:
            for role in project.decider_ids:
                if role.account_id != project.account_id:
                    raise ValidationError(self.env._(
                        "%(person)s belongs to the buying centre of another key account.",
                        person=role.contact_id.name))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_leads(self):
        """Open our opportunities in the project."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Opportunities: %s", self.name),
            'res_model': 'crm.lead',
            'views': [(self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'), (False, 'form')],
            'domain': [('procurement_project_id', '=', self.id)],
            'context': {
                'active_test': False,
                'default_type': 'opportunity',
                'default_partner_id': self.partner_id.id,
                'default_procurement_project_id': self.id,
                'default_name': self.name,
            },
        }

    def action_open_account(self):
        """Open the key account."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.key.account',
            'res_id': self.account_id.id,
            'views': [(False, 'form')],
        }
