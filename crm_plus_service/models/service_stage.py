from odoo import fields, models


class ServiceStage(models.Model):
    """A step that cases go through. Shared by all companies unless reserved to teams."""

    _name = 'service.stage'
    _description = 'Case Stage'
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(
        string='Folded',
        help='The column of this stage is folded in the board of cases.',
    )
    is_closed = fields.Boolean(
        string='Closes the Case',
        help='A case in this stage is finished: its targets stop and are kept or missed. '
        'A new message of the customer opens it again.',
    )
    is_cancelled = fields.Boolean(
        string='Closes Without Result',
        help='For cases that need nothing: opened by mistake, or twice. They take nothing from a '
        'service contract by cases, and the customer is not asked how satisfied they are.',
    )
    waiting_for = fields.Selection(
        [('customer', 'The customer'), ('third_party', 'Somebody else')],
        help='The promises that allow it stand still while a case is in this stage. When a case '
        'waits for the customer, the message of the customer takes it back to the stage from '
        'which it came.',
    )
    team_ids = fields.Many2many(
        'service.team',
        'service_stage_team_rel',
        'stage_id',
        'team_id',
        string='Teams',
        help='Only these teams use the stage. Leave empty to offer it to every team.',
    )
