from odoo import api, models
from odoo.exceptions import AccessError


class CrmGuardedFieldsMixin(models.AbstractModel):
    """Fields that CRM+ alone writes, whoever may write the record.

    They are checked where something is written. Odoo's own check of access to a field would be
    asked for every column of every record that is read as well.
    """

    _name = 'crm.guarded.fields.mixin'
    _description = "Fields Written by CRM+ Alone"

    @api.model
    def _guarded_fields(self):
        """The names of these fields; extended with ``super()``."""
        return frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            given = set().union(*vals_list) | {
                key.removeprefix('default_') for key in self.env.context}
            self._check_guarded_fields(given)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_guarded_fields(vals.keys())
        return super().write(vals)

    @api.model
    def _check_guarded_fields(self, given):
        guarded = self._guarded_fields() & given
        if guarded:
            raise AccessError(self.env._(
                "Nobody changes this by hand: %s.", ', '.join(sorted(
                    self._fields[name]._description_string(self.env) for name in guarded))))
