from odoo import api, models
from odoo.exceptions import AccessError

#: What is sent to those who look at the same case, and under which name.
NOTIFICATION = 'crm_plus_service.presence'
SUBCHANNEL = 'presence'
ACTIVITIES = ('reading', 'answering', 'noting', 'left')


class ServiceCasePresenceMixin(models.AbstractModel):
    """Who else is at the same case now, and what has been written while one was at it.

    Nobody keeps who is where: each page says what its user does, the others on the same case
    hear it, and forget who has not said anything for a while (``presence_list.js``).
    """

    _name = 'service.case.presence.mixin'
    _description = 'Case: Presence'

    def note_presence(self, activity, is_new=False):
        """Tell the others on this case what the user does there.

        :param str activity: one of ``ACTIVITIES``
        :param bool is_new: the user has just come and wants to hear who is there
        :return: the id of the newest message on the case, 0 when there is none
        :raise AccessError: for who may not read the case, and for customers
        """
        self.ensure_one()
        self._check_colleague()
        if activity not in ACTIVITIES:
            raise ValueError(f'Unknown activity {activity!r}')
        # _sendone: the channel is a record's, joined by colleagues who may read it
        self.env['bus.bus']._sendone((self, SUBCHANNEL), NOTIFICATION, {
            'case_id': self.id,
            'user_id': self.env.uid,
            'name': self.env.user.name,
            'activity': activity,
            'is_new': bool(is_new),
        })
        return self.env['mail.message'].search(self._messages_domain(), order='id desc', limit=1).id

    def get_news(self, message_id):
        """Return what the customer or a colleague has written to the other since a message.

        :param int message_id: the newest message that the user has seen
        :return: list of ``id``, ``author``, ``is_from_customer`` and ``preview``, oldest first
        """
        self.ensure_one()
        self._check_colleague()
        messages = self.env['mail.message'].search(
            [
                *self._messages_domain(),
                ('id', '>', message_id),
                ('message_type', 'in', ('comment', 'email')),
                ('author_id', '!=', self.env.user.partner_id.id),
            ],
            order='id',
        )
        return [
            {
                'id': message.id,
                'author': message.author_id.display_name or message.email_from or '',
                'is_from_customer': self._is_from_customer(message),
                'preview': message.preview,
            }
            for message in messages
            if self._is_from_customer(message) or self._is_answer(message)
        ]

    def _messages_domain(self):
        return [('model', '=', self._name), ('res_id', '=', self.id)]

    def _check_colleague(self):
        if not self.env.user._is_internal():
            raise AccessError(self.env._('Only colleagues see who works on a case.'))
        self.check_access('read')

    @api.model
    def _get_joinable(self, case_ids):
        """Return the cases of which the user may hear who is there."""
        if not self.env.user._is_internal():
            return self.browse()
        return self.browse(case_ids).exists()._filtered_access('read')
