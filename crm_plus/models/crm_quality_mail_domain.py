from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class CrmQualityMailDomain(models.Model):
    """A mail domain that makes an address worthless: mistyped, or thrown away after use."""

    _name = 'crm.quality.mail.domain'
    _description = "Doubtful Mail Domain"
    _order = 'kind, name'

    name = fields.Char(
        "Domain", required=True, help="What stands behind the @, for example gmial.com.",
    )
    kind = fields.Selection(
        [('typo', "Often mistyped"), ('disposable', "Thrown away after use")],
        required=True, default='typo',
    )
    meant = fields.Char(
        "Meant Is", help="The domain that is proposed instead, for example gmail.com.",
    )
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint('UNIQUE (name)', "This domain is on the list already.")

    @api.constrains('kind', 'meant')
    def _check_meant(self):
        for domain in self:
            if domain.kind == 'typo' and not domain.meant:
                raise ValidationError(self.env._(
                    "Say which domain is meant by %s.", domain.name))

    @api.model_create_multi
    def create(self, vals_list):
        domains = super().create([self._tidy(vals) for vals in vals_list])
        self.env['crm.quality.check']._rules_changed()
        return domains

    def write(self, vals):
        result = super().write(self._tidy(vals))
        self.env['crm.quality.check']._rules_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['crm.quality.check']._rules_changed()
        return result

    @api.model
    def _tidy(self, vals):
        """Return the values with domains as they are compared: lower case, without an @."""
        return {**vals, **{
            name: vals[name].strip().lower().rpartition('@')[2]
            for name in ('name', 'meant') if vals.get(name)
        }}

    @api.model
    @ormcache(cache='stable')
    def _get_domains(self):
        """Return the mistyped domains with what is meant, and the disposable ones.

        :rtype: tuple[dict[str, str], frozenset[str]]
        """
        # sudo: a list of domains without a company, read on behalf of whoever saves an address
        domains = self.sudo().search_fetch(Domain.TRUE, ['name', 'kind', 'meant'])
        return (
            {domain.name: domain.meant for domain in domains if domain.kind == 'typo'},
            frozenset(domain.name for domain in domains if domain.kind == 'disposable'),
        )
