from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CrmIndustryTemplate(models.Model):
    """A pack of configuration for a trade: previewed, applied, undone, exported and reused.

    Those that add-ons deliver are read from their ``industry`` folders each time; those that were
    imported keep their files here. What may be in the files is said by
    ``crm.industry.sections.mixin``, whether it fits this database by ``crm.industry.check.mixin``,
    what applying would change by ``crm.industry.difference.mixin``.
    """

    _name = 'crm.industry.template'
    _inherit = [
        'crm.industry.sections.mixin',
        'crm.industry.files.mixin',
        'crm.industry.values.mixin',
        'crm.industry.check.mixin',
        'crm.industry.recognise.mixin',
        'crm.industry.difference.mixin',
        'crm.industry.preview.mixin',
        'crm.industry.apply.mixin',
        'crm.industry.configured.mixin',
        'crm.industry.keys.mixin',
        'crm.industry.origin.mixin',
        'crm.industry.export.mixin',
    ]
    _description = "Industry Template"
    _order = 'sequence, name, id'

    key = fields.Char(
        required=True, readonly=True,
        help="The name of the template's folder. It stays the same over all versions.",
    )
    name = fields.Char(required=True, readonly=True, translate=True)
    summary = fields.Char(readonly=True, translate=True)
    description = fields.Text(readonly=True, translate=True)
    version = fields.Char(readonly=True)
    icon = fields.Char(readonly=True)
    sequence = fields.Integer(default=100)
    is_delivered = fields.Boolean(
        "Delivered with CRM+", readonly=True,
        help="Comes with an add-on. The others have been imported.",
    )
    files = fields.Json(
        readonly=True, help="The texts of the files of an imported template, by name.")
    module_ids = fields.Many2many(
        'ir.module.module', string="Covers", compute='_compute_module_ids', compute_sudo=True)
    application_ids = fields.One2many('crm.industry.application', 'template_id')
    last_application_id = fields.Many2one(
        'crm.industry.application', compute='_compute_last_application_id',
        help="The last time that it was applied to this company and not undone.",
    )
    applied_date = fields.Datetime("Applied On", compute='_compute_last_application_id')

    _key_unique = models.Constraint('UNIQUE (key)', "There is a template of that key already.")

    def _compute_module_ids(self):
        modules = self.env['ir.module.module'].sudo()  # sudo: the names of installed add-ons
        for template in self:
            installed = template._get_modules()
            template.module_ids = modules.browse(
                modules._installed()[name] for name in self._industry_sections()
                if name in installed)

    @api.depends('application_ids.state')
    @api.depends_context('company')
    def _compute_last_application_id(self):
        last = {}
        for application in self.env['crm.industry.application'].search([
            ('template_id', 'in', self.ids), ('state', '=', 'applied'),
            ('company_id', '=', self.env.company.id),
        ], order='id'):
            last[application.template_id] = application
        for template in self:
            template.last_application_id = last.get(template)
            template.applied_date = template.last_application_id.date

    # ------------------------------------------------------------
    # WHO MAY
    # ------------------------------------------------------------

    @api.model
    def _check_may_configure(self):
        """Refuse everybody but those who administer the database."""
        if not self.env.su and not self.env.user.has_group('base.group_system'):
            raise AccessError(self.env._(
                "Industry templates are for administrators: they change the settings of the "
                "whole company. Ask one to do it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        if any(template.is_delivered for template in self):
            raise UserError(self.env._(
                "This template is delivered with CRM+ and comes back with each update. Only "
                "imported templates can be deleted."))
