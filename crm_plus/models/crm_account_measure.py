from odoo import models


class CrmAccountMeasure(models.AbstractModel):
    """Everything by which key accounts are measured: goals of plans, and the page for a visit.

    Ideas of this module add theirs as a mixin to the list, other modules extend ``_measures``
    of this model with ``super()``; :class:`Measure` tells what one has to deliver.
    """

    _name = 'crm.account.measure'
    _inherit = [
        'crm.account.measure.dealings.mixin',
        'crm.account.measure.money.mixin',
        'crm.account.measure.sales.mixin',
    ]
    _description = "Measures of Key Accounts"
