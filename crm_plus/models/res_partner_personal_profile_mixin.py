from odoo import models


class ResPartnerPersonalProfileMixin(models.AbstractModel):
    """The way from a contact to its personal profile, and the profile's end with the contact.

    On purpose there is no field of the contact that leads to the entries: what has no field
    cannot be searched, exported, grouped, rendered in a mail or read with all rights.
    """

    _name = 'res.partner.personal.profile.mixin'
    _description = "Partner: Personal Profile"

    def action_open_personal_profile(self):
        """Open what members of the group know about the contact personally."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_personal_profile_action'),
            'name': self.env._("Personal Profile: %s", self.display_name),
            'domain': [('contact_id', '=', self.id)],
            'context': {'default_contact_id': self.id, 'of_one_contact': True},
        }

    def unlink(self):
        # before the database takes them along unseen: the erasure is logged, reminders go too
        self.check_access('unlink')
        self.env['crm.personal.profile']._erase_of_contacts(self, 'contact')
        return super().unlink()
