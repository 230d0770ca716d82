"""From the button to the money: paid at once, declined, never paid, paid too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import caching
from app.notifications.models import Message
from app.orders import checks, jobs
from app.orders.models import Order
from app.payments import operations as payments
from app.payments.models import Refund
from tests.checkout.making import cart, place, total
from tests.orders import making
from tests.orders.making import STAFF, stock_of

Maker = Callable[[], Session]


def start(session_maker: Maker, payment_id: int, token: str | None = None) -> str:
    outcome = payments.start_payment(
        session_maker,
        payment_id=payment_id,
        return_url="https://shop.example/done",
        language="en",
        token=token,
    )
    return str(outcome.standing)


def order_of(session: Session, order_id: int) -> Order:
    session.rollback()
    session.expire_all()
    return session.get_one(Order, order_id)


def test_a_card_pays_at_once(session: Session, session_maker: Maker, deliver: Callable[[], int]) -> None:
    (lamp,) = making.articles(session, 1, stock=3)
    made = cart(session, [lamp])
    placed = place(session, made.public_id, total(session, made))
    assert start(session_maker, placed.payment_id, "tok_ok") == "captured"
    assert start(session_maker, placed.payment_id, "tok_ok") == "captured"
    order = order_of(session, placed.order_id)
    assert (order.state, order.payment_status, order.captured_money) == ("paid", "paid", placed.total)
    assert stock_of(session, lamp) == (2, 0)
    deliver()
    mail = session.scalars(select(Message).where(Message.template == "order_received")).one()
    assert "Your payment has arrived" in mail.text
    assert checks.wrong_histories(session) == []


def test_a_declined_card_leaves_an_order_that_can_be_paid(session: Session, session_maker: Maker) -> None:
    (lamp,) = making.articles(session, 1, stock=3)
    made = cart(session, [lamp])
    placed = place(session, made.public_id)
    assert start(session_maker, placed.payment_id, "tok_decline") == "failed"
    order = order_of(session, placed.order_id)
    assert (order.state, order.payment_status, stock_of(session, lamp)) == ("pending", "due", (3, 1))
    assert start(session_maker, placed.payment_id, "tok_ok") == "captured"
    assert order_of(session, placed.order_id).state == "paid"


def test_money_after_the_end_goes_back(
    session: Session, session_maker: Maker, deliver: Callable[[], int]
) -> None:
    (lamp,) = making.articles(session, 1, stock=3)
    made = cart(session, [lamp])
    placed = place(session, made.public_id, payment_method="bank_transfer")
    start(session_maker, placed.payment_id)
    session.execute(text("UPDATE orders_order SET expires_at = now() - interval '1 second'"))
    session.commit()
    assert jobs.expire_unpaid(None) == {"expired": 1}
    assert jobs.expire_unpaid(None) == {"expired": 0}
    assert stock_of(session, lamp) == (3, 0)
    deliver()
    payments.record_manual_payment(
        session, order_id=placed.order_id, amount=placed.total, reference="KBC 5", actor=STAFF
    )
    deliver()
    order = order_of(session, placed.order_id)
    assert (order.state, stock_of(session, lamp)) == ("cancelled", (3, 0))
    refund = session.scalars(select(Refund)).one()
    assert refund.money == placed.total
    assert checks.wrong_histories(session) == checks.gaps(session) == []


@pytest.fixture
def free_shipping(session: Session) -> Iterator[None]:
    """Every way to ship is free; the prices come back afterwards (they are reference data)."""
    known = session.execute(text("SELECT id, price FROM shipping_method")).all()
    session.execute(text("UPDATE shipping_method SET price = 0"))
    session.commit()
    caching.forget_local()
    yield
    session.rollback()
    for method_id, price in known:
        session.execute(
            text("UPDATE shipping_method SET price = :p WHERE id = :i"), {"p": price, "i": method_id}
        )
    session.commit()


@pytest.mark.parametrize("method", ["demo_card", "cod", "bank_transfer"])
def test_an_order_that_costs_nothing_is_paid(session: Session, free_shipping: None, method: str) -> None:
    (lamp,) = making.articles(session, 1, stock=3, price="0")
    made = cart(session, [lamp])
    expected = total(session, made)
    assert not expected
    placed = place(session, made.public_id, expected, payment_method=method)
    order = order_of(session, placed.order_id)
    assert (order.state, order.payment_status, placed.status) == ("paid", "paid", "paid")
    assert stock_of(session, lamp) == (2, 0)
    assert checks.wrong_histories(session) == []
