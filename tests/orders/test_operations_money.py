"""Settling, expiry and cancellation: what happens to state, goods and announcements."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.errors import InvalidFields
from app.core.money import Money
from app.inventory import operations as inventory
from app.orders import checks, jobs
from app.orders import operations as orders
from app.orders.errors import AddressesFixed, CountryFixed, IllegalTransition, PartlyShipped
from app.orders.models import History, Order
from tests.orders import making
from tests.orders.making import BUYER, GHENT, STAFF, eur, stock_of
from tests.orders.test_operations_steps import kinds, state_of


def settle(session: Session, made: Order, captured: str, refunded: str = "0") -> bool:
    return orders.settle(session, order_id=made.id, captured=eur(captured), refunded=eur(refunded))


def test_only_the_whole_sum_pays(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=10)
    made = making.order(session, [lamp])
    assert made.total == eur("30.25")
    assert settle(session, made, "30.24") is False
    assert (made.state, made.payment_status) == ("pending", "partly_paid")
    assert settle(session, made, "30.25") is True
    assert (made.state, made.payment_status, made.expires_at) == ("paid", "paid", None)
    assert stock_of(session, lamp) == (8, 0)
    assert settle(session, made, "30.25") is False
    assert settle(session, made, "31.00") is False
    session.refresh(made)
    assert made.payment_status == "overpaid"
    assert kinds(session).count("orders.OrderPaid") == 1


def test_a_refund_changes_the_standing_not_the_state(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    making.pay(session, made)
    settle(session, made, "30.25", "10.00")
    session.refresh(made)
    assert (made.state, made.payment_status) == ("paid", "partly_refunded")
    settle(session, made, "30.25", "30.25")
    session.refresh(made)
    assert (made.state, made.payment_status) == ("paid", "refunded")


def test_cash_after_delivery_only_notes_the_moment(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp], method="cod", expires_in=None)
    orders.confirm(session, order_id=made.id, actor=SYSTEM)
    orders.ship(session, order_id=made.id, actor=STAFF)
    assert making.pay(session, made) is True
    assert (made.state, made.payment_status, made.paid_at is not None) == ("shipped", "paid", True)
    assert "orders.OrderPaid" in kinds(session)
    assert checks.wrong_histories(session) == []


def test_money_for_a_cancelled_order_does_not_bring_it_back(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=4)
    made = making.order(session, [lamp])
    orders.cancel_order(session, order_id=made.id, reason="customer", actor=BUYER)
    assert making.pay(session, made) is False
    assert (made.state, made.payment_status) == ("cancelled", "paid")
    assert stock_of(session, lamp) == (4, 0)


def test_money_after_the_goods_were_given_back(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=4)
    late = making.order(session, [lamp])
    inventory.release(session, holder=late.holder)
    assert making.pay(session, late) is True
    assert (late.state, stock_of(session, lamp)) == ("paid", (2, 0))
    later = making.order(session, [lamp])
    inventory.release(session, holder=later.holder)
    making.pay(session, making.order(session, [lamp]))
    assert making.pay(session, later) is True
    assert (later.state, later.cancel_reason) == ("cancelled", "out_of_stock")
    assert stock_of(session, lamp) == (0, 0)
    assert "orders.OrderCancelled" in kinds(session)
    assert checks.wrong_histories(session) == []


@pytest.mark.parametrize("sold", [False, True])
def test_cancelling_gives_the_goods_back(session: Session, sold: bool) -> None:
    lamps = making.articles(session, 2, stock=7)
    made = making.order(session, lamps, quantity=3)
    if sold:
        making.pay(session, made)
        orders.pack(session, order_id=made.id, actor=STAFF)
    orders.cancel_order(session, order_id=made.id, reason="staff", actor=STAFF)
    assert (made.state, made.cancel_reason, made.expires_at) == ("cancelled", "staff", None)
    assert [stock_of(session, lamp) for lamp in lamps] == [(7, 0), (7, 0)]
    with pytest.raises(IllegalTransition):
        orders.cancel_order(session, order_id=made.id, reason="staff", actor=STAFF)
    assert [stock_of(session, lamp) for lamp in lamps] == [(7, 0), (7, 0)]


def test_what_has_left_is_not_cancelled(session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=7)
    made = making.order(session, [lamp])
    making.pay(session, made)
    orders.take_from_lines(session, order_id=made.id, pieces={made.lines[0].id: 1})
    with pytest.raises(PartlyShipped):
        orders.cancel_order(session, order_id=made.id, reason="staff", actor=STAFF)
    assert (state_of(session, made.id), stock_of(session, lamp)) == ("paid", (5, 0))
    with pytest.raises(ValueError):
        orders.cancel_order(session, order_id=made.id, reason="whim", actor=STAFF)


def test_unpaid_orders_expire_once(app: object, session: Session) -> None:
    (lamp,) = making.articles(session, 1, stock=10)
    late = making.order(session, [lamp], expires_in=timedelta(seconds=-1))
    waiting = making.order(session, [lamp], expires_in=timedelta(minutes=5))
    patient = making.order(session, [lamp], expires_in=None)
    paid = making.order(session, [lamp], expires_in=timedelta(seconds=-1))
    making.pay(session, paid)
    assert stock_of(session, lamp) == (8, 6)
    assert jobs.expire_unpaid(None) == {"expired": 1}
    assert jobs.expire_unpaid(None) == {"expired": 0}
    states = {o.id: o.state for o in session.scalars(select(Order).execution_options(populate_existing=True))}
    assert states == {late.id: "cancelled", waiting.id: "pending", patient.id: "pending", paid.id: "paid"}
    assert stock_of(session, lamp) == (8, 4)
    entry = session.scalars(select(History).where(History.kind == "cancelled")).one()
    assert (entry.data, entry.actor_kind) == ({"reason": "expired"}, "system")


def test_waiting_longer_and_shorter(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    later, sooner = utcnow() + timedelta(days=3), utcnow() + timedelta(minutes=1)
    orders.hold_until(session, order_id=made.id, moment=later)
    assert made.expires_at == later
    orders.hold_until(session, order_id=made.id, moment=sooner, only_sooner=True)
    assert made.expires_at == sooner
    orders.hold_until(session, order_id=made.id, moment=later, only_sooner=True)
    assert made.expires_at == sooner
    making.pay(session, made)
    orders.hold_until(session, order_id=made.id, moment=later)
    assert made.expires_at is None


def test_addresses_are_put_right_until_the_label_is_printed(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    fixed = {**GHENT, "line1": "Korenlei 13"}
    orders.change_addresses(session, order_id=made.id, shipping=fixed, actor=STAFF)
    assert (made.shipping_address["line1"], made.billing_address["line1"]) == ("Korenlei 13", "Korenlei 12")
    assert "orders.OrderAddressesChanged" in kinds(session)
    with pytest.raises(CountryFixed):
        abroad = {**GHENT, "country": "NL", "postcode": "1012 AB", "city": "Amsterdam"}
        orders.change_addresses(session, order_id=made.id, shipping=abroad, actor=STAFF)
    with pytest.raises(InvalidFields) as refusal:
        orders.change_addresses(
            session, order_id=made.id, shipping={**GHENT, "postcode": "xx"}, billing={**GHENT, "name": ""},
            actor=STAFF,
        )  # fmt: skip
    assert set(refusal.value.errors) == {"shipping.postcode", "billing.name"}
    making.pay(session, made)
    orders.pack(session, order_id=made.id, actor=STAFF)
    with pytest.raises(AddressesFixed):
        orders.change_addresses(session, order_id=made.id, shipping=GHENT, actor=STAFF)
    assert made.shipping_address["line1"] == "Korenlei 13"


def test_the_database_refuses_money_that_does_not_add_up(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    assert checks.wrong_totals(session) == checks.wrong_bands(session) == checks.gaps(session) == []
    session.execute(text("UPDATE orders_line SET net = net + 1, gross = gross + 1"))
    session.execute(text("UPDATE orders_order SET taxes = '[]'"))
    session.execute(text("UPDATE core_series SET last = last + 1"))
    session.commit()
    assert checks.wrong_totals(session) == [
        f"order {made.number}: total 30.2500 (25.0000 + 5.2500), lines and shipping say 31.2500 (26.0000 + 5.2500)"
    ]
    assert len(checks.wrong_bands(session)) == len(checks.gaps(session)) == 1


@pytest.mark.parametrize(("currency", "exponent"), [("JPY", 0), ("BHD", 3)])
def test_other_decimals(session: Session, currency: str, exponent: int) -> None:
    lamps = making.articles(session, 2)
    made = making.order(session, lamps, currency=currency, discount="3")
    assert made.total.amount.as_tuple().exponent == -exponent
    assert making.pay(session, made)
    assert checks.wrong_totals(session) == checks.wrong_bands(session) == []
    assert made.captured_money == Money(Decimal(made.captured), currency)
