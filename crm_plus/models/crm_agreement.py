from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STATES = [
    ('draft', "In Preparation"), ('active', "In Force"), ('ended', "Ended"),
    ('cancelled', "Not Concluded"),
]


class CrmAgreement(models.Model):
    """What is agreed with a customer: frame contract, prices, confidentiality …

    Its term and notice period say by when somebody must act, its commitment is compared with
    what was really ordered or invoiced. A renewal is an agreement of its own, linked to the
    former one.
    """

    _name = 'crm.agreement'
    _description = "Agreement"
    _inherit = [
        'mail.thread', 'mail.activity.mixin', 'crm.agreement.commitment.mixin',
        'crm.agreement.renewal.mixin',
    ]
    _order = 'act_date, date_end, id'
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    kind_id = fields.Many2one(
        'crm.agreement.kind', required=True, index=True, ondelete='restrict',
        tracking=True, domain="[('company_id', 'in', (False, company_id))]",
    )
    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='restrict', tracking=True,
        check_company=True,
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    account_id = fields.Many2one(
        'crm.key.account', "Key Account", compute='_compute_account_id', store=True,
        precompute=True, index='btree_not_null', ondelete='set null',
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        STATES, default='draft', required=True, index=True, tracking=True, copy=False,
        group_expand='_group_expand_state',
    )
    user_id = fields.Many2one(
        'res.users', "Owner", index=True, tracking=True, check_company=True,
        compute='_compute_user_id', store=True, readonly=False, precompute=True,
        domain="[('share', '=', False)]", help="Who is reminded, and decides on the renewal.",
    )
    date_start = fields.Date(
        "Start", required=True, tracking=True, default=fields.Date.context_today)
    date_end = fields.Date(
        "End", tracking=True, index=True, compute='_compute_from_kind', store=True,
        readonly=False, precompute=True,
        help="The last day on which it holds. Leave empty when it has no end.",
    )
    notice_value = fields.Integer(
        "Notice Period", compute='_compute_from_kind', store=True, readonly=False,
        precompute=True, tracking=True, help="0: no notice has to be given.",
    )
    notice_unit = fields.Selection(
        [('days', "Days"), ('weeks', "Weeks"), ('months', "Months")],
        "Unit of the Notice Period", compute='_compute_from_kind', store=True, readonly=False,
        precompute=True, required=True,
    )
    notice_date = fields.Date(
        "Last Day to Give Notice", compute='_compute_act_date', store=True,
        help="Whoever wants the agreement to end has to say so by this day.",
    )
    act_date = fields.Date(
        "Act By", compute='_compute_act_date', store=True, index=True,
        help="The last day to give notice; where there is no notice period, the end.",
    )
    days_left = fields.Integer(
        compute='_compute_days_left', help="Days until somebody must act; negative: too late.")
    auto_renew = fields.Boolean(
        "Renews Itself", compute='_compute_from_kind', store=True, readonly=False,
        precompute=True, tracking=True,
        help="When nobody gives notice, the follow-up agreement is made at the end.",
    )
    renew_months = fields.Integer(
        "A Renewal Runs", compute='_compute_from_kind', store=True, readonly=False,
        precompute=True, help="In months. 0: as long as this agreement.",
    )
    notice_given_date = fields.Date(
        "Notice Given On", tracking=True, copy=False,
        help="Somebody has given notice: the agreement ends and does not renew itself.",
    )
    notice_given_by = fields.Selection(
        [('us', "Us"), ('customer', "Customer")], copy=False, tracking=True)
    reminder_days = fields.Integer(
        "Remind", compute='_compute_from_kind', store=True, readonly=False, precompute=True,
        help="So many days before the last day to act the owner gets an activity. 0: never.",
    )
    reminded_date = fields.Date("Reminded Of", readonly=True, copy=False)
    document = fields.Binary(attachment=True, copy=False)
    document_name = fields.Char("File Name")
    note = fields.Html("What Is Agreed", sanitize=True)

    _check_dates = models.Constraint(
        'CHECK (date_end >= date_start)',
        "An agreement cannot end before it starts. Check its dates.",
    )
    _check_not_negative = models.Constraint(
        'CHECK (notice_value >= 0 AND renew_months >= 0 AND reminder_days >= 0)',
        "Notice period, months of a renewal and days of reminding cannot be negative.",
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends('partner_id', 'company_id')
    def _compute_account_id(self):
        accounts = {
            (account.partner_id, account.company_id): account
            # sudo: the link alone; who may read the account is decided there
            for account in self.env['crm.key.account'].sudo().with_context(
                active_test=False).search([
                    ('partner_id', 'in', self.partner_id.ids),
                    ('company_id', 'in', self.company_id.ids)])
        }
        for agreement in self:
            agreement.account_id = accounts.get(
                (agreement.partner_id._origin, agreement.company_id._origin))

    @api.depends('partner_id')
    def _compute_user_id(self):
        for agreement in self:
            agreement.user_id = (
                agreement.user_id or agreement.account_id.user_id or self.env.user)

    @api.depends('kind_id')
    def _compute_from_kind(self):
        """What the kind suggests, where it is not known better."""
        for agreement in self:
            kind = agreement.kind_id
            start = agreement.date_start or fields.Date.context_today(agreement)
            agreement.date_end = agreement.date_end or (
                kind.term_months and start + relativedelta(months=kind.term_months, days=-1))
            agreement.notice_value = agreement.notice_value or kind.notice_value
            agreement.notice_unit = (
                agreement.notice_value and agreement.notice_unit or kind.notice_unit or 'months')
            agreement.auto_renew = agreement.auto_renew or kind.is_renewed
            agreement.renew_months = agreement.renew_months or kind.term_months
            agreement.reminder_days = agreement.reminder_days or kind.reminder_days

    @api.depends('date_end', 'notice_value', 'notice_unit')
    def _compute_act_date(self):
        for agreement in self:
            notice = relativedelta(**{
                agreement.notice_unit or 'months': agreement.notice_value})
            agreement.notice_date = agreement.date_end and bool(agreement.notice_value) and (
                agreement.date_end - notice)
            agreement.act_date = agreement.notice_date or agreement.date_end

    @api.depends('act_date', 'date_end')
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for agreement in self:
            agreement.days_left = agreement.act_date and (agreement.act_date - today).days

    @api.model
    def _group_expand_state(self, states, domain):
        return ['draft', 'active', 'ended']

    @api.constrains('partner_id')
    def _check_partner_id(self):
        for agreement in self:
            customer = agreement.partner_id.commercial_partner_id
            if customer != agreement.partner_id:
                raise ValidationError(self.env._(
                    "%(contact)s is a contact of %(company)s. Make the agreement with the "
                    "company.", contact=agreement.partner_id.name, company=customer.name))

    @api.constrains('kind_id', 'company_id')
    def _check_kind_company(self):
        for agreement in self:
            company = agreement.kind_id.company_id
            if company and company != agreement.company_id:
                raise ValidationError(self.env._(
                    "Agreements of the kind %(kind)s are made by %(company)s alone.",
                    kind=agreement.kind_id.name, company=company.name))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_activate(self):
        """The agreement is concluded: it holds from its start on."""
        self.state = 'active'
        return True

    def action_end(self):
        """The agreement holds no longer."""
        self.state = 'ended'
        return True

    def action_cancel(self):
        """The agreement was never concluded."""
        self.state = 'cancelled'
        return True

    def action_prepare(self):
        """Prepare the agreement anew."""
        self.state = 'draft'
        return True

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    @api.model
    def _cron_agreements(self):
        """Renew what renews itself, end what has ended, remind of what is to be decided."""
        self._renew_by_themselves()
        self._end_ended()
        self._remind()

    @api.model
    def _end_ended(self):
        self.search([
            ('state', '=', 'active'), ('date_end', '<', fields.Date.today()),
        ]).write({'state': 'ended'})

    @api.model
    def _remind(self):
        """Give the owners an activity before it is too late, once for each last day."""
        today = fields.Date.today()
        agreements = self.search(
            Domain('state', '=', 'active') & Domain('act_date', '>=', today)
            & Domain('is_followed', '=', False) & Domain('notice_given_date', '=', False)
            & Domain('reminder_days', '>', 0) & Domain('user_id.active', '=', True)
        ).filtered(
            lambda agreement: agreement.reminded_date != agreement.act_date
            and agreement.act_date - timedelta(days=agreement.reminder_days) <= today
            and agreement.company_id in agreement.user_id.company_ids)
        activity_type = self.env.ref('mail.mail_activity_data_todo').id
        model_id = self.env['ir.model']._get_id(self._name)
        # quick update: no e-mail about each of them
        self.env['mail.activity'].with_context(mail_activity_quick_update=True).create([
            {
                'res_model_id': model_id, 'res_id': agreement.id,
                'activity_type_id': activity_type, 'automated': True,
                'user_id': agreement.user_id.id, 'date_deadline': agreement.act_date,
                'summary': agreement._reminder_text(),
            }
            for agreement in agreements
        ])
        for agreement in agreements:
            agreement.reminded_date = agreement.act_date

    def _reminder_text(self):
        env = self.with_context(lang=self.user_id.lang).env
        if not self.notice_date:
            return env._("“%s” ends: renew it, or let it end", self.name)
        return env._(
            "“%s” renews itself: last day to give notice", self.name,
        ) if self.auto_renew else env._(
            "“%s” ends: last day to give notice or to renew it", self.name)
