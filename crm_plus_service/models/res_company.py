from odoo import api, fields, models


class ResCompany(models.Model):
    """What contracts and warranties mean here, how much the forms take, when customers are asked."""

    _inherit = 'res.company'

    service_warranty_from = fields.Selection(
        [
            ('delivery', 'The delivery'),
            ('invoice', 'The invoice'),
            ('order', 'The order'),
        ],
        string='Warranty From',
        required=True,
        default='delivery',
        help='When the warranty of a product begins. Where there is no delivery, with the '
        'invoice; where there is no invoice, with the order.',
    )
    service_unpaid_contract = fields.Selection(
        [
            ('covers', 'Still covers'),
            ('warns', 'Still covers, with a warning on the case'),
            ('refuses', 'Does not cover until it is paid'),
        ],
        string='Contract with an Overdue Invoice',
        required=True,
        default='warns',
        help='What a service contract does while an invoice of it is overdue.',
    )

    # how much the forms take from one person
    service_requests_per_visitor = fields.Integer(
        string='Requests of a Visitor an Hour',
        required=True,
        default=10,
        help='How often the public forms may be sent from one network address within an hour.',
    )
    service_requests_per_sender = fields.Integer(
        string='Requests of an E-mail Address an Hour',
        required=True,
        default=3,
        help='How often the public forms may be sent with one e-mail address within an hour. Each '
        'time a link to confirm it is mailed there.',
    )
    service_portal_cases_per_day = fields.Integer(
        string='Portal Cases of a Customer a Day',
        required=True,
        default=20,
        help='How many cases a contact may open in the portal within a day.',
    )

    # recommendation by customers
    service_nps_schedule = fields.Selection(
        [
            ('off', 'Never'),
            ('weekly', 'Every week'),
            ('monthly', 'Every month'),
            ('quarterly', 'Every quarter'),
        ],
        string='Ask for Recommendation',
        required=True,
        default='off',
        help='How often customers are asked by mail how likely they are to recommend the company.',
    )
    service_nps_date = fields.Date(
        string='Next On',
        compute='_compute_service_nps_date',
        store=True,
        readonly=False,
        help='The day on which customers are asked next.',
    )
    service_nps_months = fields.Integer(
        string='Active Within',
        default=12,
        help='Contacts with a case or an order in the last months are asked.',
    )
    service_nps_pause_days = fields.Integer(
        string='Not Again Within',
        default=180,
        help='Days in which nobody is asked a second time.',
    )
    service_nps_rating_days = fields.Integer(
        string='Not After a Case Within',
        default=30,
        help='Days in which nobody is asked who was asked how satisfied they are with a case.',
    )
    service_nps_user_id = fields.Many2one(
        'res.users',
        string='Followed Up By',
        domain=[('share', '=', False)],
        help='Asks customers who would not recommend the company why, if they have no '
        'salesperson.',
    )
    service_nps_purpose_id = fields.Many2one(
        'crm.consent.purpose',
        string='Only With Consent To',
        ondelete='restrict',
        help='Only who may be approached for this purpose is asked. Empty: everybody who has not '
        'opted out of mailings.',
    )

    _service_limits_positive = models.Constraint(
        'CHECK (service_requests_per_visitor > 0 AND service_requests_per_sender > 0'
        ' AND service_portal_cases_per_day > 0)',
        'The forms must take at least one request of everybody.',
    )
    _service_nps_positive = models.Constraint(
        'CHECK (service_nps_months > 0 AND service_nps_pause_days >= 0'
        ' AND service_nps_rating_days >= 0)',
        'Ask customers of at least one month; days without a question cannot be negative.',
    )

    @api.depends('service_nps_schedule')
    def _compute_service_nps_date(self):
        for company in self:
            if company.service_nps_schedule == 'off':
                company.service_nps_date = False
            else:
                company.service_nps_date = (
                    company.service_nps_date or fields.Date.context_today(company))

    def _get_service_manager(self):
        """Return an administrator of customer service in this company; empty if there is none."""
        self.ensure_one()
        # sudo: whose duty it is does not depend on who has brought it about
        return self.env['res.users'].sudo().search([
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_manager').ids),
            ('company_ids', 'in', self.ids), ('share', '=', False),
        ], order='id', limit=1)

    def action_preview_nps(self):
        """List the contacts who would be asked if customers were asked now."""
        self.ensure_one()
        self.check_access('write')
        # sudo: whether somebody was asked elsewhere is told of nobody; who is listed, the reader
        # sees with the own rights
        contacts = self.env['service.nps.answer'].sudo()._get_contacts_to_ask(self)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Would Be Asked Now'),
            'res_model': 'res.partner',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [('id', 'in', contacts.ids)],
            'help': self.env._(
                'Nobody would be asked now. Customers with a case or an order of late are asked, '
                'unless they were asked not long ago or want no such mail.'),
        }

    def write(self, vals):
        res = super().write(vals)
        if 'service_unpaid_contract' in vals:
            self.env['service.case']._sync_contracts()
        return res
