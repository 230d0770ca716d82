"""Coming back by a link, being reminded once, and what is forgotten after a while."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.cart import jobs, keys, messages, operations, queries
from app.cart.errors import LinkEnded
from app.cart.models import Cart, CartLine
from app.cart.settings import CartSettings
from app.core import settings
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.clock import utcnow
from app.core.feature import collected
from app.core.unit_of_work import unit_of_work
from app.events.cart import CartForgotten
from app.notifications import consents
from app.notifications.consents import Origin
from app.notifications.models import Message
from tests.inventory.shelves import Article, put

Make = Callable[..., Article]
HOME = {"name": "Anna", "line1": "Veldstraat 1", "postcode": "9000", "city": "Gent", "country": "BE"}


def add(session: Session, cart: Cart, goods: Article, actor: Actor = GUEST) -> None:
    operations.add_line(session, cart_id=cart.id, sku=goods.sku, quantity=2, actor=actor)


def age(session: Session, days: float, **where: Any) -> None:
    """Let carts lie for some days."""
    with unit_of_work(session):
        session.execute(update(Cart).values(updated_at=utcnow() - timedelta(days=days)))


def reminded(deliver: Callable[[], int]) -> int:
    """Run the job and deliver what it announced; how many carts it found."""
    found = jobs.remind(None)["forgotten"]
    deliver()
    return found


def mails(session: Session) -> list[Message]:
    session.rollback()
    return list(session.scalars(select(Message).where(Message.template == "cart_reminder")))


def agree(session: Session, email: str, is_on: bool = True) -> None:
    """Let somebody agree to reminders of their bag, or no longer."""
    consents.choose(session, email=email, wanted={"cart": is_on}, origin=Origin("test"))


@pytest.fixture
def guests_too(session: Session) -> Any:
    agree(session, "guest@example.com")
    settings.change(session, CartSettings, actor=SYSTEM, remind_guests=True)
    yield
    session.rollback()
    settings.change(session, CartSettings, actor=SYSTEM, remind_guests=False, remind_after_hours=24)


@pytest.fixture
def left(session: Session, cart: Cart, make: Make) -> Cart:
    """A guest's cart with an address, left two days ago."""
    add(session, cart, make(price="12.50"))
    operations.set_addresses(
        session, cart_id=cart.id, email="guest@example.com", shipping=HOME, billing=None, actor=GUEST
    )
    age(session, 2)
    return cart


def test_a_cart_is_reminded_of_once(
    session: Session, left: Cart, guests_too: None, deliver: Callable[[], int]
) -> None:
    assert reminded(deliver) == 1
    assert reminded(deliver) == 0
    (mail,) = mails(session)
    assert (mail.recipient, mail.subject) == ("guest@example.com", "You left something in your bag")
    assert "€12.50" in mail.text and "2 x Lamp" in mail.text
    found = re.search(r"/cart/restore/(\S+)", mail.text)
    assert found is not None
    assert operations.restore(session, token=found[1]).id == left.id


def test_nobody_is_reminded_unasked(
    session: Session, left: Cart, make: Make, person: Callable[..., Actor], deliver: Callable[[], int]
) -> None:
    anna = person("anna")
    own = operations.create_cart(session, currency="EUR", language="fr", user_id=anna.user_id)
    add(session, own, make(), anna)
    age(session, 2)
    assert reminded(deliver) == 0
    agree(session, "anna@example.com")
    assert reminded(deliver) == 1
    (mail,) = mails(session)
    assert (mail.recipient, mail.language) == ("anna@example.com", "fr")


@pytest.mark.parametrize("days", [0.5, 9])
def test_not_too_early_and_not_too_late(
    session: Session, left: Cart, guests_too: None, days: float, deliver: Callable[[], int]
) -> None:
    age(session, days)
    assert reminded(deliver) == 0


def test_reminders_can_be_switched_off(
    session: Session, left: Cart, guests_too: None, deliver: Callable[[], int]
) -> None:
    settings.change(session, CartSettings, actor=SYSTEM, remind_after_hours=0)
    assert reminded(deliver) == 0


