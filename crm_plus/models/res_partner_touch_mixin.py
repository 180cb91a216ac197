from odoo import models


class ResPartnerTouchMixin(models.AbstractModel):
    """By what a contact came to us first, taken from the lead that it was."""

    _name = 'res.partner.touch.mixin'
    _inherit = ['crm.first.touch.mixin']
    _description = "Contact: First Touch"

    def _keep_first_touch(self, first_touch):
        """Keep the first touch on the contact, unless one is known that was earlier."""
        if not first_touch:
            return
        for partner in self:
            known = partner._get_first_touch()
            if not known or first_touch['first_touch_date'] < known['first_touch_date']:
                # sudo: whoever converts a lead passes on what is known of it
                partner.sudo().write(first_touch)
