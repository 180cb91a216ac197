from odoo import models


class CrmTeam(models.Model):
    _name = 'crm.team'
    # what changes a method of Odoo's team stands before it, so that it is asked first
    _inherit = [
        'crm.team.assignment.mixin',
        'crm.team',
        'crm.team.response.mixin',
        'crm.team.capture.mixin',
    ]
