from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import formatLang


class ServiceReplannedMixin(models.AbstractModel):
    """What promises something on cases: says so while many of them are planned anew by it."""

    _name = 'service.replanned.mixin'
    _description = 'Its Cases Are Planned Anew'

    replanning_text = fields.Char(
        compute='_compute_replanning_text', groups='crm_plus_service.group_manager'
    )

    @api.depends('company_id')
    def _compute_replanning_text(self):
        # sudo: how far the job is, in figures
        replannings = self.env['service.replanning'].sudo().search(
            Domain('company_id', 'in', self.company_id.ids))
        for record in self:
            own = record._get_replannings(replannings)
            record.replanning_text = bool(own) and self.env._(
                'What is promised on open cases is being planned anew: %(planned)s of %(all)s '
                'are done. The others still run by what was promised before.',
                planned=self._shown(sum(own.mapped('planned_count'))),
                all=self._shown(sum(max(it.case_count, it.planned_count) for it in own)),
            )

    @api.model
    def _shown(self, number):
        return formatLang(self.env, number, digits=0)

    def _get_replannings(self, replannings):
        """Return those that plan the cases of this record."""
        self.ensure_one()
        return replannings.filtered(lambda it: it.company_id == self.company_id)
