import base64
import hashlib
import logging
from ast import literal_eval

from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.crm_plus.tools.once import one_at_a_time
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ..tools.message_source import read_outline, read_text

_logger = logging.getLogger(__name__)


class ServiceIntake(models.Model):
    """An e-mail to a team that could be made neither a case nor a reply, its source and why.

    The mail gateway puts it here instead of failing, see ``mail.thread.message_process``. People
    try it again when the cause is gone, make a case of it by hand, or dismiss it with a reason.
    What is dropped on purpose (automatic mail, bounces, duplicates) never gets here.
    """

    _name = 'service.intake'
    _inherit = ['service.about.case.mixin']
    _description = 'Message That Needs Attention'
    _order = 'id desc'
    _rec_name = 'subject'

    subject = fields.Char(readonly=True)
    email_from = fields.Char(string='Sender', readonly=True)
    date = fields.Datetime(
        readonly=True, help='When it was sent; when it arrived if it does not say so.'
    )
    team_id = fields.Many2one('service.team', readonly=True, index='btree_not_null')
    company_id = fields.Many2one(
        'res.company',
        readonly=True,
        index='btree_not_null',
        help='The company of the team that the message was sent to. Messages of which that is '
        'not known are seen by administrators of customer service only.',
    )
    reason = fields.Text(readonly=True, help='Why no case was made of it.')
    detail = fields.Char(
        string='Technical Detail', readonly=True, groups='crm_plus_service.group_manager'
    )
    source = fields.Binary(
        string='Original Message',
        attachment=True,
        readonly=True,
        help='The message exactly as it arrived. Mail programs open it.',
    )
    text = fields.Text(
        string='What Can Be Read', compute='_compute_text', help='The words of the message.'
    )
    source_name = fields.Char(readonly=True, default='message.eml')
    source_hash = fields.Char(readonly=True, index=True)
    fallback_model = fields.Char(readonly=True)
    state = fields.Selection(
        [('open', 'Needs Attention'), ('done', 'Done'), ('dismissed', 'Dismissed')],
        required=True,
        readonly=True,
        default='open',
        index=True,
    )
    case_id = fields.Many2one('service.case', readonly=True, index='btree_not_null')
    dismiss_reason = fields.Char(string='Dismissed Because', readonly=True)
    settled_by_id = fields.Many2one('res.users', readonly=True)
    settled_date = fields.Datetime(string='Settled On', readonly=True)

    @api.depends('source')
    def _compute_text(self):
        for entry in self.with_context(bin_size=False):
            entry.text = read_text(base64.b64decode(entry.source or b''))

    # ------------------------------------------------------------
    # MAIL GATEWAY
    # ------------------------------------------------------------

    @api.model
    def _keep(self, source: bytes, error: Exception, fallback_model=None) -> bool:
        """Keep a message that the gateway failed on; return False when it is not for a team."""
        outline = read_outline(source)
        is_ours, team = self._find_addressee(outline, fallback_model)
        if not is_ours:
            return False
        source_hash = hashlib.sha256(source).hexdigest()
        # sudo: the gateway's own doing, whoever it runs as; nothing of the entries is returned
        entries = self.sudo().with_context(attachments_mime_plainxml=True)
        if entries._is_kept(source_hash):
            _logger.info('Mail from %s was kept before: %s', outline.sender, outline.subject)
            return True
        entries.create(
            {
                'subject': outline.subject or self.env._('No subject'),
                'email_from': outline.sender,
                'date': outline.date or fields.Datetime.now(),
                'team_id': team.id,
                'company_id': team.company_id.id,
                'source': base64.b64encode(source),
                'source_hash': source_hash,
                'fallback_model': fallback_model,
                **self._describe_error(error),
            }
        )
        _logger.info(
            'Mail from %s with Message-Id %s needs attention: %s: %s',
            outline.sender,
            outline.message_id,
            type(error).__name__,
            error,
        )
        return True

    @api.model
    def _is_kept(self, source_hash):
        """Tell whether the message is here; waits for who is about to keep it at this moment."""
        domain = [('source_hash', '=', source_hash)]
        if self.search_count(domain, limit=1):
            return True
        with one_at_a_time(self.env, f'{self._name} {source_hash}') as env:
            return bool(env[self._name].search_count(domain, limit=1))

    @api.model
    def _find_addressee(self, outline, fallback_model):
        """Tell whether a message is meant for a team, and for which if that is known."""
        # sudo: the gateway's own decision, whoever it runs as
        teams = self.env['service.team'].sudo().with_context(active_test=False)
        alias = (
            self.env['mail.alias']
            .sudo()
            .search(
                [
                    ('alias_model_id', '=', self.env['ir.model']._get_id('service.case')),
                    '|',
                    ('alias_full_name', 'in', list(outline.recipients)),
                    '&',
                    ('alias_incoming_local', '=', True),
                    ('alias_name', 'in', [to.partition('@')[0] for to in outline.recipients]),
                ],
                limit=1,
            )
        )
        if alias:
            team_id = literal_eval(alias.alias_defaults or '{}').get('team_id')
            return True, teams.browse(team_id or []).exists()
        # sudo: as above; only the team of the case that is answered is told
        answered = outline.references and (
            self.env['mail.message']
            .sudo()
            .search(
                [('message_id', 'in', outline.references), ('model', '=', 'service.case')],
                order='id desc',
                limit=1,
            )
        )
        if answered:
            # sudo: as above
            case = self.env['service.case'].sudo().browse(answered.res_id).exists()
            return True, case.team_id
        return fallback_model == 'service.case', teams

    @api.model
    def _describe_error(self, error):
        """Return what went wrong, in plain words and for who looks after the system."""
        if isinstance(error, UserError):
            reason = str(error)
        elif isinstance(error, LookupError) and 'encoding' in str(error):
            reason = self.env._('Its text is written in a character set that is not known here.')
        elif isinstance(error, UnicodeError) or 'NUL' in str(error):
            reason = self.env._('It contains characters that cannot be read or stored.')
        elif isinstance(error, RecursionError):
            reason = self.env._('Its parts are nested too deeply.')
        elif 'index row' in str(error):
            reason = self.env._('One of its headers is too long.')
        elif isinstance(error, self.env['mail.thread'].CONCURRENCY_ERRORS):
            reason = self.env._('The system was too busy to take it in. Try it again.')
        else:
            reason = self.env._(
                'It could not be read or stored. Look at the original message, and make a case '
                'of it by hand if it is worth one.'
            )
        detail = f'{type(error).__name__}: {error}'
        return {'reason': reason, 'detail': ' '.join(detail.replace('\x00', ' ').split())[:500]}

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def _to_settle(self):
        """Return the entries that are open, with the rights to settle them.

        Raises an AccessError when the user may not see one of them.
        """
        self.check_access('read')
        # sudo: whoever sees an entry may settle it, only in the ways that follow
        return self.sudo().filtered(lambda entry: entry.state == 'open')

    def action_retry(self):
        """Hand the messages to the mail gateway once more."""
        for entry in self._to_settle():
            entry._retry()
        if len(self) == 1 and self.state == 'done':
            return self.action_open_case()
        return None

    def _retry(self):
        # whoever tries again is not who wrote: the gateway runs as it always does
        # sudo: it takes in the message as it arrived, of which the user can change nothing
        gateway = self.env['mail.thread'].with_user(SUPERUSER_ID)
        messages = gateway.env['mail.message']
        last = messages.search([], order='id desc', limit=1)
        source = base64.b64decode(self.source)
        try:
            with self.env.cr.savepoint():
                gateway.with_context(service_intake_retry=True).message_process(
                    self.fallback_model or None, source
                )
        except gateway.CONCURRENCY_ERRORS:
            raise
        except Exception as error:  # it stays in the queue, with its new reason
            self.write(self._describe_error(error))
            return
        # only messages of this very transaction can be newer
        message = messages.search(
            [
                ('id', '>', last.id),
                ('model', '=', 'service.case'),
                ('message_type', '=', 'email'),
            ],
            limit=1,
        )
        if message:
            self._settle(self.env['service.case'].browse(message.res_id))
        else:
            self.reason = self.env._(
                'It was read, and passed over: it is automatic mail, or it has arrived before.'
            )

    def action_make_case(self):
        """Open a new case, filled in with what can be read of the message."""
        self.ensure_one()
        entry = self._to_settle()
        if not entry:
            # sudo: whether there is a case; it is opened with the user's own rights
            return self.action_open_case() if self.sudo().case_id else None
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('New Case'),
            'res_model': 'service.case',
            'views': [(False, 'form')],
            'context': {
                'default_intake_id': entry.id,
                'default_name': entry.subject,
                'default_email_from': entry.email_from,
                'default_description': plaintext2html(entry.text),
                **({'default_team_id': entry.team_id.id} if entry.team_id.active else {}),
            },
        }

    def action_dismiss(self):
        """Ask why, and dismiss the messages."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Dismiss'),
            'res_model': 'service.intake.dismiss',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_intake_ids': self.ids},
        }

    def _settle(self, case):
        """Note that the message has become, or joined, a case."""
        self._to_settle().write({'state': 'done', 'case_id': case.id, **self._settled_now()})

    def _dismiss(self, reason):
        self._to_settle().write(
            {'state': 'dismissed', 'dismiss_reason': reason, **self._settled_now()}
        )

    def _settled_now(self):
        return {'settled_by_id': self.env.uid, 'settled_date': fields.Datetime.now()}
