import uuid

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class ServiceNpsAnswer(models.Model):
    """What a contact answered to: how likely are you to recommend us, from 0 to 10?

    One record for each time that a contact is asked; without ``answered_date`` until they answer.
    The Net Promoter Score of answers is the share of promoters (9, 10) less that of detractors
    (0 to 6), in percent: the average of ``points``. (F. Reichheld, The One Number You Need to
    Grow, Harvard Business Review, December 2003.)
    """

    _name = 'service.nps.answer'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = 'Recommendation by a Customer'
    _order = 'answered_date desc, id desc'
    _rec_name = 'partner_id'

    company_id = fields.Many2one('res.company', required=True, index=True, readonly=True)
    partner_id = fields.Many2one(
        'res.partner', string='Contact', required=True, index=True, readonly=True,
        ondelete='cascade',
    )
    commercial_partner_id = fields.Many2one(
        related='partner_id.commercial_partner_id', string='Customer', store=True, index=True,
    )
    token = fields.Char(
        required=True, readonly=True, copy=False, groups='base.group_system',
        default=lambda self: uuid.uuid4().hex,
    )
    asked_date = fields.Datetime(
        string='Asked On', required=True, readonly=True, default=fields.Datetime.now, index=True)
    answered_date = fields.Datetime(string='Answered On', readonly=True, copy=False)
    score = fields.Integer(
        readonly=True, aggregator='avg',
        help='How likely the contact is to recommend us, from 0 (not at all) to 10.',
    )
    comment = fields.Text(readonly=True)
    category = fields.Selection(
        [('promoter', 'Promoter'), ('passive', 'Passive'), ('detractor', 'Detractor')],
        compute='_compute_category',
        store=True,
        help='Promoters answered 9 or 10, detractors 6 or less.',
    )
    points = fields.Float(
        string='NPS',
        compute='_compute_category',
        store=True,
        aggregator='avg',
        help='100 for a promoter, −100 for a detractor. The average is the Net Promoter Score: '
        'the share of promoters less the share of detractors.',
    )
    follow_up_date = fields.Datetime(readonly=True, copy=False)

    _token_unique = models.Constraint('UNIQUE (token)', 'Each question has a link of its own.')
    _score_range = models.Constraint(
        'CHECK (score BETWEEN 0 AND 10)', 'The score must lie between 0 and 10.')

    @api.depends('score', 'answered_date')
    def _compute_category(self):
        points = {'promoter': 100.0, 'passive': 0.0, 'detractor': -100.0}
        for answer in self:
            if not answer.answered_date:
                answer.category = False
            elif answer.score >= 9:
                answer.category = 'promoter'
            else:
                answer.category = 'passive' if answer.score >= 7 else 'detractor'
            answer.points = points.get(answer.category, 0.0)

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """Ask the customers of the companies whose day it is."""
        today = fields.Date.context_today(self)
        companies = self.env['res.company'].search([
            ('service_nps_schedule', '!=', 'off'), ('service_nps_date', '<=', today),
        ])
        for company in companies:
            self._ask(company)
            months, days = {'weekly': (0, 7), 'monthly': (1, 0), 'quarterly': (3, 0)}[
                company.service_nps_schedule]
            # from today: what was missed while the server stood still is not made up for
            company.service_nps_date = today + relativedelta(months=months, days=days)

    @api.model
    def _ask(self, company):
        """Ask everybody who may be asked for the company now; return the questions."""
        contacts = self._get_contacts_to_ask(company)
        answers = self.create([
            {'company_id': company.id, 'partner_id': contact.id} for contact in contacts
        ])
        if answers:
            self.env.ref('crm_plus_service.mail_template_nps').send_mail_batch(answers.ids)
        return answers

    @api.model
    def _get_contacts_to_ask(self, company):
        """Return the contacts with a case or an order of late whom a question would not tire.

        One for each address; nobody who has opted out of mailings or must not be approached for
        the purpose of the company, and no colleague.
        """
        now = fields.Datetime.now()
        since = now - relativedelta(months=company.service_nps_months)
        active = self._get_partners('service.case', [
            ('company_id', '=', company.id), ('opened_date', '>=', since),
        ]) | self._get_partners('sale.order', [
            ('company_id', '=', company.id), ('state', '=', 'sale'), ('date_order', '>=', since),
        ])
        contacts = active.filtered(
            lambda contact: contact.active and contact.partner_share
            and contact.email_normalized and not contact.is_blacklisted)
        contacts = contacts.with_company(company)._check_consent(company.service_nps_purpose_id)
        tired = self._get_tired_addresses(company, now)
        by_address = {}
        for contact in contacts.sorted('id'):
            if contact.email_normalized not in tired:
                by_address.setdefault(contact.email_normalized, contact)
        return contacts.browse(contact.id for contact in by_address.values())

    @api.model
    def _get_tired_addresses(self, company, now):
        """Return the addresses that were asked not long ago, here or about a case.

        Questions of the other companies count too: it is the same person who is asked.
        """
        asked = self._get_partners(self._name, [
            ('asked_date', '>', now - relativedelta(days=company.service_nps_pause_days)),
        ])
        rated = self._get_partners('service.case', [
            ('satisfaction_asked_date', '>',
             now - relativedelta(days=company.service_nps_rating_days)),
        ])
        return set((asked | rated).mapped('email_normalized'))

    @api.model
    def _get_partners(self, model, domain):
        """Return the contacts named on the records, without reading each of those."""
        groups = self.env[model]._read_group(domain, ['partner_id'])
        return self.env['res.partner'].union(*(partner for partner, in groups))

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def _answer(self, score, comment):
        """Note what the contact answered, or that they have changed their answer."""
        self.ensure_one()
        self.write({
            'score': score, 'comment': comment, 'answered_date': fields.Datetime.now(),
        })
        if self.category == 'detractor' and not self.follow_up_date:
            self._follow_up()

    def _follow_up(self):
        """Have a colleague ask the contact what they miss, once."""
        user = self._get_follow_up_user()
        if user:
            self.follow_up_date = fields.Datetime.now()
            self.activity_schedule(
                'mail.mail_activity_data_todo',
                summary=self.env._(
                    '%(contact)s would not recommend us (%(score)s of 10): ask why',
                    contact=self.partner_id.display_name, score=self.score),
                user_id=user.id,
            )

    def _get_follow_up_user(self):
        """Return the customer's salesperson, else who the company says, if they may see it.

        Where there is neither, an administrator of customer service.
        """
        partner = self.partner_id
        for user in (
            partner.user_id, self.commercial_partner_id.user_id,
            self.company_id.service_nps_user_id, self.company_id._get_service_manager(),
        ):
            if (
                user.active
                and self.company_id in user.company_ids
                and user.has_group('crm_plus.group_user')
            ):
                return user
        return self.env['res.users']
