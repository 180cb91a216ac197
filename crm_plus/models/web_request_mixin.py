import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..tools.once import one_at_a_time, submission_hash
from ..tools.uploads import attach_uploads


class WebRequestMixin(models.AbstractModel):
    """What a visitor has entered in the public form of a team, until they confirm their address.

    It becomes a document when they follow the link that was mailed to them. The link holds a token
    of which only the hash is kept, and ends after a while. Models add ``team_id``, what else is
    entered, and :meth:`_make_document`.
    """

    _name = 'web.request.mixin'
    _description = "Request by a Public Form"
    _order = 'id desc'

    VALID_HOURS = 48
    #: By what requests are counted, and the setting of the company with how many it takes an hour.
    LIMITS = {}
    #: The mail with the link, and where the link leads to: the token is added.
    CONFIRM_TEMPLATE = ''
    CONFIRM_PATH = ''

    contact_name = fields.Char(required=True)
    email = fields.Char(required=True)
    email_normalized = fields.Char(
        compute='_compute_email_normalized', store=True, precompute=True, index=True
    )
    lang = fields.Char()
    visitor_hash = fields.Char(index=True, help="Stands for the network address of the visitor.")
    token_hash = fields.Char(required=True, index=True)
    valid_until = fields.Datetime(
        required=True,
        default=lambda self: fields.Datetime.now() + timedelta(hours=self.VALID_HOURS),
    )
    confirmed_date = fields.Datetime()
    submission_hash = fields.Char(help="Stands for the form as it was sent.")

    _submission_unique = models.UniqueIndex(
        '(submission_hash) WHERE submission_hash IS NOT NULL', "This form was sent before."
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
        company = self._get_team_company(values['team_id'])
        return any(
            self.search_count(
                [(name, '=', values[name]), ('create_date', '>', since)], limit=company[setting]
            )
            >= company[setting]
            for name, setting in self.LIMITS.items()
        )

    @api.model
    def _get_team_company(self, team_id):
        """Return the company whose form it is."""
        team = self.env[self._fields['team_id'].comodel_name].browse(team_id)
        return team.company_id or self.env.company

    @api.model
    def _open(self, values):
        """Keep a request and mail the link to confirm it; the cron sends it within a minute."""
        token = secrets.token_urlsafe(32)
        request = self.create({**values, 'token_hash': self._hash(token)})
        template = self.env.ref(self.CONFIRM_TEMPLATE)
        url = f'{request.team_id.get_base_url()}{self.CONFIRM_PATH}{token}'
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
        """Make the document, once however often the link is followed."""
        self.ensure_one()
        # two clicks at once: the second waits, and is repeated on what the first has done
        self.env.cr.execute(
            SQL("SELECT FROM %s WHERE id = %s FOR UPDATE", SQL.identifier(self._table), self.id)
        )
        if not self.confirmed_date:
            document = self._make_document()
            attachments = self.env['ir.attachment'].search(
                [('res_model', '=', self._name), ('res_id', '=', self.id)]
            )
            attachments.write({'res_model': document._name, 'res_id': document.id})
            self.confirmed_date = fields.Datetime.now()

    def _make_document(self):
        """Make of the request what it asks for; return it."""
        raise NotImplementedError

    @api.autovacuum
    def _gc_requests(self):
        """Delete the requests that are kept no longer."""
        if self._abstract:
            # the cleaning asks every model that has the method, this one too
            return
        self.search(self._get_ended_domain()).unlink()

    @api.model
    def _get_ended_domain(self):
        """Return which requests are kept no longer: those whose link has ended, confirmed or not."""
        return Domain('valid_until', '<', fields.Datetime.now() - timedelta(hours=1))
