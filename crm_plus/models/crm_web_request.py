from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import formataddr, plaintext2html


class CrmWebRequest(models.Model):
    """What a visitor has entered in the form of a sales team; it becomes a lead when confirmed.

    What brought them the first time and this time is kept with it, and what they have agreed to
    in the words that they were shown. What nobody confirms stands in a work list for a while:
    somebody may have mistyped their address, or never seen the mail.
    """

    _name = 'crm.web.request'
    _inherit = ['web.request.mixin']
    _description = "Request by the Form of a Sales Team"
    _rec_name = 'contact_name'

    #: How long a request that was not confirmed can be taken in by hand.
    KEPT_DAYS = 30
    LIMITS = {
        'visitor_hash': 'lead_requests_per_visitor',
        'email_normalized': 'lead_requests_per_sender',
    }
    CONFIRM_TEMPLATE = 'crm_plus.mail_template_web_request'
    CONFIRM_PATH = '/contact/confirm/'

    team_id = fields.Many2one('crm.team', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, index=True,
        default=lambda self: self.env.company,
    )
    partner_name = fields.Char(string="Company Name")
    phone = fields.Char()
    description = fields.Text(string="Message", required=True)
    touch = fields.Json(help="What brought them this time.")
    first_touch = fields.Json(help="What brought them the first time.")
    consents = fields.Json(help="What they have agreed to: purposes, words and their versions.")
    lead_id = fields.Many2one('crm.lead', index='btree_not_null', ondelete='set null')

    def _make_document(self):
        company = self.company_id
        leads = self.env['crm.lead'].with_company(company)
        self.lead_id, _created = leads._capture(
            self._prepare_lead_values(), 'form', company, self._read_touch(self.touch or {}),
            self._read_first_touch(),
        )
        purposes = self.env['crm.consent.purpose']
        # what was ticked counts for an address that is known to be theirs
        for consent in [] if self.env.context.get('taken_in_by_hand') else self.consents or []:
            self.env['crm.consent']._record(
                purposes.browse(consent['purpose_id']).exists(), 'web_form',
                email=self.email_normalized, lead_id=self.lead_id.id, company_id=company.id,
                date=self.create_date, text=consent['text'], text_version=consent['version'],
                note=self.env._("Form of %s", self.team_id.name),
            )
        return self.lead_id

    def _prepare_lead_values(self):
        who = self.partner_name or self.contact_name
        use_leads = self.team_id.use_leads
        return {
            'name': self.env._("Request by %s", who),
            'type': 'lead' if use_leads else 'opportunity',
            'team_id': self.team_id.id,
            'user_id': False,
            'contact_name': self.contact_name,
            'partner_name': self.partner_name,
            'email_from': formataddr((self.contact_name, self.email_normalized)),
            'phone': self.phone,
            'description': plaintext2html(self.description),
        }

    def _read_touch(self, told):
        """Return the values of a touch; where nothing was told, the source of the team's form."""
        self.ensure_one()
        utm = self.env['crm.lead']._find_utm(
            source=told.get('source'), medium=told.get('medium'), campaign=told.get('campaign'))
        return {
            'source_id': utm.get('source_id') or self.team_id.form_source_id.id,
            'medium_id': utm.get('medium_id')
            or self.env['utm.mixin']._find_or_create_record('utm.medium', "Website").id,
            'campaign_id': utm.get('campaign_id', False),
            'referrer': told.get('referrer'),
            'landing_page': told.get('landing_page'),
        }

    def _read_first_touch(self):
        told = self.first_touch
        if not told:
            return {}
        touch = self._read_touch(told)
        return {
            'first_touch_date': told['date'],
            **{f'first_{name}': value for name, value in touch.items()},
        }

    # ------------------------------------------------------------
    # NOT CONFIRMED
    # ------------------------------------------------------------

    def action_take_in(self):
        """Make leads of requests that were not confirmed, and open them.

        Nobody knows whether the address is theirs: what they have agreed to does not count, and
        the lead says so.
        """
        self.check_access('read')
        # sudo: requests are written by nobody; who may read them decides what becomes of them
        requests = self.sudo().filtered(lambda request: not request.confirmed_date)
        for request in requests.with_context(taken_in_by_hand=True):
            request._confirm()
            request.lead_id._message_log(body=self.env._(
                "Taken in by hand: %s has not confirmed that the e-mail address is theirs.",
                request.contact_name))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Leads"),
            'res_model': 'crm.lead',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [('id', 'in', self.lead_id.ids)],
        }

    @api.model
    def _get_ended_domain(self):
        kept_until = fields.Datetime.now() - timedelta(days=self.KEPT_DAYS)
        return super()._get_ended_domain() & (
            Domain('confirmed_date', '!=', False) | Domain('valid_until', '<', kept_until))
