from odoo import fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    case_count = fields.Integer(
        string='Cases',
        compute='_compute_case_count',
        groups='crm_plus.group_user',
        help='Cases of this contact; of a company, those of all its contacts.',
    )

    service_calendar_id = fields.Many2one(
        'resource.calendar',
        string='Service Hours',
        company_dependent=True,
        groups='crm_plus.group_user',
        help='What is promised on cases of this customer is counted in these working hours. '
        'Empty: in those of the team.',
    )

    def write(self, vals):
        res = super().write(vals)
        if {'customer_tier_id', 'service_calendar_id'} & vals.keys():
            # sudo: what is promised follows from the customer, whoever may change that one
            self.env['service.case'].sudo().search([
                ('commercial_partner_id', 'in', self.ids), ('closed_date', '=', False),
            ])._sync_targets(self.env._('The customer was changed.'))
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

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_cases(self):
        """Open the cases of the contact, of a company those of all its contacts."""
        self.ensure_one()
        return self._case_action(self.env._('Cases of %s', self.display_name))

    def action_new_case(self):
        """Open the form of a new case of the contact."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('New Case'),
            'res_model': 'service.case',
            'views': [(False, 'form')],
            'context': {'default_partner_id': self.id},
        }

    def _case_action(self, name, domain=()):
        """Return the action that lists the partner's cases within ``domain``."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_case_action'
        )
        is_company = self == self.commercial_partner_id
        field = 'commercial_partner_id' if is_company else 'partner_id'
        action['display_name'] = name
        action['domain'] = [(field, '=', self.id), *domain]
        action['context'] = {'default_partner_id': self.id}
        action['view_mode'] = 'list,kanban,form'
        action['views'] = [(False, 'list'), (False, 'kanban'), (False, 'form')]
        return action

    # ------------------------------------------------------------
    # CUSTOMER 360
    # ------------------------------------------------------------

    def _customer_360_figures(self):
        return super()._customer_360_figures() + self._get_service_figures()

    def _customer_360_highlights(self):
        return super()._customer_360_highlights() + self._get_service_highlights()

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
