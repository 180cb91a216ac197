import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, email_normalize, formataddr, plaintext2html

from ..tools.once import one_at_a_time, submission_hash
from ..tools.uploads import attach_uploads


class ServiceWebRequest(models.Model):
    """What a visitor has entered in a team's public form, until they confirm their address.

    It becomes a case when they follow the link that was mailed to them. The link holds a token of
    which only the hash is kept, and ends after a while.
    """

    _name = 'service.web.request'
    _description = 'Request by the Public Form'
    _order = 'id desc'

    VALID_HOURS = 48
    #: By what requests are counted, and the setting of the company with how many it takes an hour.
    LIMITS = {
        'visitor_hash': 'service_requests_per_visitor',
        'email_normalized': 'service_requests_per_sender',
    }

    name = fields.Char(string='Subject', required=True)
    team_id = fields.Many2one('service.team', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='team_id.company_id', store=True)
    contact_name = fields.Char(required=True)
    email = fields.Char(required=True)
    email_normalized = fields.Char(
        compute='_compute_email_normalized', store=True, precompute=True, index=True
    )
    description = fields.Text(required=True)
    lang = fields.Char()
    visitor_hash = fields.Char(index=True, help='Stands for the network address of the visitor.')
    token_hash = fields.Char(required=True, index=True)
    valid_until = fields.Datetime(
        required=True,
        default=lambda self: fields.Datetime.now() + timedelta(hours=self.VALID_HOURS),
    )
    case_id = fields.Many2one('service.case', index='btree_not_null', ondelete='set null')
    confirmed_date = fields.Datetime()
    submission_hash = fields.Char(help='Stands for the form as it was sent.')

    _submission_unique = models.UniqueIndex(
        '(submission_hash) WHERE submission_hash IS NOT NULL', 'This form was sent before.'
    )

    @api.depends('email')
    def _compute_email_normalized(self):
        for request in self:
            request.email_normalized = email_normalize(request.email)

    # ------------------------------------------------------------
    # ASKED
    # ------------------------------------------------------------

    @api.model
    def _ask(self, values, uploads, form_key):
        """Keep what was entered and mail the link to confirm it; return False if it is too much.

        What the browser sends again counts as sent once.

        :param values: those of the request; checked
        :param uploads: as `read_uploads` returns them
        :param form_key: what the form was given when it was fetched
        """
        entered = {name: value for name, value in values.items() if name != 'visitor_hash'}
        submission = submission_hash(form_key, entered, uploads)
        keys = [f'{self._name} {values[name]}' for name in self.LIMITS]
        with one_at_a_time(self.env, *keys) as env:
            requests = env[self._name]
            if submission and requests.search_count([('submission_hash', '=', submission)]):
                return True
            if requests._is_too_often(values):
                return False
        request = self._open({**values, 'submission_hash': submission})
        attach_uploads(request, uploads)
        return True

    @api.model
    def _is_too_often(self, values):
        """Tell whether the visitor, or the address that they entered, has asked enough for now."""
        since = fields.Datetime.now() - timedelta(hours=1)
        company = self.env['service.team'].browse(values['team_id']).company_id
        return any(
            self.search_count(
                [(name, '=', values[name]), ('create_date', '>', since)], limit=company[setting]
            )
            >= company[setting]
            for name, setting in self.LIMITS.items()
        )

    @api.model
    def _open(self, values):
        """Keep a request and mail the link to confirm it; the cron sends it within a minute."""
        token = secrets.token_urlsafe(32)
        request = self.create({**values, 'token_hash': self._hash(token)})
        template = self.env.ref('crm_plus_service.mail_template_web_request')
        url = f'{request.team_id.get_base_url()}/service/confirm/{token}'
        template.with_context(confirm_url=url).send_mail(request.id)
        self.env.ref('mail.ir_cron_mail_scheduler_action')._trigger()
        return request

    @api.model
    def _hash(self, text):
        return hashlib.sha256(text.encode()).hexdigest()

    # ------------------------------------------------------------
    # CONFIRMED
    # ------------------------------------------------------------

    @api.model
    def _find(self, token):
        """Return the request with this token unless it has ended."""
        return self.search(
            [
                ('token_hash', '=', self._hash(token)),
                '|',
                ('confirmed_date', '!=', False),
                ('valid_until', '>', fields.Datetime.now()),
            ],
            limit=1,
        )

    def _confirm(self):
        """Make the case, once however often the link is followed; return it."""
        self.ensure_one()
        # two clicks at once: the second waits, and is repeated on what the first has done
        self.env.cr.execute(
            SQL('SELECT FROM service_web_request WHERE id = %s FOR UPDATE', self.id)
        )
        if not self.confirmed_date:
            case = self.env['service.case'].with_context(service_by_sender=True)
            self.case_id = case.create(self._prepare_case_values())
            attachments = self.env['ir.attachment'].search(
                [('res_model', '=', self._name), ('res_id', '=', self.id)]
            )
            attachments.write({'res_model': 'service.case', 'res_id': self.case_id.id})
            self.confirmed_date = fields.Datetime.now()
        return self.case_id

    def _prepare_case_values(self):
        return {
            'name': self.name,
            'team_id': self.team_id.id,
            'user_id': False,
            'partner_id': self.env['res.partner']._find_customer_by_address(
                self.email_normalized, self.company_id).id,
            'email_from': formataddr((self.contact_name, self.email_normalized)),
            'description': plaintext2html(self.description),
        }

    @api.autovacuum
    def _gc_requests(self):
        """Delete the requests whose link has ended, confirmed or not."""
        ended = fields.Datetime.now() - timedelta(hours=1)
        self.search([('valid_until', '<', ended)]).unlink()
