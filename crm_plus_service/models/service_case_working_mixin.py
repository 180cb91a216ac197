import re

from odoo import models

#: how people begin what they write to colleagues
NOTE_LIKE = re.compile(
    r'\s*(@|n\.b\.|notes?\s*[:–-]|(internal|intern|fyi|nb|todo|to do|do not send)\b)', re.I)


class ServiceCaseWorkingMixin(models.AbstractModel):
    """What an agent does all day on the form: note time, answer, and not answer by mistake."""

    _name = 'service.case.working.mixin'
    _description = 'Case: Working'

    def action_add_time(self):
        """Add the minutes that the context names (``minutes``) to the time spent."""
        self.ensure_one()
        # by the row, not by what the form shows: a colleague may have noted time meanwhile
        self.lock_for_update()
        self.invalidate_recordset(['time_spent'])
        self.time_spent += self.env.context['minutes'] / 60

    def get_answer_doubts(self, text, partner_ids=None):
        """Return why ``text`` may not be meant for, or not reach, the customer of this case.

        :param str text: what is about to be sent as an answer
        :param list partner_ids: to whom besides the followers, where the user has chosen that
        :return: sentences to be shown before it is sent; none when nothing speaks against it
        """
        self.ensure_one()
        self.check_access('read')
        doubts = []
        if NOTE_LIKE.match(text or ''):
            doubts.append(self.env._('It begins like a note to colleagues.'))
        if partner_ids is not None:
            if not self._reaches_outside(partner_ids):
                doubts.append(self.env._('Nobody outside the company is among those who get it.'))
        elif not self.email_normalized and not self.partner_id.email_normalized:
            doubts.append(self.env._(
                'The case has no customer with an e-mail address, so nobody outside gets it.'))
        if self.merged_into_id:
            doubts.append(self.env._(
                'The case was merged: it will be sent from %s.',
                self._get_survivor().display_name))
        return doubts

    def _reaches_outside(self, partner_ids):
        # sudo: whether one of them is no colleague and has an address; nothing of them is shown
        receivers = self.env['res.partner'].sudo().browse(partner_ids).exists()
        receivers |= self.sudo().message_partner_ids
        return any(it.partner_share and it.email_normalized for it in receivers)

    def _change_together(self, values):
        """Write the same values on many cases, with one line in the log of each.

        Colleagues are told once how many cases they have been given, not once for each.
        """
        self.check_access('write')
        labels = {
            name: self._fields[name]._description_string(self.env) for name in values
        }
        # each change is told by the line below; that of the tracking would be a message more
        # for each case and field
        quiet = self.with_context(mail_notrack=True, mail_auto_subscribe_no_notify=True)
        # read at once: each target that is reached looks for its escalations
        # sudo: read ahead into the cache, and shown to nobody
        self.sudo().target_ids.mapped('escalation_ids')
        quiet.write(values)
        shown = ', '.join(
            f'{label}: {self._shown_value(name)}' for name, label in labels.items())
        self._message_log_batch(bodies=dict.fromkeys(
            self.ids, self.env._('Changed for %(count)s cases together: %(changes)s',
                                 count=len(self), changes=shown)))
        if values.get('user_id') and values['user_id'] != self.env.uid:
            self._tell_assigned(self.env['res.users'].browse(values['user_id']))

    def _shown_value(self, name):
        value = self[:1][name]
        field = self._fields[name]
        if field.relational:
            return ', '.join(value.mapped('display_name')) or '–'
        return field.convert_to_export(value, self[:1]) or '–'

    def _tell_assigned(self, user):
        self.env['mail.thread'].message_notify(
            partner_ids=user.partner_id.ids,
            subject=self.env._('%s cases for you', len(self)),
            body=self.env._(
                '%(who)s has given you %(count)s cases. You find them under My Cases.',
                who=self.env.user.name, count=len(self)),
        )
