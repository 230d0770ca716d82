"""Placing an order: what is written, what it costs the database, what is refused without a trace."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.checkout.checks import ordered_carts_still_open, orders_without_payment
from app.checkout.errors import (
    AlreadyOrdered,
    CardNumberRefused,
    CartEmpty,
    CartNotFound,
    LineNotSellable,
    MethodNotAllowed,
    NoteTooLong,
    OutOfStock,
    PriceChanged,
)
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.errors import InvalidFields, ShopError
from app.core.idempotency import IdempotencyMismatch
from app.core.money import Money
from app.core.outbox import OutboxRow
from app.notifications.models import Message
from app.orders import checks
from app.orders import operations as orders
from app.orders.models import Order, OrderLine
from app.payments import queries as payments
from app.promotions.operations import set_coupon
from tests.checkout.making import cart, everything, place, total
from tests.counting import counted
from tests.orders import making
from tests.orders.making import GHENT, eur, stock_of
from tests.orders.test_queries import user


def one_cent_more(amount: Money) -> Money:
    return amount + Money(Decimal("0.01"), amount.currency)


def invariants(session: Session) -> list[str]:
    found: list[str] = []
    for check in (
        checks.wrong_totals, checks.wrong_bands, checks.wrong_histories, checks.gaps, checks.doubled_carts,
        ordered_carts_still_open, orders_without_payment,
    ):  # fmt: skip
        found += check(session)
    return found


def test_a_card_order_waits_for_its_money(session: Session) -> None:
    lamps = making.articles(session, 3, stock=5)
    made = cart(session, lamps, quantity=2)
    expected = total(session, made)
    placed = place(session, made.public_id, expected, note="  Ring twice\n", idempotency_key="a")
    order = session.get_one(Order, placed.order_id)
    assert (placed.total, placed.status, placed.is_repeat) == (expected, "pending", False)
    assert placed.number == order.number == f"{order.placed_at.year}-000001"
    assert (order.email, order.country, order.note) == ("kim@example.org", "BE", "Ring twice")
    assert order.expires_at is not None and order.user_id is None
    assert order.shipping_address == order.billing_address
    assert order.shipping_address["line1"] == "Korenlei 12"
    assert [stock_of(session, lamp) for lamp in lamps] == [(5, 2)] * 3
    (payment,) = payments.of_order(session, order.id)
    assert (payment.id, payment.provider, payment.due) == (placed.payment_id, "demo_card", expected)
    session.refresh(made)
    assert made.state == "ordered"
    kinds = set(session.scalars(select(OutboxRow.kind)))
    assert "orders.OrderPlaced" in kinds and "orders.OrderConfirmed" not in kinds
    assert invariants(session) == []


def test_cash_on_delivery_is_confirmed_at_once(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=5)
    made = cart(session, [lamp], quantity=2)
    placed = place(session, made.public_id, total(session, made), payment_method="cod")
    order = session.get_one(Order, placed.order_id)
    assert (placed.status, order.state, order.expires_at) == ("confirmed", "confirmed", None)
    assert stock_of(session, lamp) == (3, 0)
    kinds = list(session.scalars(select(OutboxRow.kind).order_by(OutboxRow.id)))
    assert "orders.OrderPlaced" in kinds and "orders.OrderConfirmed" in kinds
    assert invariants(session) == []


@pytest.mark.parametrize(("method", "most"), [("demo_card", 25), ("bank_transfer", 25), ("cod", 25)])
def test_what_an_order_costs_the_database(session: Session, method: str, most: int) -> None:
    lamps = making.articles(session, 3)
    first, second = cart(session, lamps), cart(session, lamps)
    expected, ids = total(session, first), (first.public_id, second.public_id)
    place(session, ids[0], expected, payment_method=method, idempotency_key="warm")
    session.expunge_all()
    with counted(session.get_bind()) as statements:
        place(session, ids[1], expected, payment_method=method, idempotency_key="x")
    assert len(statements) <= most, "\n".join(statements)
    last = [s for s in statements if "core_series" in s or "UPDATE orders_order SET number" in s]
    assert statements[-2:] == last, "the number must be the last thing that is locked"


def test_the_same_key_gives_the_same_order(session: Session) -> None:
    made = cart(session, making.articles(session, 1))
    expected = total(session, made)
    first = place(session, made.public_id, expected, idempotency_key="k")
    before = everything(session)
    again = place(session, made.public_id, expected, idempotency_key="k")
    assert again.is_repeat
    assert (again.order_id, again.number, again.token, again.total, again.payment_id, again.status) == (
        first.order_id, first.number, first.token, first.total, first.payment_id, first.status,
    )  # fmt: skip
    for changes in ({"note": "x"}, {"payment_method": "cod"}, {"currency": "USD"}):
        with pytest.raises(IdempotencyMismatch):
            place(session, made.public_id, expected, idempotency_key="k", **changes)
    with pytest.raises(AlreadyOrdered) as refusal:
        place(session, made.public_id, expected, idempotency_key="other")
    assert (refusal.value.number, refusal.value.token) == (first.number, first.token)
    assert everything(session) == before


def _stock(n: int) -> Callable[[Session], object]:
    return lambda s: s.execute(text("UPDATE inventory_stock SET on_hand = :n"), {"n": n})


REFUSALS: dict[str, tuple[type[ShopError], dict[str, Any], Any]] = {
    "price": (PriceChanged, {"expected": "other"}, None),
    "none left": (OutOfStock, {}, _stock(0)),
    "too few": (OutOfStock, {}, _stock(1)),
    "gone": (LineNotSellable, {}, lambda s: s.execute(text("UPDATE catalog_product SET state = 'archived'"))),
    "no price": (LineNotSellable, {}, lambda s: s.execute(text("DELETE FROM pricing_price"))),
    "no lines": (CartEmpty, {}, lambda s: s.execute(text("DELETE FROM cart_line"))),
    "unknown way to pay": (MethodNotAllowed, {"payment_method": "pebbles"}, None),
    "too dear for cash": (
        MethodNotAllowed, {"payment_method": "cod"}, lambda s: s.execute(text("UPDATE pricing_price SET amount = 900")),
    ),
    "terms": (InvalidFields, {"terms_accepted": False}, None),
    "card number in the note": (CardNumberRefused, {"note": "4111 1111 1111 1111"}, None),
    "card number as token": (CardNumberRefused, {"payment_token": "4111111111111111"}, None),
    "long note": (NoteTooLong, {"note": "x" * 1001}, None),
    "nobody's cart": (CartNotFound, {"cart": uuid.UUID(int=7)}, None),
    "somebody else's cart": (CartNotFound, {"actor": Actor("customer", 10**6, "eve@example.org")}, "owned"),
    "no e-mail": (InvalidFields, {}, lambda s: s.execute(text("UPDATE cart_cart SET email = NULL"))),
    "no address": (InvalidFields, {}, lambda s: s.execute(text("UPDATE cart_cart SET shipping_address = NULL"))),
    "bad key": (ShopError, {"idempotency_key": "x" * 300}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_what_is_refused_leaves_no_trace(session: Session, name: str) -> None:
    refusal, changes, prepare = REFUSALS[name]
    lamps = making.articles(session, 2, stock=10)
    owner = user(session, "kim@example.org") if prepare == "owned" else None
    made = cart(session, lamps, quantity=2, user_id=owner)
    if callable(prepare):
        prepare(session)
        session.commit()
    values = {"idempotency_key": "k"} | dict(changes)
    expected = one_cent_more(total(session, made)) if values.pop("expected", None) else None
    cart_id = values.pop("cart", made.public_id)
    before = everything(session)
    with pytest.raises(refusal):
        place(session, cart_id, expected, **values)
    assert everything(session) == before


def test_a_changed_price_carries_the_new_total(session: Session) -> None:
    made = cart(session, making.articles(session, 1))
    shown = total(session, made)
    session.execute(text("UPDATE pricing_price SET amount = amount + 1"))
    session.commit()
    with pytest.raises(PriceChanged) as refusal:
        place(session, made.public_id, shown)
    assert refusal.value.total == shown + eur("1.00")
    assert refusal.value.extra == {"total": {"amount": str(refusal.value.total.amount), "currency": "EUR"}}
    assert place(session, made.public_id, refusal.value.total).total == refusal.value.total


def test_all_that_is_wrong_is_said_at_once(session: Session) -> None:
    made = cart(session, making.articles(session, 1), billing={**GHENT, "name": "Kim NV"})
    session.execute(
        text(
            """UPDATE cart_cart SET email = 'kim@', shipping_method = NULL,
               shipping_address = shipping_address || '{"postcode": "90"}',
               billing_address = billing_address || '{"name": "", "country": "XX"}'"""
        )
    )
    session.commit()
    with pytest.raises(InvalidFields) as refusal:
        place(session, made.public_id)
    found = set(refusal.value.errors)
    assert {"email", "shipping.postcode", "billing.country", "shipping_method"} <= found
    assert all(str(words) for words in refusal.value.errors.values())


def test_what_nobody_ships_is_not_sold(session: Session) -> None:
    session.execute(text("UPDATE shipping_method SET is_active = false"))
    session.commit()
    try:
        made = cart(session, making.articles(session, 1), method=None)
        with pytest.raises(InvalidFields) as refusal:
            place(session, made.public_id)
        assert "cannot deliver" in str(refusal.value.errors["shipping_method"])
    finally:
        session.rollback()
        session.execute(text("UPDATE shipping_method SET is_active = true"))
        session.commit()


def test_the_order_keeps_what_was_bought(session: Session) -> None:
    made = cart(session, making.articles(session, 2))
    placed = place(session, made.public_id)
    before = session.execute(select(OrderLine.name, OrderLine.sku, OrderLine.gross, OrderLine.slug)).all()
    session.execute(text("UPDATE catalog_product SET name = 'x', slug = 'x-' || id, tax_class = 'reduced'"))
    session.execute(text("UPDATE pricing_price SET amount = 1"))
    session.execute(text("DELETE FROM catalog_variant WHERE false"))
    session.commit()
    session.expire_all()
    after = session.execute(select(OrderLine.name, OrderLine.sku, OrderLine.gross, OrderLine.slug)).all()
    assert before == after
    assert session.get_one(Order, placed.order_id).total == placed.total


def test_a_customers_order_is_theirs(session: Session) -> None:
    kim = user(session, "kim@example.org")
    made = cart(session, making.articles(session, 1), user_id=kim)
    placed = place(session, made.public_id, actor=Actor("customer", kim, "kim@example.org"))
    assert session.get_one(Order, placed.order_id).user_id == kim


def test_another_currency(session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO pricing_price (variant_id, currency, amount) SELECT id, 'USD', 15 FROM catalog_variant"
        )
    )
    lamps = making.articles(session, 1)
    session.execute(
        text("INSERT INTO pricing_price (variant_id, currency, amount) VALUES (:v, 'USD', 15)"),
        {"v": lamps[0]},
    )
    session.commit()
    made = cart(session, lamps, currency="USD")
    try:
        expected = total(session, made, "USD")
    except ShopError:
        pytest.skip("this shop has no rate of exchange for dollars")
    placed = place(session, made.public_id, expected, currency="USD")
    order = session.get_one(Order, placed.order_id)
    assert (order.currency, placed.total) == ("USD", expected)
    assert invariants(session) == []


def test_a_cart_is_free_again_for_nobody(session: Session) -> None:
    """A cancelled order does not reopen its cart: the next one starts anew."""
    made = cart(session, making.articles(session, 1))
    placed = place(session, made.public_id)
    orders.cancel_order(session, order_id=placed.order_id, reason="customer", actor=GUEST)
    with pytest.raises(AlreadyOrdered):
        place(session, made.public_id)
    with pytest.raises(ShopError):
        carts.set_shipping_method(session, cart_id=made.id, code="standard", actor=GUEST)


@pytest.mark.parametrize(
    ("method", "words"),
    [("bank_transfer", "BE68"), ("cod", "pay the carrier"), ("demo_card", "Way to pay")],
)
def test_the_confirmation_says_how_to_pay(
    session: Session, deliver: Callable[[], int], method: str, words: str
) -> None:
    made = cart(session, making.articles(session, 1))
    placed = place(session, made.public_id, payment_method=method)
    deliver()
    mail = session.scalars(select(Message).where(Message.template == "order_received")).one()
    assert placed.number in mail.subject
    assert words in mail.text and words in mail.html
    if method == "bank_transfer":
        digits = placed.number.replace("-", "")
        assert f"+++{digits[:3]}/{digits[3:7]}/" in mail.text and f"+++{digits[:3]}/" in mail.html
        deliver()
        assert len(session.scalars(select(Message).where(Message.template == "order_received")).all()) == 1


def test_a_coupon_for_free_shipping_is_kept_with_the_order(session: Session) -> None:
    set_coupon(
        session, code="SHIP", kind="free_shipping", value=None, currency=None, minimum=None, starts_at=None, ends_at=None,
        limit_total=None, limit_per_customer=None, is_active=True, actor=SYSTEM,
    )  # fmt: skip
    made = cart(session, making.articles(session, 1))
    carts.apply_coupon(session, cart_id=made.id, code="ship", actor=GUEST)
    order = session.get_one(Order, place(session, made.public_id).order_id)
    assert (order.coupon_codes, order.shipping_gross, order.discount) == (["SHIP"], 0, 0)
