from odoo import api, models

#: by model the merge that can be undone, and Odoo's, which deletes what is merged away
MERGES = {
    'crm.lead': ('crm_plus.crm_lead_merge_action', 'crm.action_merge_opportunities'),
    'res.partner': ('crm_plus.res_partner_merge_action', 'base.action_partner_merge'),
}


class IrActionsActions(models.Model):
    _inherit = 'ir.actions.actions'

    @api.model
    def get_bindings(self, model_name):
        """Offer one merge of leads and of contacts: the one with a preview, which can be undone.

        Administrators keep Odoo's merge of contacts: it alone merges people who log in.
        """
        bindings = super().get_bindings(model_name)
        if model_name not in MERGES or (
            model_name == 'res.partner' and self.env.user.has_group('base.group_system')
        ):
            return bindings
        ours, odoos = map(self.env['ir.model.data']._xmlid_to_res_id, MERGES[model_name])
        if not any(action['id'] == ours for actions in bindings.values() for action in actions):
            return bindings
        return {
            kind: kept for kind, actions in bindings.items()
            if (kept := [action for action in actions if action['id'] != odoos])
        }
