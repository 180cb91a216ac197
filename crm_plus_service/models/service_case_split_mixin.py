from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context


class ServiceCaseSplitMixin(models.AbstractModel):
    """A message that is about something else becomes a case of its own.

    The messages stay where they were written, so that nothing that was said is missing there;
    the new case gets copies, with sender, date and files, and both cases name each other.
    """

    _name = 'service.case.split.mixin'
    _description = 'Case: Split'

    origin_id = fields.Many2one(
        'service.case',
        string='Split From',
        readonly=True,
        copy=False,
        index='btree_not_null',
        ondelete='set null',
        groups='base.group_user',
        help='The case in which the messages were written that opened this one.',
    )

    def action_split(self):
        """Open the dialog that makes messages of this case a case of their own.

        The context may name the messages (``split_message_ids``).
        """
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Split'),
            'res_model': 'service.case.split',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'default_case_id': self.id,
                'default_message_ids': self.env.context.get('split_message_ids') or [],
            },
        }

    def _split(self, messages, values):
        """Return the new case that is opened from messages of this one.

        :param messages: what was written on this case
        :param values: what the new case has from the user: name, team, type
        :raise UserError: when a message is not of this case
        """
        self.ensure_one()
        self.check_access('write')
        messages.check_access('read')
        if not messages or any(
            (message.model, message.res_id) != (self._name, self.id)
            or message.message_type == 'notification'
            for message in messages
        ):
            raise UserError(self.env._('Choose messages that were written on this case.'))
        messages = messages.sorted('id')
        # the defaults of the dialog are not those of the case
        case = self.with_context(clean_context(self.env.context)).create({
            **self._prepare_split(messages), 'origin_id': self.id, **values,
        })
        for message in messages:
            case._copy_message(message)
        case._message_log(body=Markup('<p>%s</p>') % self.env._(
            'Split from %s.', self._get_html_link(title=self.display_name)))
        self._message_log(body=Markup('<p>%s</p>') % self.env._(
            '%(count)s message(s) became %(case)s.', count=len(messages),
            case=case._get_html_link(title=case.display_name)))
        return case

    def _prepare_split(self, messages):
        """Return who asks in the new case: who wrote the first of the messages, if no colleague."""
        first = messages[0]
        waits = not self.first_response_date or (
            self.awaiting_since and first.date >= self.awaiting_since)
        values = {
            'team_id': self.team_id.id,
            'user_id': self.user_id.id,
            'priority': self.priority,
            # what nobody has answered yet has waited since it was written
            'opened_date': first.date if waits else fields.Datetime.now(),
        }
        if not self._is_from_customer(first):
            return {**values, 'partner_id': self.partner_id.id, 'email_from': self.email_from}
        if first.author_id:
            return {**values, 'partner_id': first.author_id.id}
        return {**values, 'partner_id': False, 'email_from': first.email_from}

    def _copy_message(self, message):
        """Repeat on this case what was written elsewhere; nobody is told of it again."""
        # sudo: the copy is in the name of who wrote it; the user may read the message and change
        # the case, which was checked
        source = message.sudo()
        files = self.env['ir.attachment'].sudo().concat(*(
            file.copy({'res_model': self._name, 'res_id': self.id, 'name': file.name})
            for file in source.attachment_ids
        ))
        # sudo: as above
        self.env['mail.message'].sudo().create({
            'model': self._name,
            'res_id': self.id,
            'date': source.date,
            'author_id': source.author_id.id,
            'email_from': source.email_from,
            'subject': source.subject,
            'body': source.body,
            'message_type': source.message_type,
            'subtype_id': source.subtype_id.id,
            'is_internal': source.is_internal,
            'attachment_ids': files.ids,
            'record_name': self.display_name,
        })
