from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

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
                domain &= self._customer_is_none_of(~customers)
        return domain

    def _customer_is_none_of(self, hidden: Domain) -> Domain:
        """Return the condition that the customer is none of the contacts that `hidden` tells.

        Said as NOT EXISTS, not as a condition on the customer: of a million rows of scores
        nearly all may mostly be seen, and looking for the few contacts that may not takes a
        third of the time of looking up each customer.
        """
        # sudo: which contacts to leave out is the rule itself, that of the reader
        contacts = self.env['res.partner'].sudo().with_context(active_test=False)

        def to_sql(model, alias, query):
            found = contacts._search(hidden)
            found.add_where(SQL(
                "%s = %s", SQL.identifier(found.table, 'id'), SQL.identifier(alias, 'partner_id')))
            return SQL("NOT EXISTS %s", found.subselect())

        # sudo: as above, told of one row at a time
        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda row: not row.partner_id.sudo().filtered_domain(hidden))
