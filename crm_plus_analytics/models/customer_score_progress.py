from odoo import fields, models
from odoo.tools import SQL

#: What is done of a run when a phase begins, in percent.
PHASES = {
    'measures': 5,
    'purchase_model': 40,
    'value_model': 60,
    'segments': 75,
    'writing': 80,
}


class CustomerScoreProgress(models.Model):
    """How far a run is, for those who watch it.

    A run is one transaction, of which nobody sees anything before it ends. Its progress is
    therefore written by another transaction, and to another table: writing to the run itself
    would conflict with the run's own last step.
    """
    _name = 'customer.score.progress'
    _description = 'Scoring Progress'
    _log_access = False
    _rec_name = 'phase'

    run_id = fields.Many2one('customer.score.run', required=True, ondelete='cascade')
    phase = fields.Selection([
        ('measures', "Reading the documents"),
        ('purchase_model', "Learning how customers buy"),
        ('value_model', "Learning what they spend"),
        ('segments', "Forming segments"),
        ('writing', "Writing the scores"),
    ], required=True)
    percentage = fields.Integer(required=True)

    _unique_run = models.UniqueIndex('(run_id)', "A run has one progress.")

    def _report(self, run_id: int, phase: str) -> None:
        """Make the phase known at once, whatever becomes of the caller's transaction."""
        with self.pool.cursor() as cr:
            progress = self.with_env(self.env(cr=cr))
            progress._set_phase(run_id, phase)
            progress.env['customer.score.run'].browse(run_id)._notify_watcher()

    def _set_phase(self, run_id: int, phase: str) -> None:
        self.env.cr.execute(SQL(
            """
            INSERT INTO customer_score_progress (run_id, phase, percentage)
                 VALUES (%(run_id)s, %(phase)s, %(percentage)s)
            ON CONFLICT (run_id) DO UPDATE
                    SET phase = EXCLUDED.phase, percentage = EXCLUDED.percentage
            """,
            run_id=run_id, phase=phase, percentage=PHASES[phase],
        ))
        self.invalidate_model()
