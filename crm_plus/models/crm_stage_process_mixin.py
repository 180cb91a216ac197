from odoo import fields, models


class CrmStageProcessMixin(models.AbstractModel):
    """What a stage asks for before it is left, and what happens when it is entered."""

    _name = 'crm.stage.process.mixin'
    _description = "Stage with Exit Criteria and Entry Actions"

    exit_criterion_ids = fields.One2many('crm.stage.criterion', 'stage_id', "Exit Criteria")
    entry_action_ids = fields.One2many('crm.stage.action', 'stage_id', "Entry Actions")
    gate_free = fields.Boolean(
        "Open From Everywhere",
        help="Opportunities move here whatever the stages on the way ask for. Without it, also "
        "winning an opportunity meets the criteria of all stages that it passes.",
    )
