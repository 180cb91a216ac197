"""Fields that only the buttons of a record write."""

from odoo import api, models
from odoo.exceptions import UserError


class CrmAccountPlanSealedMixin(models.AbstractModel):
    """For records of account plans that keep what was measured.

    That a field is readonly on the screen keeps nobody from writing it by other means. What
    :meth:`_sealed_fields` names is written by the record's own methods alone, which check the
    rights first.
    """

    _name = 'crm.account.plan.sealed.mixin'
    _description = "Account Plan: What Is Not Typed In"

    @api.model
    def _sealed_fields(self) -> set[str]:
        """Names of the fields that nobody types in."""
        return set()

    def _without_sealed_defaults(self):
        """Let the context say nothing of what is sealed."""
        sealed = {f'default_{name}' for name in self._sealed_fields()}
        return self.with_env(self.env(context={
            key: value for key, value in self.env.context.items() if key not in sealed
        }))

    @api.model
    def default_get(self, fields):
        if self.env.su:
            return super().default_get(fields)
        return super(
            CrmAccountPlanSealedMixin, self._without_sealed_defaults()).default_get(fields)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        sealed = self._sealed_fields()
        return super(CrmAccountPlanSealedMixin, self._without_sealed_defaults()).create([
            {name: value for name, value in vals.items() if name not in sealed}
            for vals in vals_list
        ])

    def write(self, vals):
        if not self.env.su and (sealed := vals.keys() & self._sealed_fields()):
            labels = ", ".join(
                self._fields[name]._description_string(self.env) for name in sorted(sealed))
            raise UserError(self.env._(
                "%s: nobody types that in. Use the buttons of the form.", labels))
        return super().write(vals)

    def _write_sealed(self, vals):
        """Write what is sealed, for somebody who may change the records."""
        self.check_access('write')
        # sudo: opens the seal; the right to write was checked right above
        return self.sudo().write(vals)
