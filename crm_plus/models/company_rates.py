"""Amounts of several companies in the reader's currency."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL


def company_rates(env) -> dict[int | bool, float]:
    """Return the factor that makes an amount of each company one of the current company's.

    At today's rates, in two queries. What belongs to no company, under ``False``, counts in
    the reader's currency, as Odoo does with leads.
    """
    # sudo: of other companies nothing but the rate of their currency is used
    companies = env['res.company'].sudo().search(Domain.TRUE)
    target = env.company.currency_id
    rates = (companies.currency_id | target)._get_rates(
        env.company, fields.Date.context_today(target))
    return {False: 1.0} | {
        company.id: rates[target.id] / rates[company.currency_id.id] for company in companies
    }


def company_rates_table(env) -> SQL:
    """Return :func:`company_rates` as a table ``(company_id int, rate float8)``."""
    return SQL("(VALUES %s)", SQL(", ").join(
        SQL("(%s::int, %s::float8)", company_id or None, rate)
        for company_id, rate in company_rates(env).items()
    ))
