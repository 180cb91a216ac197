from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = 'mail.compose.message'

    def _prepare_mail_values(self, res_ids):
        """Keep what is forwarded to others, and is no answer, from the customer's page."""
        values = super()._prepare_mail_values(res_ids)
        if (
            self.model == 'service.case'
            and self.composition_mode == 'comment'
            and self.composition_comment_option == 'forward'
        ):
            for case in self.env['service.case'].browse(res_ids):
                if case.partner_id.id not in values[case.id].get('partner_ids', []):
                    values[case.id]['is_internal'] = True
        return values
