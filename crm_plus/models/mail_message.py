from odoo import models


class MailMessage(models.Model):
    _inherit = 'mail.message'

    def _invalidate_documents(self, model=None, res_id=None):
        """Wait until all messages of merged leads are turned: it asks the database for each."""
        if self.env.context.get('crm_messages_of_merge'):
            return None
        return super()._invalidate_documents(model=model, res_id=res_id)
