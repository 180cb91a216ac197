from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import email_normalize


class ServiceCase(models.Model):
    """A customer's question, complaint, dispute or repair, and everything said about it.

    A case belongs to one team and through it to one company. It comes from the web client, from
    an order, an invoice or a customer, from an e-mail to the team's address
    (:meth:`message_new`) or from the portal. What the team promises stands on its targets
    (:class:`service.case.target`), which are planned when the case opens and stop when it closes.
    """

    _name = 'service.case'
    _inherit = ['mail.thread.cc', 'mail.activity.mixin', 'portal.mixin']
    _description = 'Case'
    _order = 'priority desc, opened_date desc, id desc'
    _rec_names_search = ['number', 'name']
    _check_company_auto = True
    _primary_email = 'email_from'
    # customers answer in the portal and salespersons comment, both without changing the case
    _mail_post_access = 'read'

    # An address whose cases keep coming gets no further acknowledgement within a day: two
    # machines that acknowledge each other without saying so in a header would never stop.
    ACKNOWLEDGEMENTS_PER_DAY = 5

    number = fields.Char(readonly=True, copy=False, index=True, default='')
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
        index=True,
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

    # promises
    target_ids = fields.One2many(
        'service.case.target', 'case_id', string='Targets', groups='base.group_user'
    )
    deadline = fields.Datetime(
        compute='_compute_deadline',
        store=True,
        index='btree_not_null',
        copy=False,
        groups='base.group_user',
        help='When the next promise to the customer runs out. Empty when nothing is promised '
        'or the case is closed.',
    )
    warning_date = fields.Datetime(
        compute='_compute_deadline', store=True, copy=False, groups='base.group_user'
    )
    sla_state = fields.Selection(
        [
            ('running', 'On Track'),
            ('due_soon', 'Due Soon'),
            ('overdue', 'Overdue'),
            ('kept', 'Kept'),
            ('missed', 'Missed'),
        ],
        string='Promise',
        compute='_compute_sla',
        search='_search_sla_state',
        groups='base.group_user',
        help='Whether the promise to the customer is still running, has run out, or was kept or '
        'missed when the case was closed.',
    )
    sla_label = fields.Char(string='Due', compute='_compute_sla', groups='base.group_user')

    # what the e-mail that opened it was
    source_message_id = fields.Char(
        readonly=True, copy=False, index='btree_not_null', groups='base.group_user'
    )

    _number_unique = models.UniqueIndex(
        "(number) WHERE number <> ''", 'Two cases cannot have the same number.'
    )
    _open_idx = models.Index('(team_id, deadline) WHERE closed_date IS NULL')

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

    @api.depends('target_ids.deadline', 'target_ids.warning_date', 'target_ids.done_date')
    def _compute_deadline(self):
        for case in self:
            running = case.target_ids.filtered(lambda target: not target.done_date)
            case.deadline = min(filter(None, running.mapped('deadline')), default=False)
            case.warning_date = min(filter(None, running.mapped('warning_date')), default=False)

    @api.depends('closed_date', 'deadline', 'warning_date', 'target_ids.outcome')
    def _compute_sla(self):
        now = fields.Datetime.now()
        for case in self:
            state = False
            if case.deadline:
                state = case.target_ids._running_state(case.deadline, case.warning_date, now)
            elif case.closed_date and case.target_ids:
                outcomes = case.target_ids.mapped('outcome')
                state = 'missed' if 'missed' in outcomes else 'kept'
            case.sla_state = state
            case.sla_label = case._sla_text(state, now)

    def _sla_text(self, state, now):
        """Say in a few words where the promise stands at ``now``."""
        self.ensure_one()
        if state in ('running', 'due_soon'):
            return self.env._('Due in %s', self._duration_text(self.deadline - now))
        if state == 'overdue':
            return self.env._('Overdue by %s', self._duration_text(now - self.deadline))
        if state == 'missed':
            late = max(
                target.done_date - target.deadline
                for target in self.target_ids
                if target.outcome == 'missed'
            )
            return self.env._('Missed by %s', self._duration_text(late))
        return self.env._('Kept') if state == 'kept' else False

    def _duration_text(self, delta):
        """Return a duration in its most telling unit: 25 min, 3 h, 2 h 30 min, 4 days."""
        minutes = int(delta.total_seconds() // 60)
        if minutes < 60:
            return self.env._('%s min', minutes)
        if minutes < 10 * 60 and minutes % 60:
            return self.env._(
                '%(hours)s h %(minutes)s min', hours=minutes // 60, minutes=minutes % 60
            )
        if minutes < 48 * 60:
            return self.env._('%s h', minutes // 60)
        return self.env._('%s days', minutes // (24 * 60))

    @api.model
    def _search_sla_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        targets = self.env['service.case.target']
        missed = Domain('target_ids.outcome', '=', 'missed')
        closed = Domain('closed_date', '!=', False) & Domain('target_ids', '!=', False)
        domains = {
            **{
                state: Domain('deadline', '!=', False) & targets._running_domain(state, now)
                for state in ('running', 'due_soon', 'overdue')
            },
            'missed': closed & missed,
            'kept': closed & ~missed,
            False: Domain('target_ids', '=', False)
            | (Domain('closed_date', '=', False) & Domain('deadline', '=', False)),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

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
        for vals in vals_list:
            if not vals.get('number'):
                vals['number'] = self.env['ir.sequence'].next_by_code('service.case') or ''
        cases = super().create(vals_list)
        cases._subscribe_customer()
        cases._sync_targets()
        return cases

    def write(self, vals):
        if vals.get('team_id'):
            # the team takes the case into its company: only where the user may go
            self.env['service.team'].browse(vals['team_id']).check_access('read')
        closed = self.filtered('closed_date') if 'stage_id' in vals else self.browse()
        res = super().write(vals)
        if 'partner_id' in vals:
            self._subscribe_customer()
        if 'team_id' in vals:
            self._sync_targets()
        else:
            closed.filtered(lambda case: not case.closed_date)._sync_targets()
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
    # PROMISES
    # ------------------------------------------------------------

    def _get_promises(self):
        """Return what is promised on this case, as target values by kind."""
        self.ensure_one()
        team = self.team_id
        if not team.resolution_hours:
            return {}
        return {
            'resolution': {
                'hours': team.resolution_hours,
                'warning_hours': team.warning_hours,
                'calendar_id': team.resource_calendar_id.id,
            }
        }

    def _sync_targets(self):
        """Make the running targets of these cases those that are promised now.

        Targets that have been reached keep what was promised then.
        """
        # sudo: targets are the consequence of a promise and nobody may write them by hand; what
        # they contain comes from the case and its team alone
        to_create, obsolete = [], self.env['service.case.target'].sudo()
        for case in self.sudo():
            promises = case._get_promises()
            for target in case.target_ids.filtered(lambda target: not target.done_date):
                values = promises.pop(target.kind, None)
                if values:
                    target._promise(values)
                else:
                    obsolete |= target
            known = set(case.target_ids.mapped('kind'))
            to_create += [
                {'case_id': case.id, 'kind': kind, 'start_date': case.opened_date, **values}
                for kind, values in promises.items()
                if kind not in known
            ]
        obsolete.unlink()
        obsolete.create(to_create)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_assign_to_me(self):
        """Make the current user the agent of these cases."""
        self.user_id = self.env.user

    def action_close(self):
        """Move the cases to the first stage of their team that closes them."""
        for team, cases in self.grouped('team_id').items():
            stage = team._get_stage(closed=True)
            if not stage:
                raise ValidationError(
                    self.env._(
                        '%(team)s has no stage that closes a case. '
                        'Tick “Closes the Case” on one of its stages.',
                        team=team.name,
                    )
                )
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

    # ------------------------------------------------------------
    # MAIL GATEWAY
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a case from an e-mail to a team, for the contact who wrote it if we know one."""
        # whoever the gateway runs as is not the agent
        self = self.with_context(default_user_id=False)
        values = {
            'source_message_id': msg_dict.get('message_id'),
            'partner_id': self._get_sender_contact(msg_dict, custom_values or {}).id,
            **(custom_values or {}),
        }
        values['name'] = (
            values.get('name')
            or (msg_dict.get('subject') or '').strip()
            or self.env._('No subject')
        )
        return super().message_new(msg_dict, values)

    @api.model
    def _get_sender_contact(self, msg_dict, values):
        """Return the known contact who sent the message, if the team's company may use it."""
        contact = self.env['res.partner'].browse(msg_dict.get('author_id') or [])
        team = self.env['service.team'].browse(values.get('team_id') or [])
        company = team.company_id or self.env.company
        if contact.company_id and contact.company_id != company:
            return contact.browse()
        return contact

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        # the indexed address, where the default compares every case's text
        return [('email_normalized', '=', email_from_normalized)]

    def _message_post_after_hook(self, message, msg_vals):
        res = super()._message_post_after_hook(message, msg_vals)
        if message.message_type in ('comment', 'email'):
            self._link_answered_customer(message)
            if self._is_from_customer(message):
                self._reopen_for_customer()
                self._acknowledge(message)
        return res

    @api.model
    def _is_from_customer(self, message):
        """Tell whether a message was written by somebody who is no colleague."""
        return (
            not message.subtype_id.internal
            and not message.is_internal
            and (not message.author_id or message.author_id.partner_share)
        )

    def _reopen_for_customer(self):
        # sudo: a customer may answer but not change a case, and answering opens it again
        self.sudo().filtered('closed_date').action_reopen()

    def _link_answered_customer(self, message):
        """Make the contact that an answer created from the sender's address the customer."""
        if self.partner_id or not self.email_normalized or self._is_from_customer(message):
            return
        contact = message.partner_ids.filtered(
            lambda partner: partner.email_normalized == self.email_normalized
        )[:1]
        if contact:
            self.partner_id = contact

    def _acknowledge(self, message):
        """Tell the sender of the e-mail that opened this case that it has arrived.

        Mail written by machines never gets this far, see ``mail.thread.message_route``.
        """
        self.ensure_one()
        # sudo: the writer may be a customer, and the template is the team's configuration,
        # rendered on this case alone
        self = self.sudo()
        template = self.team_id.acknowledgement_template_id
        if (
            not template
            or message.message_id != self.source_message_id
            or not self.email_normalized
            or self._has_enough_acknowledgements()
        ):
            return
        render = template.with_context(lang=self.partner_id.lang or self.env.lang)._render_field
        body = render('body_html', self.ids, compute_lang=True)[self.id]
        subject = render('subject', self.ids, compute_lang=True)[self.id]
        self.with_user(SUPERUSER_ID).message_post(
            body=body,
            subject=subject,
            message_type='auto_comment',
            subtype_xmlid='mail.mt_comment',
            email_from=self.team_id.alias_email or self.company_id.email_formatted,
            author_id=self.env.ref('base.partner_root').id,
            partner_ids=self.partner_id.ids,
            outgoing_email_to=False if self.partner_id else self.email_from,
            notify_skip_followers=True,
            mail_headers={'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All'},
        )

    def _has_enough_acknowledgements(self):
        # sudo: counts the sender's cases in every company, and shows none of them
        return (
            self.sudo().search_count(
                [
                    ('email_normalized', '=', self.email_normalized),
                    ('opened_date', '>=', fields.Datetime.subtract(fields.Datetime.now(), days=1)),
                ],
                limit=self.ACKNOWLEDGEMENTS_PER_DAY + 1,
            )
            > self.ACKNOWLEDGEMENTS_PER_DAY
        )

    def _notify_get_reply_to(self, default=None, author_id=False):
        # sudo: the team's address is what customers answer to, whoever writes
        teams = self.sudo().team_id._notify_get_reply_to(default=default, author_id=author_id)
        return {case.id: teams.get(case.sudo().team_id.id) for case in self}
