import base64
import binascii

from odoo import fields, models


class CrmIndustryImport(models.TransientModel):
    """Take in an industry template that was exported elsewhere, and show what it would do."""

    _name = 'crm.industry.import'
    _description = "Import of an Industry Template"

    file = fields.Binary(
        string="Zip File", required=True, attachment=False,
        help="As CRM+ exports it: one folder with the files of the template.",
    )
    file_name = fields.Char(string="Name of the File")

    def action_import(self):
        """Read the file and open its preview; errors name the file, the entry and the remedy."""
        self.ensure_one()
        try:
            data = base64.b64decode(self.file)
        except binascii.Error:
            data = b''  # refused as any other damaged file
        template = self.env['crm.industry.template']._import_zip(data)
        return {
            **self.env['ir.actions.client']._for_xml_id('crm_plus.crm_industry_preview_action'),
            'context': {'active_id': template.id},
        }
