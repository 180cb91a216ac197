from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class IrRule(models.Model):
    _inherit = 'ir.rule'

    @api.model
    def _compute_domain(self, model_name, mode='read'):
        """What customers said of a case is as visible as the case, and nobody makes it up.

        Odoo lets every colleague read and write the ratings of everything, in all companies. Those
        of cases are read by who reads the case, and changed by who may delete it.
        """
        domain = super()._compute_domain(model_name, mode)
        if model_name == 'rating.rating' and not self.env.su:
            domain &= self._rating_of_no_case_but('read' if mode == 'read' else 'unlink')
        return domain

    def _rating_of_no_case_but(self, operation):
        """Return the condition that a rating is of no case, or of one with that right."""
        cases = self.env['service.case'].with_context(active_test=False)
        if not cases.has_access(operation):
            return Domain('res_model', '!=', cases._name)
        allowed = self._compute_domain(cases._name, operation)

        def to_sql(model, alias, query):
            # sudo: the condition is the rule itself, that of the reader
            found = cases.sudo()._search(allowed)
            return SQL(
                '(%(model)s IS DISTINCT FROM %(name)s OR %(id)s IN %(found)s)',
                model=model._field_to_sql(alias, 'res_model', query), name=cases._name,
                id=model._field_to_sql(alias, 'res_id', query), found=found.subselect())

        return Domain.custom(
            to_sql=to_sql,
            predicate=lambda rating: (
                rating.res_model != cases._name
                or cases.browse(rating.res_id).has_access(operation)))
