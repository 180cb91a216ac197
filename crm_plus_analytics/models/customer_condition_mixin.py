from ast import literal_eval

import psycopg2

from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

#: What building a search raises for conditions that make no sense.
DOMAIN_ERRORS = (ValueError, KeyError, TypeError, SyntaxError, AttributeError, NotImplementedError,
                 RecursionError, MemoryError)


class CustomerConditionMixin(models.AbstractModel):
    """What decides on customers by conditions on their scores, built in Odoo's own widget.

    Conditions are tried out when they are saved, with the rights of who saves them: nobody
    learns by a rule what they may not see.
    """
    _name = 'customer.condition.mixin'
    _description = 'Conditions on Customer Scores'
    #: What the conditions decide: conditions on it would go round in circles.
    _decided_fields = frozenset()

    domain = fields.Char(
        string="Conditions", default='[]',
        help="Which customers are taken, by what was measured and estimated of them.")

    def _parse_domain(self) -> Domain:
        """Return the conditions.

        :raises ValidationError: when they cannot be read
        """
        try:
            return Domain(literal_eval(self.domain or '[]'))
        except DOMAIN_ERRORS as error:
            raise self._domain_error(self.env._("they cannot be read"), error) from error

    def _check_domain(self):
        """Refuse conditions that could not be evaluated.

        :raises ValidationError: says what is wrong and what to do
        """
        domain = self._parse_domain()
        if _field_names(domain) & self._decided_fields:
            raise ValidationError(self.env._(
                "The conditions of “%s” ask for something that is decided only by them. Use "
                "measures and scores instead.", self.display_name))
        self._try_conditions(domain)

    def _try_conditions(self, domain: Domain) -> int:
        """Return how many scores fulfil the conditions, as far as the reader may see them.

        :raises ValidationError: when the database cannot evaluate them
        """
        # constraints run with all rights
        scores = self.env['customer.score'].sudo(False)
        try:
            with self.env.cr.savepoint(flush=False), mute_logger('odoo.sql_db', 'odoo.domains'):
                return scores.search_count(domain & Domain('active', '=', True))
        except AccessError as error:
            raise ValidationError(self.env._(
                "The conditions of “%(name)s” use something that you may not see: %(reason)s",
                name=self.display_name, reason=error)) from error
        except (UserError, psycopg2.DataError, psycopg2.ProgrammingError, *DOMAIN_ERRORS) as error:
            raise self._domain_error(self.env._("they make no sense"), error) from error

    def _domain_error(self, what: str, error: Exception) -> ValidationError:
        reason = str(error).strip().partition('\n')[0]
        return ValidationError(self.env._(
            "The conditions of “%(name)s” cannot be used, %(what)s: %(reason)s. Choose fields of "
            "the customer's score and values that fit them.",
            name=self.display_name, what=what, reason=reason))

    def _scores_by_conditions(self, company, extra: Domain = Domain.TRUE) -> SQL:
        """Select the scores of a company that fulfil the conditions.

        :param extra: further conditions
        :raises ValidationError: when the conditions can be evaluated no longer
        """
        # sudo: who wrote the conditions could evaluate them; the scoring does it for everybody
        scores = self.env['customer.score'].sudo().with_company(company).with_context(
            allowed_company_ids=company.ids, active_test=False)
        conditions = self._conditions()
        try:
            return scores._search(
                conditions & Domain('company_id', '=', company.id) & Domain('active', '=', True)
                & extra).subselect()
        except DOMAIN_ERRORS as error:
            raise self._domain_error(
                self.env._("something that they ask for is gone"), error) from error

    def _conditions(self) -> Domain:
        """Return all that decides; to be extended."""
        return self._parse_domain()


def _field_names(domain: Domain) -> set[str]:
    """Return the names of all fields on the paths of a domain, subdomains included."""
    names = set()
    for condition in domain.iter_conditions():
        names.update(condition.field_expr.split('.'))
        if isinstance(condition.value, Domain):
            names |= _field_names(condition.value)
        elif condition.operator in ('any', 'not any') and isinstance(condition.value, list):
            names |= _field_names(Domain(condition.value))
    return names
