"""Messages as customers write them: with and without HTML, attachments, copies; from contacts and from strangers."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

SEED, CUSTOMERS = 7, 500
WORDS = ("since", "Tuesday", "our", "order", "has", "not", "come", "would", "you", "please", "look", "where", "it", "is",
         "and", "write", "to", "us", "or", "send", "another", "lamp", "thank", "you")
SUBJECTS = ("Order has not arrived", "Re: your offer", "Lamp does not light", "Größe passt nicht", "Invoice 2231", "")


def contacts(env):
    """Create the customers who write, a company and a contact each."""
    companies = env["res.partner"].create([
        {"name": f"Customer {place}", "is_company": True, "email": f"office@c{place}.example.com"}
        for place in range(CUSTOMERS)
    ])
    return env["res.partner"].create([
        {"name": f"Contact of {company.name}", "parent_id": company.id, "email": f"someone@c{place}.example.com"}
        for place, company in enumerate(companies)
    ])


def messages(number: int, first: int = 0) -> Iterator[EmailMessage]:
    """Yield so many messages from the `first` on, the same each time; only whom they go to is left open."""
    for place in range(first, first + number):
        chance = random.Random(SEED * 1_000_003 + place)
        message = EmailMessage()
        message["From"] = _sender(chance, place)
        message["Subject"] = chance.choice(SUBJECTS)
        message["Date"] = format_datetime(datetime.now(UTC))
        if chance.random() < 0.2:
            message["Cc"] = f"office@c{chance.randrange(CUSTOMERS)}.example.com"
        text = [prose(chance) for _line in range(chance.randrange(1, 6))]
        message.set_content("\n\n".join(text))
        if chance.random() < 0.5:
            message.add_alternative("".join(f"<p style='margin: 0'>{line}</p>" for line in text), subtype="html")
        if chance.random() < 0.15:
            message.add_attachment(chance.randbytes(chance.randrange(10_000, 60_000)), maintype="image",
                                   subtype="jpeg", filename="picture.jpg")
        yield message


def prose(chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randrange(10, 60)))


def _sender(chance: random.Random, place: int) -> str:
    """Return a contact's address mostly, somebody else's at a customer at times, or a stranger's."""
    customer, kind = chance.randrange(CUSTOMERS), chance.random()
    if kind < 0.6:
        return f"Contact of Customer {customer} <someone@c{customer}.example.com>"
    if kind < 0.75:
        return f"New Colleague <new{place}@c{customer}.example.com>"
    return f"Somebody Else <private{place}@mail{place}.example.net>"


def addressed(message: EmailMessage, address: str, place: str) -> bytes:
    """Return the source of a message to an address, with a name of its own."""
    for name, value in (("To", address), ("Message-Id", f"<{place}@mail.example.com>")):
        del message[name]
        message[name] = value
    return message.as_bytes()
