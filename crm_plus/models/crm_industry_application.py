from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CrmIndustryApplication(models.Model):
    """That a template was applied to a company: by whom, when, what it did, and undoing it.

    Written by nothing but applying and undoing.
    """

    _name = 'crm.industry.application'
    _inherit = [
        'crm.industry.values.mixin', 'crm.industry.usage.mixin', 'crm.industry.undo.mixin']
    _description = "Applied Industry Template"
    _order = 'id desc'

    template_id = fields.Many2one(
        'crm.industry.template', "Template as It Is Now", readonly=True, index='btree_not_null',
        ondelete='set null')
    template_key = fields.Char("Key of the Template", required=True, readonly=True, index=True)
    name = fields.Char("Template", required=True, readonly=True)
    version = fields.Char(readonly=True)
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade')
    user_id = fields.Many2one(
        'res.users', "Applied By", readonly=True, default=lambda self: self.env.user)
    date = fields.Datetime("Applied On", readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [('applied', "Applied"), ('undone', "Undone")], required=True, readonly=True,
        default='applied')
    undone_by_id = fields.Many2one('res.users', readonly=True)
    undone_date = fields.Datetime("Undone On", readonly=True)
    languages = fields.Char(
        "Languages Added", readonly=True,
        help="Came into use in the whole database with the template. Undoing leaves them.",
    )
    recognised = fields.Json(
        "Found as It Should Be", readonly=True,
        help="Records that the template knew and did not write to, with their external ids, by "
             "item: they are known again when somebody has renamed them.",
    )
    line_ids = fields.One2many('crm.industry.application.line', 'application_id', "What Was Done")
    created_count = fields.Integer("Created", compute='_compute_counts', store=True)
    changed_count = fields.Integer("Changed", compute='_compute_counts', store=True)

    @api.depends('line_ids.kind')
    def _compute_counts(self):
        for application in self:
            kinds = application.line_ids.mapped('kind')
            application.created_count = kinds.count('created')
            application.changed_count = kinds.count('changed')

    @api.depends('name', 'date')
    def _compute_display_name(self):
        """Tell several applications of one template apart."""
        for application in self:
            day = application.date and format_date(
                self.env, fields.Datetime.context_timestamp(self, application.date))
            application.display_name = f'{application.name} ({day})' if day else application.name

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def get_undo_preview(self):
        """Return what undoing would do: it is tried and taken back at once.

        :return: dict of lists: ``returned`` (``name``, ``section``, ``fields``), ``removed``
            (``name``, ``section``) and ``kept`` (``name``, ``section``, ``reason``)
        """
        self._check_may_undo()
        savepoint = self.env.cr.savepoint()
        try:
            return self._undo()
        finally:
            savepoint.close(rollback=True)
            # what was remembered meanwhile is not true
            self.env.registry.clear_all_caches()
            self.env.invalidate_all(flush=False)

    def action_undo(self):
        """Put back what the template changed and delete what it made, where nobody uses it."""
        self._check_may_undo()
        self.env['crm.industry.template']._take_turn()
        with self.env.cr.savepoint():
            self._undo()
            # sudo: an administrator, see above; applications are written by nothing but this
            self.sudo().write({
                'state': 'undone',
                'undone_by_id': self.env.uid,
                'undone_date': fields.Datetime.now(),
            })
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': self.id,
            'views': [(False, 'form')],
        }

    def action_open_undo(self):
        """Show what undoing would do, to decide."""
        self._check_may_undo()
        return {
            'type': 'ir.actions.client',
            'tag': 'crm_plus_industry_undo',
            'params': {'application_id': self.id},
        }

    def _check_may_undo(self):
        self.ensure_one()
        self.env['crm.industry.template']._check_may_configure()
        self.check_access('read')
        if self.state == 'undone':
            raise UserError(self.env._("This has been undone already."))
