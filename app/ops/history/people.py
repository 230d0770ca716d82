"""Who bought, in the table Online Retail: numbers of customers and names of countries, made into accounts and addresses.

Nobody can be reached under these addresses: their domain is reserved (RFC 2606), and they were never confirmed.
"""

from __future__ import annotations

import json
from functools import lru_cache

from babel import Locale
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.unit_of_work import unit_of_work
from app.customers import operations as customers
from app.customers.rules import PostalAddress
from app.identity import operations as identity
from app.identity.operations import NewCustomer
from app.ops.history.lines import Line
from app.ops.history.survey import Survey

DOMAIN = "online-retail.example"
UNKNOWN = "ZZ"
"""ISO 3166 keeps it for "unknown"."""
OWN_NAMES = {
    "eire": "IE", "rsa": "ZA", "usa": "US", "channel islands": "JE", "european community": "EU", "unspecified": UNKNOWN,
    "czech republic": "CZ", "hong kong": "HK", "korea": "KR", "west indies": UNKNOWN,
}  # fmt: skip
"""Names of the file that are no English country names of today. EU is reserved in ISO 3166 for the Union."""
BATCH = 2000


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    territories = Locale("en").territories
    return {name.casefold(): code for code, name in territories.items() if len(code) == 2 and code.isalpha()}


def country_code(name: str) -> str:
    """The ISO code of a country's name, or that of no known country."""
    wanted = name.strip().casefold()
    return OWN_NAMES.get(wanted) or _names().get(wanted) or UNKNOWN


def email_of(line: Line) -> str:
    """The address an invoice stands under: the customer's, or one of its own for a guest."""
    if line.customer:
        return f"customer-{line.customer}@{DOMAIN}"
    if line.invoice[0] == "A":
        return f"bad-debt@{DOMAIN}"
    return f"guest-{line.invoice.lower()}@{DOMAIN}"


@lru_cache(maxsize=10_000)
def address_of(customer: str, country: str) -> str:
    """All that is known of where it went, as JSON: the country."""
    name = f"Customer {customer}" if customer else "Guest"
    return json.dumps(PostalAddress(name, "", "", "", country_code(country)).as_dict())


def make_customers(session: Session, found: Survey, actor: Actor) -> dict[str, int]:
    """Give every customer of the file an account; those that have one keep it. Returns ids by number."""
    wanted = sorted(found.customers.items())
    ids: dict[str, int] = {}
    for start in range(0, len(wanted), BATCH):
        part = wanted[start : start + BATCH]
        people = [
            NewCustomer(f"customer-{number}@{DOMAIN}", "Customer", number, "en", "GBP", who.since)
            for number, who in part
        ]
        with unit_of_work(session):
            made = identity.create_customers(session, people, actor=actor)
            customers.ensure_profiles(session, user_ids=sorted(made.values()))
        ids |= {number: made[f"customer-{number}@{DOMAIN}"] for number, _ in part}
    return ids
