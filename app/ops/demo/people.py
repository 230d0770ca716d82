"""Demo accounts: the five that the documentation names, and customers with addresses."""

from __future__ import annotations

from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.customers import operations as customers
from app.customers.ages import AgeBand
from app.customers.rules import validate_address
from app.identity import operations as identity
from app.identity.models import User
from app.ops.demo.content.people import customers as invented
from app.ops.demo.content.values import CustomerSpec

PASSWORD = "comptoir-demo"
STAFF = {"admin": "Admin", "manager": "Manager", "support": "Support", "seller": "Seller"}
NAMES = {
    "admin": ("Ada", "Admin"), "manager": ("Marc", "Manager"), "support": ("Sofie", "Support"),
    "seller": ("Selim", "Seller"), "customer": ("Camille", "Customer"),
}  # fmt: skip
HOME = {
    "name": "Camille Customer", "line1": "Rue des Tanneurs 60", "postcode": "1000", "city": "Bruxelles",
    "country": "BE", "phone": "+3224610100",
}  # fmt: skip


def accounts(session: Session, actor: Actor) -> dict[str, int]:
    """The five accounts with the password that is written everywhere. Returns their ids by name."""
    ids: dict[str, int] = {}
    for name, (first, last) in NAMES.items():
        email = f"{name}@comptoir.example"
        found = session.scalar(select(User.id).where(User.email == email))
        if found is None:
            found = identity.create_user(
                session, email=email, password=PASSWORD, first_name=first, last_name=last, actor=actor,
                roles=(STAFF[name],) if name in STAFF else ("Customer",),
            ).id  # fmt: skip
            if name == "customer":
                customers.ensure_profile(session, user_id=found)
                customers.save_address(
                    session, user_id=found, address=validate_address(HOME), is_default_shipping=True, is_default_billing=True,
                    actor=actor,
                )  # fmt: skip
        ids[name] = found
    return ids


AGES = {
    AgeBand.UNDER_18: 1, AgeBand.FROM_18: 9, AgeBand.FROM_25: 22, AgeBand.FROM_35: 25, AgeBand.FROM_45: 20,
    AgeBand.FROM_55: 14, AgeBand.FROM_65: 9,
}  # fmt: skip
TELLS = 0.4
"""Of ten customers, so many tenths say how old they are."""


def age_of(email: str) -> str | None:
    """The age that somebody gives; most give none. The same address says the same."""
    dice = Random(f"age:{email}")
    return dice.choices(list(AGES), list(AGES.values()))[0].value if dice.random() < TELLS else None


def tell_ages(session: Session, ids: dict[str, int]) -> None:
    """Let the customers with these addresses and ids say how old they are."""
    said = {user_id: age_of(email) for email, user_id in ids.items()}
    customers.set_age_bands(session, bands={user_id: band for user_id, band in said.items() if band})


def address_of(spec: CustomerSpec) -> dict[str, str]:
    """A customer's address as the address book takes it."""
    return {
        "name": f"{spec.first_name} {spec.last_name}", "company": spec.company, "line1": spec.line1,
        "line2": spec.line2, "postcode": spec.postcode, "city": spec.city, "country": spec.country,
        "phone": spec.phone, "region": "NY" if spec.country == "US" else "",
    }  # fmt: skip


def customers_with_addresses(session: Session, count: int, actor: Actor) -> list[tuple[int, CustomerSpec]]:
    """Customers with a verified address of mail and one of stone; they log in by the recovery mail only."""
    found, fresh = [], {}
    for spec in invented(count):
        user_id = session.scalar(select(User.id).where(User.email == spec.email))
        if user_id is None:
            user_id = identity.create_user(
                session, email=spec.email, first_name=spec.first_name, last_name=spec.last_name,
                language=spec.language, actor=actor,
            ).id  # fmt: skip
            customers.ensure_profile(session, user_id=user_id)
            customers.save_address(
                session, user_id=user_id, address=validate_address(address_of(spec)), is_default_shipping=True,
                is_default_billing=True, actor=actor,
            )  # fmt: skip
            fresh[spec.email] = user_id
        found.append((user_id, spec))
    tell_ages(session, fresh)
    return found
