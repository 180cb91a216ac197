from odoo import api, fields, models


class ServicePublicDomain(models.Model):
    """A mail domain where anybody has an address: it tells nothing about who writes from it."""

    _name = 'service.public.domain'
    _description = 'Public Mail Domain'
    _order = 'name'

    name = fields.Char(
        string='Domain',
        required=True,
        help='What stands behind the @. Senders are not matched with customers by this domain.',
    )
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint('UNIQUE (name)', 'This domain is on the list already.')

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._tidy(vals))

    @api.model
    def _tidy(self, vals):
        """Return the values with the domain as it is compared: lower case, without an @."""
        if not vals.get('name'):
            return vals
        return {**vals, 'name': vals['name'].strip().lower().rpartition('@')[2]}
