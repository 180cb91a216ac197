from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CrmKeyAccount(models.Model):
    """A customer whom the company treats as a key account: who decides there, what they do.

    One record per customer and company, on which everything hangs that a key account manager
    must know. What the ERP knows of the customer is read from there, never kept again.
    """

    _name = 'crm.key.account'
    _description = "Key Account"
    _inherit = [
        'mail.thread', 'mail.activity.mixin', 'crm.account.business.mixin',
        'crm.account.competitors.mixin', 'crm.account.map.mixin',
        'crm.account.plan.account.mixin',
        # extends the page and the health, so it stands before them
        'crm.account.health.plan.mixin',
        'crm.account.page.mixin', 'crm.account.health.mixin', 'crm.account.health.pieces.mixin',
        'crm.account.health.words.mixin', 'crm.account.cadence.mixin',
        'crm.account.agreement.mixin',
        'crm.account.merge.mixin',
    ]
    _rec_name = 'partner_id'
    _order = 'partner_id, id'
    _check_company_auto = True

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='restrict', tracking=True,
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
        help="The company, or the person who buys for themselves.",
    )
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        'res.users', "Key Account Manager", index=True, tracking=True, check_company=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
    )
    team_id = fields.Many2one(
        'crm.team', "Sales Team", index=True, compute='_compute_team_id', store=True,
        readonly=False, precompute=True, check_company=True, ondelete='set null',
    )
    role_ids = fields.One2many('crm.account.role', 'account_id', "Buying Centre")
    project_ids = fields.One2many('crm.procurement.project', 'account_id', "Procurement Projects")
    open_project_count = fields.Integer(
        "Projects Under Way", compute='_compute_open_project_count',
        help="Procurement projects that are neither decided nor given up.",
    )
    opportunity_count = fields.Integer(
        "Open Opportunities", compute='_compute_opportunity_count',
        help="Opportunities of the customer that are neither won nor lost, as far as you may "
             "see them.",
    )

    _unique_customer = models.Constraint(
        'UNIQUE (partner_id, company_id)',
        "This customer is a key account of the company already. Look among the archived ones, "
        "too.",
    )

    @api.depends('user_id', 'company_id')
    def _compute_team_id(self):
        """The team of the key account manager, as long as there is one that fits."""
        Team = self.env['crm.team']
        teams = {
            user_id: Team.with_context(default_team_id=False)._get_default_team_id(
                user_id=user_id, domain=False)
            for user_id in set(self.user_id.ids)
        }
        for account in self:
            team = teams.get(account.user_id.id, Team)
            if team and team.company_id in (Team.company_id, account.company_id):
                account.team_id = team
            else:
                account.team_id = account.team_id

    @api.depends('project_ids.state')
    def _compute_open_project_count(self):
        counts = dict(self.env['crm.procurement.project']._read_group(
            [('account_id', 'in', self.ids), ('state', 'in', ('planned', 'open'))],
            ['account_id'], ['__count']))
        for account in self:
            account.open_project_count = counts.get(account._origin, 0)

    @api.depends('partner_id')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_opportunity_count(self):
        leads = self.env['crm.lead']
        counts = {}
        if leads.has_access('read'):
            counts = dict(leads._read_group(
                self._opportunity_domain(), ['partner_id.commercial_partner_id'], ['__count']))
        for account in self:
            account.opportunity_count = counts.get(account.partner_id, 0)

    def _opportunity_domain(self):
        return (
            Domain('partner_id.commercial_partner_id', 'in', self.partner_id.ids)
            & Domain('company_id', 'in', [*self.company_id.ids, False])
            & Domain('type', '=', 'opportunity')
            & Domain('won_status', '=', 'pending')
        )

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for account in self:
            customer = account.partner_id.commercial_partner_id
            if customer != account.partner_id:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact of %(company)s. Make the company the key account.",
                    contact=account.partner_id.name, company=customer.name,
                ))

    # ------------------------------------------------------------
    # MERGING CUSTOMERS
    # ------------------------------------------------------------

    @api.model
    def _merge_customers(self, sources, destination):
        """Unite the key accounts of customers that are being merged, company by company.

        All that hangs on the accounts goes over; without this, PostgreSQL would refuse a second
        account of the destination and Odoo would delete it with everything on it.

        :param sources: the ``res.partner`` that go
        :param destination: the ``res.partner`` that stays
        """
        accounts = self.with_context(active_test=False).search(
            [('partner_id', 'in', (sources | destination).ids)], order='id')
        wizard = self.env['base.partner.merge.automatic.wizard']
        for group in accounts.grouped('company_id').values():
            kept = group.filtered(lambda account: account.partner_id == destination) or group[:1]
            merged = group - kept
            if merged:
                self.env.flush_all()
                wizard._update_foreign_keys_generic(self._name, merged, kept)
                wizard._update_reference_fields_generic(self._name, merged, kept)
                kept._go_on_with(merged)
                merged.unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_customer(self):
        """Open the customer, with the Customer 360 page."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'res.partner',
            'res_id': self.partner_id.id,
            'views': [(False, 'form')],
        }

    def action_view_roles(self):
        """Open the people of the buying centre as a list."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_account_role_action'),
            'domain': [('account_id', '=', self.id)],
            'context': {'default_account_id': self.id},
        }

    def action_view_projects(self):
        """Open the customer's procurement projects."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_procurement_project_action'),
            'domain': [('account_id', '=', self.id)],
            'context': {'default_account_id': self.id},
        }

    def action_view_opportunities(self):
        """Open the customer's opportunities."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Opportunities: %s", self.partner_id.display_name),
            'res_model': 'crm.lead',
            'views': [
                (self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'),
                (self.env.ref('crm.crm_case_kanban_view_leads').id, 'kanban'), (False, 'form'),
            ],
            'domain': list(self._opportunity_domain()),
            'context': {'default_partner_id': self.partner_id.id, 'default_type': 'opportunity'},
        }
