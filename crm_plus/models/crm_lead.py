from odoo import models


class CrmLead(models.Model):
    _name = 'crm.lead'
    # what changes a method of Odoo's lead stands before it, so that it is asked first
    _inherit = [
        'crm.lead.entry.mixin',
        'crm.lead.gate.mixin',
        'crm.lead.procurement.mixin',
        'crm.lead.slippage.mixin',
        'crm.lead.scoring.mixin',
        'crm.lead.duplicates.mixin',
        'crm.lead.merge.mixin',
        'crm.lead.response.mixin',
        'crm.lead.finding.mixin',
        'crm.lead.quality.mixin',
        'crm.lead.forecast.mixin',
        'crm.lead.result.mixin',
        'crm.lead.capture.mixin',
        'crm.lead.consent.mixin',
        'crm.lead.touch.mixin',
        'crm.lead',
    ]
