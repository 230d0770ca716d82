"""Profile, address book and consent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditRow
from app.core.errors import NotFound
from app.customers import operations, queries, rules
from app.customers.errors import BadPhone, NoSuchAddress, NoSuchGroup, TooManyAddresses
from app.customers.models import Address, Profile
from app.customers.rules import PostalAddress
from app.identity import operations as identity
from app.identity.models import User

HOME = PostalAddress("Anna Janssens", "Veldstraat 1", "9000", "Gent", "BE")
WORK = PostalAddress("Anna Janssens", "Kouter 5", "9000", "Gent", "BE", company="Lumen bv")


@pytest.fixture
def anna(session: Session) -> User:
    return identity.create_user(
        session, email="anna@example.com", first_name="Anna", last_name="Janssens", actor=SYSTEM
    )


@pytest.fixture
def actor(anna: User) -> Actor:
    return Actor("customer", anna.id, anna.email)


def save(session: Session, anna: User, address: PostalAddress, actor: Actor, **more: Any) -> Address:
    return operations.save_address(session, user_id=anna.id, address=address, actor=actor, **more)


def defaults(session: Session, anna: User) -> tuple[str, str]:
    shipping = queries.default_address(session, anna.id)
    billing = queries.default_address(session, anna.id, billing=True)
    return (shipping.line1 if shipping else "", billing.line1 if billing else "")


def test_a_profile_is_made_once(session: Session, anna: User) -> None:
    operations.ensure_profile(session, user_id=anna.id)
    operations.ensure_profile(session, user_id=anna.id)
    assert session.scalar(select(func.count()).select_from(Profile)) == 1
    found = queries.profile(session, anna.id)
    assert found is not None
    assert (found.name, found.group, found.is_business) == ("Anna Janssens", "b2c", False)


def test_nobody_has_no_profile(session: Session) -> None:
    assert queries.profile(session, 4711) is None
    with pytest.raises(NotFound):
        operations.ensure_profile(session, user_id=4711)


def test_a_profile_without_a_row_reads_as_private(session: Session, anna: User) -> None:
    found = queries.profile(session, anna.id)
    assert found is not None and found.group == "b2c" and found.phone == ""


def test_saving_the_profile_keeps_one_truth(session: Session, anna: User, actor: Actor) -> None:
    operations.save_profile(
        session, user_id=anna.id, first_name="Anne", last_name="J", phone="0470 12 34 56", language="fr", currency="USD", actor=actor
    )  # fmt: skip
    session.expire_all()
    found = queries.profile(session, anna.id)
    assert found is not None
    assert (found.name, found.phone, found.language, found.currency) == (
        "Anne J",
        "+32470123456",
        "fr",
        "USD",
    )


def test_a_wrong_number_changes_nothing(session: Session, anna: User, actor: Actor) -> None:
    with pytest.raises(BadPhone):
        operations.save_profile(
            session, user_id=anna.id, first_name="X", last_name="Y", phone="hello", language="en", actor=actor
        )
    found = queries.profile(session, anna.id)
    assert found is not None and found.first_name == "Anna"


def test_the_first_address_is_the_default_for_everything(session: Session, anna: User, actor: Actor) -> None:
    save(session, anna, HOME, actor)
    assert defaults(session, anna) == ("Veldstraat 1", "Veldstraat 1")
    save(session, anna, WORK, actor)
    assert defaults(session, anna) == ("Veldstraat 1", "Veldstraat 1")
    save(session, anna, WORK, actor, is_default_billing=True)
    assert defaults(session, anna) == ("Veldstraat 1", "Kouter 5")


def test_the_same_address_is_kept_once(session: Session, anna: User, actor: Actor) -> None:
    first, second = save(session, anna, HOME, actor), save(session, anna, HOME, actor)
    assert first.public_id == second.public_id
    assert len(queries.addresses(session, anna.id)) == 1


def test_changing_an_address(session: Session, anna: User, actor: Actor) -> None:
    kept = save(session, anna, HOME, actor)
    save(session, anna, WORK, actor, address_id=kept.public_id)
    assert [row.line1 for row in queries.addresses(session, anna.id)] == ["Kouter 5"]


def test_nobody_touches_an_address_of_another(session: Session, anna: User, actor: Actor) -> None:
    bert = identity.create_user(session, email="bert@example.com", actor=SYSTEM)
    hers = save(session, anna, HOME, actor)
    other = Actor("customer", bert.id, bert.email)
    for call in (
        lambda: save(session, bert, WORK, other, address_id=hers.public_id),
        lambda: operations.remove_address(session, user_id=bert.id, address_id=hers.public_id, actor=other),
        lambda: operations.make_default(session, user_id=bert.id, address_id=hers.public_id, actor=other),
        lambda: operations.remove_address(session, user_id=anna.id, address_id=uuid4(), actor=actor),
    ):
        with pytest.raises(NoSuchAddress):
            call()
    session.expire_all()
    assert queries.addresses(session, anna.id)[0].postal == HOME


def test_the_default_passes_on_when_its_address_goes(session: Session, anna: User, actor: Actor) -> None:
    first = save(session, anna, HOME, actor)
    save(session, anna, WORK, actor)
    operations.remove_address(session, user_id=anna.id, address_id=first.public_id, actor=actor)
    assert defaults(session, anna) == ("Kouter 5", "Kouter 5")
    with pytest.raises(NoSuchAddress):
        operations.remove_address(session, user_id=anna.id, address_id=first.public_id, actor=actor)


def test_the_book_has_an_end(session: Session, anna: User, actor: Actor) -> None:
    for number in range(rules.MOST_ADDRESSES):
        save(session, anna, PostalAddress("Anna", f"Veldstraat {number}", "9000", "Gent", "BE"), actor)
    with pytest.raises(TooManyAddresses):
        save(session, anna, WORK, actor)
    assert len(queries.addresses(session, anna.id)) == rules.MOST_ADDRESSES


def test_two_tabs_leave_one_default(
    session: Session, anna: User, actor: Actor, session_maker: Callable[[], Session]
) -> None:
    wrong: list[BaseException] = []

    def add(number: int) -> None:
        try:
            with session_maker() as own:
                address = PostalAddress("Anna", f"Veldstraat {number}", "9000", "Gent", "BE")
                operations.save_address(
                    own, user_id=anna.id, address=address, is_default_shipping=True, is_default_billing=True, actor=actor
                )  # fmt: skip
        except BaseException as problem:  # noqa: BLE001 - the test reports it
            wrong.append(problem)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session.expire_all()
    rows = queries.addresses(session, anna.id)
    assert wrong == []
    assert (len(rows), sum(r.is_default_shipping for r in rows), sum(r.is_default_billing for r in rows)) == (
        6,
        1,
        1,
    )


def test_groups_are_set_by_staff_and_noted(session: Session, anna: User) -> None:
    staff = Actor("staff", None, "boss@example.com")
    operations.set_group(session, user_id=anna.id, group="b2b", actor=staff)
    operations.set_group(session, user_id=anna.id, group="b2b", actor=staff)
    assert queries.group_of(session, anna.id) == "b2b"
    assert queries.group_of(session, None) == "b2c"
    noted = session.scalars(select(AuditRow).where(AuditRow.action == "customer.set_group")).all()
    assert [(row.before, row.after) for row in noted] == [({"group": "b2c"}, {"group": "b2b"})]
    with pytest.raises(NoSuchGroup):
        operations.set_group(session, user_id=anna.id, group="gold", actor=staff)


def test_notes_of_staff_are_audited(session: Session, anna: User) -> None:
    operations.set_note(session, user_id=anna.id, note="VIP\x00", actor=SYSTEM)
    assert session.get_one(Profile, anna.id).note == "VIP"
