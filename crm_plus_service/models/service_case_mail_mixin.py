from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.crm_plus.tools.once import one_at_a_time


class ServiceCaseMailMixin(models.AbstractModel):
    """How a case talks by mail: opened by it, joined by replies, answered so that they come back.

    Mail that must not make a case (automatic answers, loops) is dropped before it gets here, see
    ``mail.thread.message_route``.
    """

    _name = 'service.case.mail.mixin'
    _inherit = ['mail.thread.cc']
    _description = 'Case: Mail'

    # An address whose cases keep coming gets no further acknowledgement within a day: two
    # machines that acknowledge each other without saying so in a header would never stop.
    ACKNOWLEDGEMENTS_PER_DAY = 5

    source_message_id = fields.Char(
        readonly=True, copy=False, index='btree_not_null', groups='base.group_user'
    )

    # ------------------------------------------------------------
    # MAIL GATEWAY
    # ------------------------------------------------------------

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Open a case from an e-mail to a team, for the contact who wrote it if we know one."""
        # Whoever the gateway runs as is not the agent. Who becomes the agent follows the case and
        # gets the message itself, and needs no second mail that says so.
        self = self.with_context(default_user_id=False, mail_auto_subscribe_no_notify=True)
        values = {
            'source_message_id': msg_dict.get('message_id'),
            'partner_id': self._get_sender_contact(msg_dict, custom_values or {}).id,
            **(custom_values or {}),
        }
        values['name'] = (
            values.get('name')
            or (msg_dict.get('subject') or '').strip()
            or self.env._('No subject')
        )
        return super().message_new(msg_dict, values)

    @api.model
    def _get_sender_contact(self, msg_dict, values):
        """Return the known contact who sent the message, if the team's company may use it."""
        contact = self.env['res.partner'].browse(msg_dict.get('author_id') or [])
        team = self.env['service.team'].browse(values.get('team_id') or [])
        company = team.company_id or self.env.company
        if contact.company_id and contact.company_id != company:
            return contact.browse()
        return contact

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        # the indexed address, where the default compares every case's text
        return [('email_normalized', '=', email_from_normalized)]

    def _message_post_after_hook(self, message, msg_vals):
        res = super()._message_post_after_hook(message, msg_vals)
        if message.message_type in ('comment', 'email'):
            self._link_answered_customer(message)
            if self._is_from_customer(message):
                if self._is_closed_for_good():
                    self._open_follow_up(message)
                else:
                    self._reopen_for_customer()
                    self._note_customer_message()
                    self._acknowledge(message)
            elif self._is_answer(message):
                self._note_answer()
        return res

    @api.model
    def _is_from_customer(self, message):
        """Tell whether a message was written by somebody who is no colleague."""
        return (
            not message.subtype_id.internal
            and not message.is_internal
            and (not message.author_id or message.author_id.partner_share)
        )

    @api.model
    def _is_answer(self, message):
        """Tell whether a colleague, and no machine, wrote something that the customer can read."""
        return (
            not message.subtype_id.internal
            and not message.is_internal
            and message.author_id != self.env.ref('base.partner_root')
        )

    def _reopen_for_customer(self):
        # sudo: a customer may answer but not change a case, and answering opens it again
        self.sudo().filtered('closed_date').action_reopen()

    def _link_answered_customer(self, message):
        """Make the contact that an answer created from the sender's address the customer.

        When the company was known by the sender's mail domain, the contact becomes one of its.
        """
        company = self.partner_id
        if (
            not self.email_normalized
            or self._is_from_customer(message)
            or (company and (not company.is_company or self._is_sent_by_customer()))
        ):
            return
        contact = message.partner_ids.filtered(
            lambda partner: partner.email_normalized == self.email_normalized
        )[:1]
        if company and contact and not contact.commercial_partner_id.is_company:
            contact.parent_id = company
        if contact and contact.commercial_partner_id in (company or contact.commercial_partner_id):
            self.partner_id = contact

    def _acknowledge(self, message):
        """Tell the sender of the e-mail that opened this case that it has arrived.

        Mail written by machines never gets this far, see ``mail.thread.message_route``.
        """
        self.ensure_one()
        # sudo: the writer may be a customer, and the template is the team's configuration,
        # rendered on this case alone
        self = self.sudo()
        template = self.team_id.acknowledgement_template_id
        if (
            not template
            or message.message_id != self.source_message_id
            or not self.email_normalized
            or self._has_enough_acknowledgements()
        ):
            return
        is_customer = self.partner_id and self._is_sent_by_customer()
        render = template.with_context(lang=self.partner_id.lang or self.env.lang)._render_field
        body = render('body_html', self.ids, compute_lang=True)[self.id]
        subject = render('subject', self.ids, compute_lang=True)[self.id]
        # sudo: a machine's mail in the team's name, to who has just written, with words of the
        # template alone
        self.with_user(SUPERUSER_ID).message_post(
            body=body,
            subject=subject,
            message_type='auto_comment',
            subtype_xmlid='mail.mt_comment',
            email_from=self.team_id.alias_email or self.company_id.email_formatted,
            author_id=self.env.ref('base.partner_root').id,
            partner_ids=self.partner_id.ids if is_customer else [],
            outgoing_email_to=False if is_customer else self.email_from,
            notify_skip_followers=True,
            mail_headers={'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All'},
        )

    def _has_enough_acknowledgements(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        domain = [('email_normalized', '=', self.email_normalized), ('opened_date', '>=', since)]
        limit = self.ACKNOWLEDGEMENTS_PER_DAY
        # sudo: counts the sender's cases in every company, and shows none of them
        if self.sudo().search_count(domain, limit=limit + 1) > limit:
            return True
        # cases of the same sender that are opened at this moment count as well
        with one_at_a_time(self.env, f'acknowledgement {self.email_normalized}') as env:
            others = [*domain, ('id', '!=', self.id)]
            return env[self._name].sudo().search_count(others, limit=limit) >= limit

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        res = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        by_mail = any(to['notif'] == 'email' for to in recipients_data)
        if by_mail and self.env.context.get('mail_notify_force_send') is False:
            # sudo: what was put into the queue goes out at once, and not in an hour
            self.env.ref('mail.ir_cron_mail_scheduler_action').sudo()._trigger()
        return res

    def _notify_get_reply_to(self, default=None, author_id=False):
        # sudo: the team's address is what customers answer to, whoever writes
        teams = self.sudo().team_id._notify_get_reply_to(default=default, author_id=author_id)
        return {case.id: teams.get(case.sudo().team_id.id) for case in self}
