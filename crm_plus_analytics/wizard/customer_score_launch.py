from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError


class CustomerScoreLaunch(models.TransientModel):
    """The dialog behind "Score now"."""
    _name = 'customer.score.launch'
    _description = 'Score Customers Now'

    company_id = fields.Many2one(
        'res.company', required=True, default=lambda self: self.env.company,
        help="The company whose documents are read and whose customers are scored.")
    as_of = fields.Date(
        string="As of", required=True, default=fields.Date.context_today,
        help="Documents up to this date are counted. A date in the past shows the customers "
             "as they were then, and replaces the present scores.")

    @api.constrains('as_of')
    def _check_as_of(self):
        for launch in self:
            if launch.as_of > fields.Date.context_today(self):
                raise ValidationError(self.env._(
                    "The date of the scoring lies in the future. Choose today or a day "
                    "before."))

    def action_launch(self):
        """Queue the scoring and show how far it is."""
        self.ensure_one()
        # Who may create this dialog may score; the company must be one of theirs, too.
        self.check_access('write')
        self.company_id.check_access('read')
        # sudo: runs are created by this dialog and the scheduled action only, so that
        # nobody writes a run with made-up results
        Run = self.env['customer.score.run'].sudo()
        Run._mark_interrupted(self.company_id)
        busy = Run.search([
            ('company_id', '=', self.company_id.id), ('state', 'in', ('queued', 'running')),
        ], limit=1)
        if busy:
            raise RedirectWarning(
                self.env._(
                    "The customers of %(company)s are being scored already, started by "
                    "%(user)s. One scoring at a time is enough.",
                    company=self.company_id.name, user=busy.user_id.name),
                self._open(busy),
                self.env._("Show its progress"),
            )
        return self._open(Run._queue(self.company_id, self.as_of))

    def _open(self, run) -> dict:
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'customer.score.run',
            'res_id': run.id,
            'views': [(False, 'form')],
            'target': 'current',
        }
