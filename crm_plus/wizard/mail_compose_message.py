from ast import literal_eval

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.mail import append_content_to_html


class MailComposeMessage(models.TransientModel):
    """Mails to many at once go to nobody who has not agreed, and say how to get no more of them.

    An answer to one person is never held back.
    """

    _inherit = 'mail.compose.message'

    consent_purpose_id = fields.Many2one(
        'crm.consent.purpose', string="Purpose",
        compute='_compute_consent_purpose_id', store=True, readonly=False,
        help="Who has not agreed to it, or has refused, is left out. Leave it empty only for "
             "messages that belong to an order or to what the person has asked for.",
    )

    @api.depends('composition_mode', 'composition_batch', 'model', 'template_id')
    def _compute_consent_purpose_id(self):
        for composer in self:
            to_many = composer.composition_mode == 'mass_mail' or composer.composition_batch
            purpose = to_many and composer.template_id.consent_purpose_id
            if to_many and not purpose and composer._is_to_people():
                purpose = self.env.company.mass_mail_purpose_id
            composer.consent_purpose_id = purpose

    def _is_to_people(self):
        """Tell whether the mails go to contacts or leads, and not about documents."""
        return bool(self.model) and issubclass(
            self.pool[self.model], self.pool['crm.consent.mixin'])

    def _get_asked_purpose(self):
        # sudo: whoever sends keeps to it, also those who may not see purposes
        return self.sudo().consent_purpose_id

    def _get_optout_emails(self, mail_values_dict):
        optout = super()._get_optout_emails(mail_values_dict)
        purpose = self._get_asked_purpose()
        if self.composition_mode != 'mass_mail' or not purpose:
            return optout
        recipients = self._get_recipients_data(mail_values_dict).values()
        # sudo: only who is to get no mail
        consents = self.env['crm.consent'].sudo()
        return list(optout) + list(consents._get_refusing(purpose, {
            email for recipient in recipients for email in recipient['mail_to_normalized']
        }))

    def _process_mail_values_state(self, mail_values_dict):
        """Tell who gets one of the mails how to get no more of them."""
        mail_values_dict = super()._process_mail_values_state(mail_values_dict)
        purpose = self._get_asked_purpose()
        if not purpose:
            return mail_values_dict
        recipients = self._get_recipients_data(mail_values_dict)
        people = self.env['crm.consent.mixin']
        for res_id, mail_values in mail_values_dict.items():
            emails = recipients[res_id]['mail_to_normalized']
            if len(emails) != 1 or mail_values.get('state') in ('cancel', 'exception'):
                continue
            url = people._make_consent_url(emails[0], self.env.company)
            stop = people._make_consent_url(
                emails[0], self.env.company, page=f'/stop/{purpose.id}')
            mail_values['body_html'] = append_content_to_html(
                mail_values.get('body_html') or '',
                Markup('<p style="font-size: 12px;"><a href="{}">{}</a></p>').format(
                    url, self.env._("What I want to get, and what not")),
                plaintext=False,
            )
            # what mail programs show as their own button (RFC 2369 and 8058)
            mail_values['headers'] = repr({
                **literal_eval(mail_values.get('headers') or '{}'),
                'List-Unsubscribe': f'<{stop}>',
                'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            })
        return mail_values_dict

    def _manage_mail_values(self, mail_values_all):
        """Leave out who has not agreed also where each record gets a message of its own."""
        mail_values_all = super()._manage_mail_values(mail_values_all)
        purpose = self._get_asked_purpose()
        if not (purpose and self.composition_mode == 'comment' and self._is_to_people()):
            return mail_values_all
        allowed = self.env[self.model].browse(mail_values_all)._check_consent(purpose)
        return {res_id: mail_values_all[res_id] for res_id in allowed.ids}
