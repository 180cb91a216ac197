from odoo import api, models
from odoo.fields import Domain

#: Models of which each record is of one customer.
OF_CUSTOMERS = (
    'customer.score', 'customer.score.backtest.customer', 'customer.score.history',
    'customer.tier.proposal',
)


class IrRule(models.Model):
    _inherit = 'ir.rule'

    @api.model
    def _compute_domain(self, model_name, mode='read'):
        """A score is as visible as its customer: the rules on contacts hold for it too.

        The host does the same for models that inherit from another one by delegation.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name in OF_CUSTOMERS and not self.env.su:
            customers = self._compute_domain('res.partner', mode)
            if not customers.is_true():
                domain &= Domain('partner_id', 'any', customers)
        return domain