def test_nothing_is_said_when_nothing_can_be_bought(
    session: Session, cart: Cart, make: Make, guests_too: None, deliver: Callable[[], int]
) -> None:
    lamp = make()
    add(session, cart, lamp)
    operations.set_addresses(
        session, cart_id=cart.id, email="guest@example.com", shipping=HOME, billing=None, actor=GUEST
    )
    put(session, lamp, 0)
    age(session, 2)
    reminded(deliver)
    assert mails(session) == []


def test_the_mail_is_written_once_however_often_it_is_announced(session: Session, left: Cart) -> None:
    agree(session, "guest@example.com")
    for _ in range(2):
        messages.remind(session, CartForgotten(str(left.public_id)))
        session.commit()
    assert len(mails(session)) == 1


def test_an_ordered_cart_is_not_reminded_of(session: Session, left: Cart) -> None:
    operations.mark_ordered(session, cart_id=left.id)
    messages.remind(session, CartForgotten(str(left.public_id)))
    messages.remind(session, CartForgotten("00000000-0000-0000-0000-000000000007"))
    assert mails(session) == []


def test_links_are_ours_or_lead_nowhere(session: Session, left: Cart, person: Callable[..., Actor]) -> None:
    token = keys.token_for(left.id, left.public_id)
    assert operations.restore(session, token=token).id == left.id
    from app.identity import signing

    other_purpose = signing.link_token(link_id=left.id, nonce=left.public_id.hex, purpose="reset")
    for wrong in (
        token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:],
        "",
        "x" * 400,
        other_purpose,
        None,
        str(left.public_id),
    ):
        with pytest.raises(LinkEnded):
            operations.restore(session, token=wrong)  # type: ignore[arg-type]
    operations.mark_ordered(session, cart_id=left.id)
    with pytest.raises(LinkEnded):
        operations.restore(session, token=token)


def test_a_link_follows_its_cart_into_the_one_it_was_merged_with(
    session: Session, left: Cart, make: Make, person: Callable[..., Actor]
) -> None:
    anna = person("anna")
    assert anna.user_id is not None
    own = operations.create_cart(session, currency="EUR", language="en", user_id=anna.user_id)
    add(session, own, make(), anna)
    operations.merge_at_login(session, guest_public_id=left.public_id, user_id=anna.user_id)
    found = operations.restore(session, token=keys.token_for(left.id, left.public_id))
    assert (found.id, found.user_id) == (own.id, anna.user_id)


def test_what_is_old_is_forgotten(
    session: Session, left: Cart, make: Make, person: Callable[..., Actor]
) -> None:
    anna = person("anna")
    assert anna.user_id is not None
    own = operations.create_cart(session, currency="EUR", language="en", user_id=anna.user_id)
    add(session, own, make(), anna)
    guest = operations.create_cart(session, currency="EUR", language="en")
    add(session, guest, make())
    operations.merge_at_login(session, guest_public_id=guest.public_id, user_id=anna.user_id)
    line = queries.contents(session, own, language="en", currency="EUR").lines[0]
    operations.remove_line(session, cart_id=own.id, line_id=line.line_id, actor=anna)
    assert jobs.clean(None) == {"lines": 0, "carts": 0}
    with unit_of_work(session):
        session.execute(text("UPDATE cart_line SET removed_at = removed_at - interval '2 days'"))
        session.execute(text("UPDATE cart_cart SET merged_at = merged_at - interval '31 days'"))
    age(session, 91)
    assert jobs.clean(None) == {"lines": 1, "carts": 2}
    assert jobs.clean(None) == {"lines": 0, "carts": 0}
    session.expire_all()
    (kept,) = session.scalars(select(Cart)).all()
    assert (kept.id, kept.before_merge) == (own.id, None)
    assert session.scalar(select(func.count()).select_from(CartLine)) == 1


def test_a_guests_cart_stays_as_long_as_its_cookie(session: Session, left: Cart) -> None:
    age(session, 60)
    assert jobs.clean(None) == {"lines": 0, "carts": 0}
    assert queries.find_open(session, public_id=left.public_id) is not None


def test_the_manifest_names_jobs_that_exist() -> None:
    mine = next(feature for feature in collected() if feature.name == "cart")
    assert {schedule.job for schedule in mine.schedules} == set(mine.jobs)
