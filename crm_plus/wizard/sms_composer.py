from odoo import api, fields, models


class SmsComposer(models.TransientModel):
    """Text messages to many at once go to nobody who has not agreed.

    One to a single person is never held back, as with mails.
    """

    _inherit = 'sms.composer'

    consent_purpose_id = fields.Many2one(
        'crm.consent.purpose', string="Purpose", compute='_compute_consent_purpose_id',
        store=True, readonly=False,
        help="Who has not agreed to it, or has refused, is left out. Leave it empty only for "
             "messages that belong to an order or to what the person has asked for.",
    )

    @api.depends('composition_mode', 'res_model')
    def _compute_consent_purpose_id(self):
        for composer in self:
            composer.consent_purpose_id = (
                composer.composition_mode == 'mass' and composer._is_to_people()
                and self.env.company.mass_mail_purpose_id)

    def _is_to_people(self):
        """Tell whether the messages go to contacts or leads, and not about documents."""
        return bool(self.res_model) and issubclass(
            self.pool[self.res_model], self.pool['crm.consent.mixin'])

    def _get_optout_record_ids(self, records, recipients_info):
        optout_ids = super()._get_optout_record_ids(records, recipients_info)
        # sudo: whoever sends keeps to it, also those who may not see purposes
        purpose = self.sudo().consent_purpose_id
        if not purpose or not self._is_to_people():
            return optout_ids
        return [*optout_ids, *(records - records._check_consent(purpose, 'sms')).ids]
