from odoo import models


class ServiceCasePortalMixin(models.AbstractModel):
    """What of a case its customer finds in the portal besides fields and messages."""

    _name = 'service.case.portal.mixin'
    _description = 'Case: Portal'

    def _get_portal_files(self):
        """Return the files that a customer sent with the form that opened the case.

        Those of messages show with the messages; those that colleagues keep on the case do not.
        They can be downloaded by their tokens, with the rights on the case alone.
        """
        self.ensure_one()
        # sudo: asked for who may see the case, and only what its customers have sent themselves
        case_sudo = self.sudo()
        files_sudo = case_sudo.env['ir.attachment'].search(
            [
                ('res_model', '=', self._name),
                ('res_id', '=', self.id),
                ('create_uid.share', '=', True),
            ],
            order='id',
        ) - case_sudo.message_ids.attachment_ids
        files_sudo.generate_access_token()
        return files_sudo
