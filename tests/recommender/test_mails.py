"""Suggestions in the reminder of a bag, over real SMTP: what goes with it, why, in the reader's words, never sold out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.cart import messages
from app.cart import operations as carts
from app.cart.models import Cart
from app.core import settings
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.events.cart import CartForgotten
from app.identity import operations as identity
from app.notifications import consents, suggested, topics
from app.notifications import operations as notifications
from app.notifications.consents import Origin
from recommender import operations, publish
from recommender.publish import Version
from recommender.settings import RecommenderSettings
from tests.fakes.postbox import Postbox
from tests.recommender import making

Goods = list[tuple[int, int]]
HOME = {"name": "Kim", "line1": "Veldstraat 1", "postcode": "9000", "city": "Gent", "country": "BE"}


@pytest.fixture
def session(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of requests."""
    with app.app_context(), session_maker() as own:
        yield own


@pytest.fixture
def goods(session: Session) -> Goods:
    """Ten products; the first goes with the second to the fifth, the ninth and tenth are popular."""
    found = making.products(session, 10)
    ids = [product for product, _ in found]
    items = [(ids[0], rank, ids[rank], 1.0 / rank, "bought") for rank in range(1, 5)]
    popular = [ids[9], ids[8], ids[0]]
    version = Version("graph", "first", {}, {}, {}, {}, popular, items, [])
    publish.store(session, version, job_id=None, actor=SYSTEM)
    return found


def left_by(session: Session, who: Actor, email: str, language: str) -> Cart:
    """A bag with the first product, left by somebody who agreed to be reminded."""
    cart = carts.create_cart(session, currency="EUR", language=language, user_id=who.user_id)
    carts.add_line(session, cart_id=cart.id, sku="LMP-1", quantity=1, actor=who)
    carts.set_addresses(session, cart_id=cart.id, email=email, shipping=HOME, billing=None, actor=who)
    consents.choose(session, email=email, wanted={"cart": True}, origin=Origin("test"))
    with unit_of_work(session):
        session.execute(update(Cart).values(updated_at=utcnow() - timedelta(days=2)))
    return cart


def customer(session: Session) -> Actor:
    user = identity.create_user(session, email="kim@people.example", first_name="Kim", actor=SYSTEM)
    return Actor("customer", user.id, user.email)


def reminded(session: Session, cart: Cart, postbox: Postbox) -> tuple[str, str]:
    """Both forms of the mail that arrives; announced twice, it comes once."""
    for _ in range(2):
        messages.remind(session, CartForgotten(str(cart.public_id)))
        session.commit()
        notifications.deliver_due(session)
    (mail,) = postbox.mails
    plain, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    return plain, html


def test_the_reminder_shows_what_goes_with_the_bag_and_says_why(
    session: Session, goods: Goods, postbox: Postbox
) -> None:
    with unit_of_work(session):
        session.execute(
            text("UPDATE inventory_stock SET on_hand = 0 WHERE variant_id = :v"), {"v": goods[1][1]}
        )
    cart = left_by(session, Actor("guest", None, ""), "guest@example.com", "en")
    plain, html = reminded(session, cart, postbox)
    for body in (plain, html):
        assert "Goes with your bag" in body and "Goes with “Lamp 1”" in body and "€" in body
        assert "Lamp 3" in body and "Lamp 4" in body and "Lamp 2" not in body, "not what is sold out"
        assert "/p/lamp-3" in body and "/p/lamp-3?" not in body and "<img" not in body, "links count nobody"
    assert plain.index("/cart/restore/") < plain.index("Goes with your bag"), "the bag comes first"


def test_who_refused_gets_what_everybody_buys_in_their_language(
    session: Session, goods: Goods, postbox: Postbox
) -> None:
    kim = customer(session)
    assert kim.user_id is not None
    operations.choose_profile(session, user_id=kim.user_id, refused=True, actor=kim)
    cart = left_by(session, kim, "kim@people.example", "fr")
    plain, html = reminded(session, cart, postbox)
    for body in (plain, html):
        assert "Acheté par beaucoup" in body and "Bought by many" not in body and "Lamp 10" in body
        assert "/fr/p/lamp-10" in body and "Lamp 3" not in body
    assert "€" in plain and "," in plain[plain.index("Lamp 10") :].splitlines()[0]


def test_what_a_customer_has_is_not_offered_again(session: Session, goods: Goods, postbox: Postbox) -> None:
    kim = customer(session)
    making.buy(session, [goods[2], goods[9]], utcnow(), kim.user_id)
    plain, _ = reminded(session, left_by(session, kim, "kim@people.example", "en"), postbox)
    assert "Lamp 2:" in plain and "Lamp 4:" in plain and "Lamp 3:" not in plain and "Lamp 10:" not in plain


def test_switched_off_the_mail_is_as_it_was(session: Session, goods: Goods, postbox: Postbox) -> None:
    settings.change(session, RecommenderSettings, actor=SYSTEM, is_on=False)
    plain, html = reminded(
        session, left_by(session, Actor("guest", None, ""), "guest@example.com", "en"), postbox
    )
    assert "Lamp 3" not in plain + html and "Bought" not in plain + html and "Lamp 1" in plain


@pytest.mark.parametrize("topic", list(topics.TOPICS))
def test_only_mails_that_people_agreed_to_carry_suggestions(
    session: Session, goods: Goods, topic: str
) -> None:
    found = suggested.suggested(
        session, topic=topic, user_id=None, product_ids=[goods[0][0]], language="en", currency="EUR"
    )
    assert (found is None) == (topic == topics.ORDERS), "a confirmation carries no offers"
