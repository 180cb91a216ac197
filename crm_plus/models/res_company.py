from odoo import models


class ResCompany(models.Model):
    _name = 'res.company'
    # what changes a method of Odoo's company stands before it, so that it is asked first
    _inherit = [
        'res.company.scoring.mixin',
        'res.company.duplicates.mixin',
        'res.company.quality.mixin',
        'res.company.result.mixin',
        'res.company.consent.mixin',
        'res.company.capture.mixin',
        'res.company.key.account.mixin',
        'res.company.account.health.mixin',
        'res.company',
    ]
