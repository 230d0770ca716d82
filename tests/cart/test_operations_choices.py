"""Codes, addresses, shipping, currency, note."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.errors import CouponRefused
from app.cart.models import Cart
from app.core.actor import GUEST
from app.core.clock import utcnow
from app.core.errors import Invalid, InvalidFields
from app.core.money import Money
from tests.cart.test_quoting import add, coupon, of
from tests.inventory.shelves import Article

HOME = {"name": "Anna", "line1": "Veldstraat 1", "postcode": "9000", "city": "Gent", "country": "BE"}


@pytest.fixture
def filled(session: Session, cart: Cart, make: Callable[..., Article]) -> Cart:
    add(session, cart, make(price="20.00", USD="25.00"), 1)
    return cart


def codes(session: Session, cart: Cart) -> list[str]:
    session.expire_all()
    return list(cart.coupon_codes)


def test_a_code_counts_once(session: Session, filled: Cart) -> None:
    coupon(session, "TEN")
    for _ in range(2):
        operations.apply_coupon(session, cart_id=filled.id, code=" Ten ", actor=GUEST)
    assert codes(session, filled) == ["TEN"]
    assert of(session, filled).quote.total == Money(Decimal("18.00"), "EUR")
    for _ in range(2):
        operations.remove_coupon(session, cart_id=filled.id, code="ten", actor=GUEST)
    assert codes(session, filled) == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("NOPE", "no such code"), ("OVER", "expired"), ("MUCH", "at least"), ("", "not valid"),
        ("x" * 65, "not valid"), ("a\x00b", "not valid"), ("né", "not valid"), (None, "not valid"),
    ],
)  # fmt: skip
def test_a_refused_code_says_why_and_is_not_kept(
    session: Session, filled: Cart, code: Any, words: str
) -> None:
    coupon(session, "OVER", ends_at=utcnow() - timedelta(days=1))
    coupon(session, "MUCH", minimum=Decimal(500))
    with pytest.raises(CouponRefused) as refused:
        operations.apply_coupon(session, cart_id=filled.id, code=code, actor=GUEST)
    assert words in refused.value.text
    assert codes(session, filled) == []


def test_a_code_that_stops_counting_stays_and_says_why(session: Session, filled: Cart) -> None:
    coupon(session, "BIG", minimum=Decimal(30))
    line = queries.contents(session, filled, language="en", currency="EUR").lines[0]
    here = {"cart_id": filled.id, "line_id": line.line_id, "actor": GUEST}
    operations.set_quantity(session, **here, quantity=2)
    operations.apply_coupon(session, cart_id=filled.id, code="BIG", actor=GUEST)
    operations.set_quantity(session, **here, quantity=1)
    assert codes(session, filled) == ["BIG"]
    assert "at least" in of(session, filled).quote.refused_coupons["BIG"]


def test_so_many_codes_and_no_more(session: Session, filled: Cart) -> None:
    for n in range(6):
        coupon(session, f"C{n}", value=Decimal(1))
    for n in range(5):
        operations.apply_coupon(session, cart_id=filled.id, code=f"C{n}", actor=GUEST)
    with pytest.raises(CouponRefused) as refused:
        operations.apply_coupon(session, cart_id=filled.id, code="C5", actor=GUEST)
    assert "at most 5" in refused.value.text


def test_addresses_are_kept_in_the_form_of_their_country(session: Session, cart: Cart) -> None:
    def put(**values: Any) -> None:
        operations.set_addresses(session, cart_id=cart.id, actor=GUEST, **values)

    put(email=" Anna@Example.COM ", shipping=HOME, billing=None)
    session.expire_all()
    assert cart.email is not None and cart.email.lower() == "anna@example.com"
    assert (cart.shipping_address or {})["city"] == "Gent"
    assert (cart.billing_address, cart.country) == (None, "BE")
    put(email="", shipping=HOME, billing=HOME | {"city": "Brugge", "postcode": "8000"})
    session.expire_all()
    assert cart.email is not None, "an empty address leaves the known one"
    assert (cart.billing_address or {})["city"] == "Brugge"


def test_everything_that_is_wrong_is_said_at_once(session: Session, cart: Cart) -> None:
    with pytest.raises(InvalidFields) as refused:
        operations.set_addresses(
            session, cart_id=cart.id, email="not an address", shipping=HOME | {"postcode": "x"},
            billing=HOME | {"city": ""}, actor=GUEST,
        )  # fmt: skip
    assert set(refused.value.errors) == {"email", "shipping.postcode", "billing.city"}
    session.expire_all()
    assert (cart.shipping_address, cart.version) == (None, 1)


def test_shipping_currency_and_note(session: Session, filled: Cart) -> None:
    base: dict[str, Any] = {"cart_id": filled.id, "actor": GUEST}
    operations.set_shipping_method(session, **base, code="standard")
    operations.set_note(session, **base, note="  Ring twice\n")
    operations.set_currency(session, **base, currency="USD")
    session.expire_all()
    assert (filled.shipping_method, filled.note, filled.currency) == ("standard", "Ring twice", "USD")
    item = queries.contents(session, filled, language="en", currency="USD").lines[0]
    assert item.seen_price == Money(Decimal("25.00"), "USD")
    operations.set_shipping_method(session, **base, code=None)
    operations.set_note(session, **base, note=None)
    session.expire_all()
    assert (filled.shipping_method, filled.note) == (None, None)


def test_choices_that_cannot_be_kept(session: Session, cart: Cart) -> None:
    base: dict[str, Any] = {"cart_id": cart.id, "actor": GUEST}
    for verb, values in (
        (operations.set_shipping_method, {"code": "x" * 65}),
        (operations.set_shipping_method, {"code": "a\x00"}),
        (operations.set_note, {"note": "x" * 2001}),
        (operations.set_note, {"note": "a\x00b"}),
        (operations.set_note, {"note": "\ud800"}),
        (operations.set_currency, {"currency": "ZZZ"}),
    ):
        with pytest.raises(Invalid):
            verb(session, **base, **values)  # type: ignore[operator]
    for values in ({"currency": "ZZZ", "language": "en"}, {"currency": "EUR", "language": "xx"}):
        with pytest.raises(Invalid):
            operations.create_cart(session, **values)
