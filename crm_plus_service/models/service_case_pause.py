from odoo import fields, models


class ServiceCasePause(models.Model):
    """A time in which the clock of a case stood still: the ledger behind its deadlines.

    Written by the case as it goes through stages that wait for somebody, and when a closed case
    is opened again; nobody edits it.
    """

    _name = 'service.case.pause'
    _description = 'Pause of a Case'
    _order = 'start_date, id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    kind = fields.Selection(
        [
            ('customer', 'Waiting for the customer'),
            ('third_party', 'Waiting for somebody else'),
            ('closed', 'Closed'),
        ],
        required=True,
        string='Reason',
    )
    start_date = fields.Datetime(string='From', required=True)
    end_date = fields.Datetime(string='Until', help='Empty as long as the pause goes on.')
    user_id = fields.Many2one('res.users', string='Set By', ondelete='set null')

    _order_of_dates = models.Constraint(
        'CHECK (end_date IS NULL OR end_date >= start_date)',
        'A pause cannot end before it begins.',
    )
    _one_running = models.UniqueIndex(
        '(case_id) WHERE end_date IS NULL', 'A case is paused once at a time.'
    )
