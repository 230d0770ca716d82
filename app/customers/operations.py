"""The verbs of customers: keep the profile and the address book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Integer, Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.customers import queries, rules
from app.customers.ages import AgeBand
from app.customers.errors import NoSuchAddress, NoSuchAgeBand, NoSuchGroup, TooManyAddresses
from app.customers.models import Address, CustomerGroup, Profile
from app.customers.rules import PostalAddress
from app.events.customers import AddressBookChanged, ProfileChanged
from app.identity import operations as identity
from app.identity import queries as identity_queries


def ensure_profile(session: Session, *, user_id: int) -> Profile:
    """The profile of a user, made when there is none. A repeat changes nothing.

    Raises:
        NotFound: there is no such user.
    """
    if identity_queries.user_by_id(session, user_id) is None:
        raise NotFound()
    with unit_of_work(session):
        session.execute(insert(Profile).values(user_id=user_id).on_conflict_do_nothing())
        return session.get_one(Profile, user_id)


def ensure_profiles(session: Session, *, user_ids: Sequence[int]) -> None:
    """The profiles of many users, made where there is none. A repeat changes nothing."""
    if not user_ids:
        return
    with unit_of_work(session):
        found = select(func.unnest(array(user_ids, type_=Integer)))
        session.execute(insert(Profile).from_select(["user_id"], found).on_conflict_do_nothing())


def save_profile(
    session: Session,
    *,
    user_id: int,
    first_name: str,
    last_name: str,
    phone: str = "",
    language: str = "",
    currency: str = "",
    age_band: str | None = None,
    actor: Actor,
) -> None:
    """Change name, telephone, language and currency; unknown languages and currencies are ignored.

    `age_band` None leaves what was said of the age as it is, "" removes it.

    Raises:
        BadPhone: the telephone number cannot be one.
        NoSuchAgeBand: there is no such band of age.
        NotFound: there is no such user.
    """
    number = rules.clean_phone(phone, "BE")
    with unit_of_work(session):
        own = ensure_profile(session, user_id=user_id)
        identity.save_profile(
            session, user_id=user_id, first_name=first_name, last_name=last_name, language=language, actor=actor
        )  # fmt: skip
        identity.set_preferences(session, user_id=user_id, currency=currency)
        own.phone = number
        if age_band is not None:
            own.age_band = _band(age_band)
        publish(session, ProfileChanged(user_id=user_id))


def _band(given: str) -> str | None:
    if given and given not in set(AgeBand):
        raise NoSuchAgeBand()
    return given or None


def set_age_bands(session: Session, *, bands: Mapping[int, str]) -> None:
    """What many customers said of their age, by user; for imports and the demo. Who has no profile is left out."""
    if not bands:
        return
    for given in set(bands.values()):
        _band(given)
    with unit_of_work(session):
        said = select(
            func.unnest(array(list(bands), type_=Integer)).label("user_id"),
            func.unnest(array(list(bands.values()), type_=Text)).label("age_band"),
        ).subquery()
        session.execute(
            update(Profile).where(Profile.user_id == said.c.user_id).values(age_band=said.c.age_band)
        )


def forget_person(session: Session, *, user_id: int, actor: Actor) -> int:
    """Forget telephone, age, remarks and addresses of an account; returns how many addresses.

    A repeat changes nothing. Orders and invoices keep what the law wants kept; name and e-mail address belong to the account.
    """
    with unit_of_work(session):
        _lock_book(session, user_id)
        own = session.get(Profile, user_id)
        if own is not None:
            own.phone, own.note, own.age_band = "", "", None
        gone = session.scalars(delete(Address).where(Address.user_id == user_id).returning(Address.id)).all()
        audit.record(
            session, actor=actor, action="customer.forget", entity="customers_profile", entity_id=user_id,
            before=None, after={"addresses": len(gone)},
        )  # fmt: skip
        publish(session, ProfileChanged(user_id=user_id))
    return len(gone)


def set_group(session: Session, *, user_id: int, group: str, actor: Actor) -> None:
    """Move a customer to another group; prices and rules of that group hold from the next page on.

    Raises:
        NoSuchGroup: there is no group with this code.
    """
    with unit_of_work(session):
        if session.get(CustomerGroup, group) is None:
            raise NoSuchGroup()
        own = ensure_profile(session, user_id=user_id)
        before, own.group_code = own.group_code, group
        if before != group:
            audit.record(
                session, actor=actor, action="customer.set_group", entity="customers_profile", entity_id=user_id,
                before={"group": before}, after={"group": group},
            )  # fmt: skip
            publish(session, ProfileChanged(user_id=user_id))


def set_note(session: Session, *, user_id: int, note: str, actor: Actor) -> None:
    """Keep a remark of staff about a customer; at most 2,000 characters."""
    with unit_of_work(session):
        own = ensure_profile(session, user_id=user_id)
        before, own.note = own.note, note.replace("\x00", "")[:2000]
        audit.record(
            session, actor=actor, action="customer.set_note", entity="customers_profile", entity_id=user_id,
            before={"note": before}, after={"note": own.note},
        )  # fmt: skip


def change_customer(
    session: Session, *, user_id: int, first_name: str, last_name: str, phone: str, language: str, group: str, note: str,
    actor: Actor,
) -> None:  # fmt: skip
    """Change a customer from the back office, all of it or nothing.

    Raises:
        BadPhone, NoSuchGroup: what was given cannot be used.
    """
    with unit_of_work(session):
        save_profile(
            session, user_id=user_id, first_name=first_name or "", last_name=last_name or "", phone=phone or "",
            language=language, actor=actor,
        )  # fmt: skip
        set_group(session, user_id=user_id, group=group, actor=actor)
        if (note or "") != ensure_profile(session, user_id=user_id).note:
            set_note(session, user_id=user_id, note=note or "", actor=actor)


def save_address(
    session: Session,
    *,
    user_id: int,
    address: PostalAddress,
    address_id: UUID | None = None,
    is_default_shipping: bool = False,
    is_default_billing: bool = False,
    actor: Actor,
) -> Address:
    """Add an address to the book, or change one (`address_id` is its public id).

    The first address is the default for everything. An address that is in the book already, word
    for word, is not added twice.

    Raises:
        NoSuchAddress: there is none with this id in this book.
        TooManyAddresses: the book holds 50.
    """
    with unit_of_work(session):
        _lock_book(session, user_id)
        held = queries.addresses(session, user_id)
        row = _row(session, user_id, address, address_id, held)
        for name, value in address.as_dict().items():
            setattr(row, name, value)
        others = [other for other in held if other is not row]
        _mark(
            session,
            row,
            others,
            shipping=is_default_shipping or not others,
            billing=is_default_billing or not others,
        )
        session.flush()
        publish(session, AddressBookChanged(user_id=user_id))
    return row


def _lock_book(session: Session, user_id: int) -> None:
    """Two tabs that save at once take turns: there is one default, and never more than fifty."""
    locks.advisory(session, f"customers.addresses:{user_id}")


def _row(
    session: Session, user_id: int, address: PostalAddress, address_id: UUID | None, held: list[Address]
) -> Address:
    if address_id is not None:
        row = next((row for row in held if row.public_id == address_id), None)
        if row is None:
            raise NoSuchAddress()
        return row
    same = next((row for row in held if row.postal == address), None)
    if same is not None:
        return same
    if len(held) >= rules.MOST_ADDRESSES:
        raise TooManyAddresses(count=rules.MOST_ADDRESSES)
    row = Address(user_id=user_id)
    session.add(row)
    return row


def _mark(session: Session, row: Address, others: list[Address], *, shipping: bool, billing: bool) -> None:
    """Make a row the default; the former one steps back first (unique index)."""
    with session.no_autoflush:
        former = [other.id for other in others]
        values = {
            name: False
            for name, wanted in (("is_default_shipping", shipping), ("is_default_billing", billing))
            if wanted
        }
        if values and former:
            session.execute(update(Address).where(Address.id.in_(former)).values(**values))
        row.is_default_shipping = shipping or bool(row.is_default_shipping)
        row.is_default_billing = billing or bool(row.is_default_billing)


def make_default(session: Session, *, user_id: int, address_id: UUID, actor: Actor) -> None:
    """Fill this address in first from now on, for shipping and billing.

    Raises:
        NoSuchAddress: there is none with this id in this book.
    """
    with unit_of_work(session):
        row = queries.address(session, user_id, address_id)
        if row is None:
            raise NoSuchAddress()
        save_address(
            session, user_id=user_id, address=row.postal, address_id=address_id, is_default_shipping=True,
            is_default_billing=True, actor=actor,
        )  # fmt: skip


def remove_address(session: Session, *, user_id: int, address_id: UUID, actor: Actor) -> None:
    """Take an address out of the book; orders keep theirs. Its role as default passes to the newest.

    Raises:
        NoSuchAddress: there is none with this id in this book.
    """
    with unit_of_work(session):
        _lock_book(session, user_id)
        gone = session.execute(
            delete(Address)
            .where(Address.public_id == address_id, Address.user_id == user_id)
            .returning(Address.is_default_shipping, Address.is_default_billing)
        ).first()
        if gone is None:
            raise NoSuchAddress()
        newest = session.scalar(
            select(Address).where(
                Address.id == select(func.max(Address.id)).where(Address.user_id == user_id).scalar_subquery()
            )
        )
        if newest is not None:
            newest.is_default_shipping = newest.is_default_shipping or gone.is_default_shipping
            newest.is_default_billing = newest.is_default_billing or gone.is_default_billing
        publish(session, AddressBookChanged(user_id=user_id))
