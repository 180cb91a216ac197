from odoo import fields, models


class CrmTeamResponseMixin(models.AbstractModel):
    """The hours in which a team answers its leads."""

    _name = 'crm.team.response.mixin'
    _description = "When a Sales Team Answers"

    response_calendar_id = fields.Many2one(
        'resource.calendar', "Working Hours",
        domain="[('company_id', 'in', [False, company_id])]", ondelete='restrict',
        help="The hours in which the team answers new leads, with lunch, holidays and time "
             "zone. Leave empty to use those of the company.",
    )
