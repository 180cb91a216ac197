from odoo import api, fields, models, tools
from odoo.fields import Domain


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

    @api.model
    @tools.ormcache()
    def _names(self):
        """The domains that are on the list now."""
        # sudo: a mere list of names
        return frozenset(self.sudo().search_fetch(Domain.TRUE, ['name']).mapped('name'))

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create([self._tidy(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(self._tidy(vals))

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _tidy(self, vals):
        """Return the values with the domain as it is compared: lower case, without an @."""
        if not vals.get('name'):
            return vals
        return {**vals, 'name': vals['name'].strip().lower().rpartition('@')[2]}
