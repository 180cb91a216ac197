"""The company of the benchmark: its journals, currencies and products, and all that it has sold."""

from purchases.errors import HistoryError
from purchases.on_account import load
from purchases.on_account.exemplar import Setting

from . import population

TAG = "Benchmark"


def fill(env, customers: int, invoices: int, progress, writing) -> None:
    """Write the population's documents into the main company; goes on where a killed one stopped."""
    people, sales = population.draw(customers, invoices)
    rates = population.exchange_rates()
    setting, products = _setting(env, rates), _products(env)
    env.cr.commit()
    load(env, setting, products, rates, people, sales, progress, writing=writing)


def _setting(env, rates) -> Setting:
    company = env.ref("base.main_company")
    euro = env.ref("base.EUR" if company.currency_id.name != "EUR" else "base.USD")
    euro.active = True
    bank = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
    if not bank:
        raise HistoryError(f"{company.name} has no bank journal: build the database anew.")
    if not env["res.currency.rate"].search_count([("currency_id", "=", euro.id), ("company_id", "=", company.id)]):
        env["res.currency.rate"].create([
            {"currency_id": euro.id, "company_id": company.id, "name": month.item(), "rate": rate}
            for month, rate in rates.items()
        ])
    return Setting(
        payment_journal=bank,
        payment_term=env.ref("account.account_payment_term_30days"),
        term_days=population.TERM,
        pricelist=_one(env["product.pricelist"], f"{TAG} {euro.name}", currency_id=euro.id, company_id=company.id),
        tag=_one(env["res.partner.category"], TAG),
    )


def _products(env):
    """Return services (nothing to deliver), untaxed, in several categories and of different cost."""
    parent = env.ref("product.product_category_services", raise_if_not_found=False) or env["product.category"]
    categories = [
        _one(env["product.category"], f"{TAG} category {place + 1}", parent_id=parent.id)
        for place in range(population.CATEGORIES)
    ]
    products = [
        _one(
            env["product.product"], f"{TAG} product {place + 1:02}", type="service", invoice_policy="order",
            list_price=50.0 + 10 * place, standard_price=20.5 + 3.25 * place, purchase_ok=False,
            taxes_id=False, supplier_taxes_id=False, categ_id=categories[place % len(categories)].id,
        )
        for place in range(population.PRODUCTS)
    ]
    return env["product.product"].union(*products)


def _one(model, name: str, **values):
    """Return the record of that name, created if need be."""
    return model.search([("name", "=", name)], limit=1) or model.create({"name": name, **values})
