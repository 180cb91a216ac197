from odoo import models


class MailActivity(models.Model):
    _inherit = 'mail.activity'

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever does the activity of an action of an account plan has done the action."""
        done = self.filtered(lambda activity: (
            activity.res_model == 'crm.account.plan.action' and activity.automated
        )).mapped('res_id')
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if done:
            # sudo: it is their action, whatever else of the plan they may change
            self.env['crm.account.plan.action'].sudo().browse(done).exists()._done_by_activity()
        return result
