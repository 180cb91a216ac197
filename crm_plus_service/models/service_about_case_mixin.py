from odoo import models


class ServiceAboutCaseMixin(models.AbstractModel):
    """What says something about one case (``case_id``), and leads to it from lists and figures."""

    _name = 'service.about.case.mixin'
    _description = 'About a Case'

    def action_open_case(self):
        """Open the case."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'service.case',
            'res_id': self.case_id.id,
            'views': [(False, 'form')],
        }
