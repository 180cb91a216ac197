import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..industry_templates.reading import parse_files
from ..industry_templates.sections import SETTINGS
from ..industry_templates.shape import KEY
from ..industry_templates.writing import pack
from ..models.crm_industry_keys_mixin import slug

#: how long a template's key may be
KEY_LENGTH = 40


class CrmIndustryExport(models.TransientModel):
    """Write what is set up in a company into a file, to set up another database alike."""

    _name = 'crm.industry.export'
    _description = "Export as an Industry Template"

    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, default=lambda self: self.env.company,
    )
    name = fields.Char(required=True, help="What the template is called, for whom it is.")
    key = fields.Char(
        string="Short Name", required=True, compute='_compute_key', store=True, readonly=False,
        precompute=True,
        help="Small letters, digits and underscores. Who imports a template whose short name is "
             "there already replaces the one that was imported before.",
    )
    version = fields.Char(required=True, default="1.0")
    summary = fields.Char(
        required=True, help="One line that tells templates apart when one is chosen.")
    description = fields.Text(help="For whom it is, and what it brings.")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(string="Name of the File", readonly=True)
    content = fields.Text(string="What Is in It", readonly=True)
    left_out = fields.Text(
        readonly=True, help="What belongs to this database alone, and no template can carry.")

    @api.depends('name')
    def _compute_key(self):
        delivered = self.env['crm.industry.template'].search([('is_delivered', '=', True)])
        for wizard in self:
            key = slug(wizard.name)[:KEY_LENGTH]
            if key in delivered.mapped('key'):
                # what add-ons deliver cannot be imported under the same name
                key = f'own_{key}'[:KEY_LENGTH]
            elif wizard.name and not KEY.fullmatch(key):
                key = f'template_{key}'.strip('_')[:KEY_LENGTH]
            wizard.key = key

    def action_export(self):
        """Write the file, and say what is in it and what is not."""
        self.ensure_one()
        self._check_exportable()
        templates = self.env['crm.industry.template']
        texts = templates._export(
            self.company_id, self.name, self.summary, description=self.description or '',
            key=self.key, version=self.version)
        contents, problems = parse_files(
            {path.rpartition('/')[2]: text for path, text in texts.items()})
        problems = problems or templates._validate_files(contents)
        if problems:
            raise UserError('\n'.join(templates._problem_lines(problems[:20])))
        self.write({
            'file': base64.b64encode(pack(texts)),
            'file_name': f'{self.key}.zip',
            'content': self._describe(contents),
            'left_out': '\n'.join(templates._export_left_out(self.company_id)),
        })
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_industry_export_action'),
            'res_id': self.id,
        }

    def _check_exportable(self):
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work for that company."))
        if not KEY.fullmatch(self.key or ''):
            raise UserError(self.env._(
                "The short name has 2 to 40 small letters, digits and underscores, and begins "
                "with a letter."))

    def _describe(self, contents):
        """Return how many items there are of each section, one line for each add-on."""
        lines = []
        # sudo: the names of add-ons
        modules = self.env['ir.module.module'].sudo()
        for module, sections in self.env['crm.industry.template']._industry_sections().items():
            content = contents.get(f'{module}.json') or {}
            counts = [
                f'{label}: {len(content[key])}'
                for key, label in (
                    (SETTINGS, self.env._("Settings")),
                    *((section.key, section.label) for section in sections))
                if content.get(key)
            ]
            if counts:
                [name] = modules.search([('name', '=', module)]).mapped('shortdesc')
                lines.append(f'{name} — {" · ".join(counts)}')
        return '\n'.join(lines)

    def action_download(self):
        """Give the file out under its name."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_url',
            'url': f'/web/content/{self._name}/{self.id}/file'
                   f'?filename_field=file_name&download=true',
            'target': 'download',
        }
