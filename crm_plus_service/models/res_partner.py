from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: The bare domain of a website, in SQL.
WEB_DOMAIN = r"regexp_replace(lower(website), '^(https?://)?(www\.)?|[:/?#].*$', '', 'g')"


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'service.document.mixin']

    case_count = fields.Integer(
        help='Cases of this contact; of a company, those of all its contacts.'
    )

    service_calendar_id = fields.Many2one(
        'resource.calendar',
        string='Service Hours',
        company_dependent=True,
        groups='crm_plus.group_user',
        help='What is promised on cases of this customer is counted in these working hours. '
        'Empty: in those of the team.',
    )

    service_contract_text = fields.Char(
        string='Service Contracts',
        compute='_compute_service_contract_text',
        groups='crm_plus.group_user',
        help='The running service contracts of the customer, and what is left of them.',
    )

    portal_company_cases = fields.Boolean(
        string='Colleagues See Cases',
        default=False,  # said, so that it is the same on contacts from any screen or import
        help='In the portal, every contact of this company sees the cases of all of them, and may '
        'answer, close and reopen them. Otherwise each sees their own.',
    )

    # to find the customer whose mail domain a sender uses, among a million contacts
    _service_mail_domain_idx = models.Index("(split_part(email_normalized, '@', 2))")
    _service_web_domain_idx = models.Index(f'({WEB_DOMAIN}) WHERE website IS NOT NULL')

    def write(self, vals):
        res = super().write(vals)
        if {'customer_tier_id', 'service_calendar_id', 'parent_id', 'is_company'} & vals.keys():
            # sudo: what is promised follows from the customer, whoever may change that one
            cases = self.env['service.case'].sudo().search(
                Domain('closed_date', '=', False)
                & (Domain('commercial_partner_id', 'in', self.commercial_partner_id.ids)
                   | Domain('partner_id', 'in', self.ids))
            )
            self.env['service.replanning']._plan_cases(
                cases, self.env._('The customer was changed.'))
        return res

    def _compute_case_count(self):
        cases = self.env['service.case']
        by_contact = dict(
            cases._read_group([('partner_id', 'in', self.ids)], ['partner_id'], ['__count'])
        )
        companies = self.filtered(lambda partner: partner == partner.commercial_partner_id)
        by_company = dict(
            cases._read_group(
                [('commercial_partner_id', 'in', companies.ids)],
                ['commercial_partner_id'],
                ['__count'],
            )
        )
        for partner in self:
            counts = by_company if partner in companies else by_contact
            partner.case_count = counts.get(partner._origin, 0)

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids', 'lang')
    def _compute_service_contract_text(self):
        for partner in self:
            partner.service_contract_text = '; '.join(
                partner.env['service.entitlement']._contract_text(line, balance)
                for line, balance in partner._read_contract_balances()
            ) or False

    def _read_contract_balances(self):
        """Return what is left of the contracts on orders that the reader may read.

        :return: list of (``sale.order.line``, :class:`~..entitlement.Balance`)
        """
        if not self.env['sale.order.line'].has_access('read'):
            return []
        balances = self.env['service.entitlement']._read_balances(
            self.commercial_partner_id, self.env.companies)
        readable = self.env['sale.order.line'].union(
            *(line for line, _balance in balances)
        ).with_env(self.env)._filtered_access('read')
        return [(line, balance) for line, balance in balances if line in readable]

    @api.model
    def _find_customer_by_address(self, email, company):
        """Return the contact with a normalized address, else the customer with its domain."""
        contact = self.search(
            [('email_normalized', '=', email), ('company_id', 'in', (False, company.id))],
            order='company_id, id',
            limit=1,
        )
        return contact or self._find_customer_by_domain(email, company)

    @api.model
    def _is_public_domain(self, domain):
        return domain in self.env['service.public.domain']._names()

    @api.model
    def _public_domains(self, domains):
        """Add the domains of :class:`service.public.domain`."""
        return super()._public_domains(domains) | (
            domains & self.env['service.public.domain']._names())

    @api.model
    def _find_customer_by_domain(self, email, company):
        """Return the one customer whose contacts or website use the mail domain of ``email``.

        :param email: a normalized address
        :param company: customers of another company do not count
        :return: a company; empty when several use the domain, or everybody does, see
            :class:`service.public.domain`
        """
        domain = (email or '').rpartition('@')[2]
        if not domain or self._is_public_domain(domain):
            return self.browse()
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT customer.id
                  FROM res_partner contact
                  JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                 WHERE contact.active
                   AND customer.active
                   AND customer.is_company
                   AND (contact.company_id IS NULL OR contact.company_id = %(company_id)s)
                   AND (customer.company_id IS NULL OR customer.company_id = %(company_id)s)
                   AND (split_part(contact.email_normalized, '@', 2) = %(domain)s
                        OR contact.website IS NOT NULL AND %(web_domain)s = %(domain)s)
                   AND NOT EXISTS (SELECT FROM res_company WHERE partner_id = customer.id)
                 LIMIT 2
                """,
                company_id=company.id,
                domain=domain,
                web_domain=SQL(WEB_DOMAIN.replace('website', 'contact.website')),
            )
        )
        return self.browse(found[0]) if len(found) == 1 else self.browse()

    def _get_case_domain(self):
        is_company = self == self.commercial_partner_id
        return [('commercial_partner_id' if is_company else 'partner_id', '=', self.id)]

    def _prepare_case_context(self):
        return {'default_partner_id': self.id}

    # ------------------------------------------------------------
    # CUSTOMER 360
    # ------------------------------------------------------------

    def _customer_360_figures(self):
        return [
            *super()._customer_360_figures(),
            *self._get_service_figures(),
            *self._get_contract_figures(),
            *self._get_satisfaction_figures(),
        ]

    def _customer_360_highlights(self):
        return super()._customer_360_highlights() + self._get_service_highlights()

    def get_case_customer(self):
        """Return what an agent should know of the customer at a glance, with the reader's rights.

        :return: dict with ``id``, ``name``, ``tier``, ``highlights`` and ``figures``, as on the
            Customer 360 page; figures that say nothing are left out
        """
        self.ensure_one()
        customer = self._customer_360_check_access()
        return {
            'id': customer.id,
            'name': customer.display_name,
            'tier': customer._customer_360_tier(),
            'highlights': customer._customer_360_highlights(),
            'figures': [
                figure for figure in customer._customer_360_figures() if figure['tone'] != 'muted'
            ],
        }

    def _get_service_figures(self):
        """Return the figures of the customer's cases, none to who may not see cases."""
        if not self.env['service.case'].has_access('read'):
            return []
        open_domain = self._open_cases_domain()
        open_count = self.env['service.case'].search_count(
            [('commercial_partner_id', '=', self.id), *open_domain]
        )
        overdue_count = self._count_overdue_cases() if open_count else 0
        if overdue_count:
            hint = self.env._('%s overdue', overdue_count)
        else:
            hint = self.env._('none overdue') if open_count else ''
        return [self._customer_360_figure(
            'open_cases',
            'service',
            self.env._('Open cases'),
            open_count,
            str(open_count),
            hint=hint,
            tone='danger' if overdue_count else False if open_count else 'muted',
            action=self._case_action(self.env._('Open cases'), open_domain),
            help=self.env._(
                'Cases of this customer that are not closed yet. Overdue ones have passed '
                'the time that their team promised.'
            ),
        )]

    def _get_service_highlights(self):
        """Return one sentence when the company owes the customer a solution for too long."""
        if not self.env['service.case'].has_access('read'):
            return []
        overdue_count = self._count_overdue_cases()
        if not overdue_count:
            return []
        text = (
            self.env._('One case is overdue.')
            if overdue_count == 1
            else self.env._('%s cases are overdue.', overdue_count)
        )
        domain = [*self._open_cases_domain(), ('sla_state', '=', 'overdue')]
        return [
            {
                'key': 'overdue_cases',
                'text': text,
                'tone': 'danger',
                'action': self._case_action(self.env._('Overdue cases'), domain),
            }
        ]

    def _open_cases_domain(self):
        return [('closed_date', '=', False), ('company_id', 'in', self.env.companies.ids)]

    def _count_overdue_cases(self):
        return self.env['service.case'].search_count(
            [
                ('commercial_partner_id', '=', self.id),
                *self._open_cases_domain(),
                ('sla_state', '=', 'overdue'),
            ]
        )

    def _get_contract_figures(self):
        """Return the figure of the running contracts, none where there never was one."""
        balances = self._read_contract_balances()
        if not balances:
            return []
        lines = [line.id for line, _balance in balances]
        return [self._customer_360_figure(
            'service_contracts',
            'service',
            self.env._('Service contracts'),
            len(lines),
            str(len(lines)),
            hint=self.env['service.entitlement']._balance_text(*balances[0]),
            action=self._customer_360_list_action(
                self.env._('Service contracts'), 'sale.order.line', [('id', 'in', lines)]),
            help=self.env._(
                'Contracts on confirmed orders that run today, and what is left of the first in '
                'its present period.'
            ),
        )]

    def _get_satisfaction_figures(self):
        """Return the average of what the customer said in the last 12 months."""
        timeline = self.env['customer.timeline']
        if not timeline.has_access('read'):
            return []
        domain = [
            ('partner_id', '=', self.id),
            ('has_satisfaction', '=', True),
            ('company_id', 'in', self.env.companies.ids),
            ('date', '>=', fields.Datetime.to_string(self._customer_360_since_utc())),
        ]
        average, count = timeline._read_group(domain, [], ['satisfaction:avg', '__count'])[0]
        if not count:
            return []
        answers = (
            self.env._('one answer') if count == 1 else self.env._('%s answers', count)
        )
        return [self._customer_360_figure(
            'satisfaction',
            'service',
            self.env._('Satisfaction, 12 months'),
            average,
            f'{average:.0%}',
            hint=answers,
            tone='danger' if average < 0.4 else 'warning' if average < 0.7 else 'success',
            action=self._customer_360_list_action(
                self.env._('Satisfaction'), 'customer.timeline', domain,
                list_view='crm_plus.customer_timeline_view_list'),
            help=self.env._(
                'What the customer said of cases and of recommending us, on average, each answer '
                'as a share of the best.'
            ),
        )]
