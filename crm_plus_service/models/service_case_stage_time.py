from odoo import fields, models


class ServiceCaseStageTime(models.Model):
    """How long a case stood in a stage, and with whom: one row per stay, written by the case."""

    _name = 'service.case.stage.time'
    _inherit = ['service.about.case.mixin']
    _description = 'Time in Stage'
    _order = 'start_date, id'
    _rec_name = 'stage_id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    stage_id = fields.Many2one('service.stage', required=True, index=True, ondelete='cascade')
    team_id = fields.Many2one('service.team', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    user_id = fields.Many2one('res.users', string='Agent', ondelete='set null',
                              help='Who was responsible when the case left the stage.')
    type_id = fields.Many2one(related='case_id.type_id', store=True)
    start_date = fields.Datetime(string='From', required=True)
    end_date = fields.Datetime(string='Until', help='Empty while the case is still there.')
    hours = fields.Float(
        string='Working Hours',
        readonly=True,
        aggregator='avg',
        help='Working hours of the team that the case spent there. Counted when it leaves.',
    )

    _one_running = models.UniqueIndex(
        '(case_id) WHERE end_date IS NULL', 'A case is in one stage at a time.'
    )

    def _leave(self, moment):
        """End the stays, and count their working hours."""
        for (calendar, company), stays in self.grouped(
            lambda stay: (stay.team_id.resource_calendar_id, stay.company_id)
        ).items():
            amounts = calendar._work_between(
                company, [(stay.start_date, max(moment, stay.start_date)) for stay in stays])
            for stay, amount in zip(stays, amounts, strict=True):
                stay.write({
                    'end_date': max(moment, stay.start_date),
                    'hours': amount / 3600,
                    'user_id': stay.case_id.user_id.id,
                })
