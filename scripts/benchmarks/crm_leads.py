"""A million leads, written by COPY: people and companies as they come in, some of them twice."""

import io
import random
from collections.abc import Iterator
from typing import NamedTuple

from odoo.tools import SQL

from . import bulk

SEED, BATCH = 20_28, 50_000
TABLE = "crm_lead"
#: How many leads a company has on average, and how many leads are somebody's second.
EACH, TWICE = 2.5, 0.04
STARTS = ("Al", "Bar", "Ber", "Cor", "Dan", "Del", "Els", "Far", "Fen", "Gar", "Hal", "Hol", "Jan", "Kar", "Kel", "Lan",
          "Lin", "Mar", "Mor", "Nor", "Ost", "Pet", "Ram", "Ros", "Sal", "Ste", "Tal", "Van", "Wal", "Zim")
MIDDLES = ("a", "be", "ca", "der", "e", "fel", "go", "hei", "i", "ka", "len", "ma", "nin", "o", "ri", "sen", "ta", "u")
ENDS = ("berg", "bach", "dorf", "feld", "gaard", "horst", "is", "kamp", "lund", "mann", "nov", "ova", "quist", "rup",
        "sen", "son", "stein", "ti", "ton", "wick")
TRADES = ("Automation", "Bearings", "Coatings", "Dairy", "Electric", "Foods", "Glass", "Hydraulics", "Instruments",
          "Joinery", "Kitchens", "Logistics", "Metals", "Nets", "Optics", "Paper", "Quarries", "Rubber", "Steel",
          "Textiles", "Utilities", "Valves", "Water", "Yarns")
FORMS = ("GmbH", "Ltd", "SA", "Inc.", "BV", "AB")
FIRST_NAMES = ("Ada", "Ben", "Carla", "David", "Eva", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Karin", "Leo", "Mia",
               "Nils", "Olga", "Paul", "Rita", "Sven", "Tina", "Udo")
PUBLIC = ("gmail.com", "outlook.com", "yahoo.com", "gmx.net", "hotmail.com")


class Person(NamedTuple):
    """Who a lead is, as a form or a list tells it."""

    company: str
    contact: str
    email: str
    phone: str
    website: str


class People:
    """People at random, the same ones every time."""

    def __init__(self, number: int, seed: int = SEED):
        self.chance = random.Random(seed)
        self.companies = max(int(number / EACH), 1)

    def some(self, number: int) -> Iterator[Person]:
        before: list[Person] = []
        for place in range(number):
            if before and self.chance.random() < TWICE:
                yield self.again(self.chance.choice(before))
                continue
            person = self.somebody()
            if place % 20 == 0:
                before.append(person)
            yield person

    def somebody(self) -> Person:
        chance = self.chance
        number = chance.randrange(self.companies)
        company = random.Random(number)
        surname = self.surname(company)
        domain = f"{surname}-{number}.example".lower()
        contact = f"{chance.choice(FIRST_NAMES)} {self.surname(chance)}"
        local = contact.lower().replace(" ", ".")
        email = chance.choices(
            (f"{local}@{domain}", f"{local}{chance.randrange(10_000)}@{chance.choice(PUBLIC)}", ""), (55, 30, 15))[0]
        return Person(
            f"{surname} {company.choice(TRADES)} {company.choice(FORMS)}" if chance.random() < 0.8 else "",
            contact, email, f"+3247{chance.randrange(10**7):07d}" if chance.random() < 0.7 else "",
            f"https://www.{domain}" if chance.random() < 0.3 else "")

    def again(self, person: Person) -> Person:
        """Return the same person, who has not filled in everything this time."""
        return person._replace(**{self.chance.choice(("email", "phone", "website")): ""})

    @staticmethod
    def surname(chance) -> str:
        return chance.choice(STARTS) + chance.choice(MIDDLES) + chance.choice(ENDS)


def fill(env, number: int, progress) -> None:
    """Write so many leads; what Odoo and CRM+ store of a person's keys is as they would store it themselves."""
    exemplar = env["crm.lead"].create({"name": "Exemplar", "type": "lead", "user_id": False, "team_id": False})
    env.flush_all()
    keys = _keys(env)
    people = People(number)
    others = [name for [name] in env.execute_query(SQL(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema AND table_name = %s AND is_generated = 'NEVER'", TABLE))
        if name != "id" and name not in _COLUMNS]
    with bulk.quick_writing(env, progress, (TABLE,)):
        for first in range(0, number, BATCH):
            batch = people.some(min(BATCH, number - first))
            _write(env, exemplar.id, others, (keys(place, person) for place, person in enumerate(batch, first)))
            env.cr.commit()
            progress(min(first + BATCH, number), number, "Leads")
    exemplar.unlink()


_COLUMNS = ("name", "partner_name", "contact_name", "email_from", "email_normalized", "email_domain_criterion", "phone",
            "phone_sanitized", "website", "match_name", "match_web_domain")


def _keys(env):
    """Return a function that gives the columns of a person, in the order of ``_COLUMNS``."""
    # the add-ons can be imported since Odoo has begun
    from odoo.addons.crm_plus.matching.keys import name_key, web_domain
    from odoo.addons.iap.tools import iap_tools

    def columns(place: int, person: Person):
        domain = person.email and iap_tools.mail_prepare_for_domain_search(person.email)
        return (
            f"Request {place}", person.company, person.contact, person.email, person.email, domain or "", person.phone,
            person.phone, person.website, name_key(person.company or person.contact), web_domain(person.website))

    return columns


def _write(env, exemplar: int, others: list[str], rows) -> None:
    env.cr.execute(SQL("CREATE TEMPORARY TABLE somebody (%s) ON COMMIT DROP", SQL(", ").join(
        SQL("%s varchar", SQL.identifier(name)) for name in _COLUMNS)))
    text = io.StringIO("".join("\t".join(cell or r"\N" for cell in row) + "\n" for row in rows))
    env.cr.copy_from(text, "somebody", columns=_COLUMNS)
    kept = SQL(", ").join(map(SQL.identifier, others))
    own = SQL(", ").join(map(SQL.identifier, _COLUMNS))
    env.cr.execute(SQL(
        "INSERT INTO crm_lead (%s, %s) SELECT %s, %s FROM (SELECT %s FROM crm_lead WHERE id = %s) AS lead, somebody",
        own, kept, own, kept, kept, exemplar))
