from odoo import fields, models
from odoo.tools import email_normalize_all


class MailTemplate(models.Model):
    _inherit = 'mail.template'

    consent_purpose_id = fields.Many2one(
        'crm.consent.purpose', string="Purpose of Consent", index='btree_not_null',
        ondelete='restrict',
        help="Mails made with this template go to nobody who has not agreed to it, or has "
             "refused. Leave it empty for answers and for what belongs to an order.",
    )

    def send_mail(self, res_id, force_send=False, raise_exception=False, email_values=None,
                  email_layout_xmlid=False):
        """Return False, and send nothing, where the recipient has not agreed."""
        self.ensure_one()
        if not self._leave_out_refusing([res_id], email_values):
            return False
        return super().send_mail(
            res_id, force_send=force_send, raise_exception=raise_exception,
            email_values=email_values, email_layout_xmlid=email_layout_xmlid)

    def send_mail_batch(self, res_ids, force_send=False, raise_exception=False, email_values=None,
                        email_layout_xmlid=False):
        self.ensure_one()
        return super().send_mail_batch(
            self._leave_out_refusing(res_ids, email_values), force_send=force_send,
            raise_exception=raise_exception, email_values=email_values,
            email_layout_xmlid=email_layout_xmlid)

    def _leave_out_refusing(self, res_ids, email_values):
        """Return the ids of the records of which every recipient may be written to."""
        # sudo: whoever sends keeps to it, also those who may not see purposes
        purpose = self.sudo().consent_purpose_id
        if not purpose or not res_ids:
            return res_ids
        self._send_check_access(res_ids)
        values = self._generate_template(res_ids, ('email_cc', 'email_to', 'partner_to'))
        # sudo: the addresses of recipients, to see whether they may be written to
        partners = self.env['res.partner'].sudo()
        emails = {
            res_id: {
                *email_normalize_all(one.get('email_to') or ''),
                *email_normalize_all(one.get('email_cc') or ''),
                *email_normalize_all((email_values or {}).get('email_to') or ''),
                *partners.browse(one.get('partner_ids') or []).mapped('email_normalized'),
            } - {False}
            for res_id, one in values.items()
        }
        # sudo: only who is to get no mail
        refusing = self.env['crm.consent'].sudo()._get_refusing(
            purpose, set().union(*emails.values()))
        return [res_id for res_id in res_ids if not emails[res_id] & refusing]
