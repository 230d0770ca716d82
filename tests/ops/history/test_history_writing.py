"""The writer of past orders: what it refuses, what it does twice, and what the books say afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import series
from app.core.actor import SYSTEM
from app.core.copying import copy_rows
from app.core.feature import collected
from app.core.unit_of_work import unit_of_work
from app.identity import operations as identity
from app.identity.errors import BadEmail
from app.identity.models import User
from app.identity.operations import NewCustomer
from app.inventory.models import Movement, Reservation, Stock
from app.inventory.operations import PastMovement
from app.invoicing.models import Invoice
from app.ops.history.patience import patiently
from app.ops.history.writing import TakenBack, Writer
from app.orders.models import History, Order
from app.orders.operations import (
    PastLine,
    PastOrder,
    PastReturn,
    PastShipping,
    return_past_orders,
    write_past_orders,
)
from app.payments.models import Payment, Refund
from tests.inventory.shelves import article

UNTOUCHED = ("analytics", "catalog", "search")
"""Articles of these tests have no address and are not indexed; figures are made by a rebuild."""
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
ADDRESS = '{"name": "A", "line1": "B 1", "postcode": "1000", "city": "C", "country": "BE", "company": ""}'


def line(variant_id: int, net: str, rate: str, tax: str, quantity: int = 2) -> PastLine:
    gross = Decimal(net) + Decimal(tax)
    return PastLine(
        1,
        variant_id,
        f"S{variant_id}",
        "Cup",
        quantity,
        gross / quantity,
        "standard",
        Decimal(rate),
        Decimal(net),
        Decimal(tax),
        gross,
    )


def order(*lines: PastLine, **more: object) -> PastOrder:
    usual = PastOrder(
        email="a@customers.example", user_id=None, language="en", currency="EUR", exchange_rate=Decimal(1),
        address=ADDRESS, country="BE", payment_method="bank_transfer",
        shipping=PastShipping("standard", "Standard", Decimal("4.13"), Decimal("0.87"), Decimal("5.00"), Decimal(21)),
        lines=lines, placed_at=NOON, paid_at=NOON, shipped_at=NOON, delivered_at=NOON + timedelta(days=1),
    )  # fmt: skip
    return replace(usual, **more)  # type: ignore[arg-type]


@pytest.fixture
def cups(session: Session) -> list[int]:
    """Two variants of the catalogue."""
    return [article(session, stock=None).variant_id for _ in range(2)]


def broken(session: Session) -> list[str]:
    checks = [(f.name, c) for f in collected() if f.name not in UNTOUCHED for c in f.checks]
    return [f"{name} {c.name}: {found}" for name, c in checks if (found := c.find(session))]


def test_a_whole_order(session: Session, cups: list[int]) -> None:
    writer = Writer(session)
    (made,) = writer.orders(
        [order(line(cups[0], "20.00", "21", "4.20"), line(cups[1], "10.00", "6", "0.60"))]
    )
    found = session.get_one(Order, made)
    assert (found.number, found.state, found.payment_status) == ("2024-000001", "delivered", "paid")
    assert (found.total_net, found.total_tax, found.total_gross) == (
        Decimal("34.13"),
        Decimal("5.67"),
        Decimal("39.80"),
    )
    assert [(h.kind, h.state) for h in found.history] == [
        ("placed", "pending"), ("paid", "paid"), ("shipped", "shipped"), ("delivered", "delivered"),
    ]  # fmt: skip
    invoice = session.scalars(select(Invoice)).one()
    assert (invoice.number, invoice.issued_on.isoformat(), len(invoice.lines)) == (
        "INV-2024-000001",
        "2024-03-01",
        3,
    )
    assert [(m.kind, m.quantity) for m in session.scalars(select(Movement).order_by(Movement.id))] == [
        ("receive", 2), ("receive", 2), ("sale", -2), ("sale", -2),
    ]  # fmt: skip
    assert broken(session) == []


def test_parts_come_back_until_all_is_back(session: Session, cups: list[int]) -> None:
    writer = Writer(session)
    (made,) = writer.orders(
        [order(line(cups[0], "20.00", "21", "4.20"), line(cups[1], "10.00", "6", "0.60"))]
    )
    later = NOON + timedelta(days=9)
    part = TakenBack(made, later, "k1", "broken", Decimal("12.10"), {cups[0]: 1})
    assert len(writer.back([part])) == 1
    assert writer.back([replace(part, pieces={})]) == [], "the same key counts once"
    rest = TakenBack(made, later, "k2", "all", Decimal("27.70"), {cups[0]: 1, cups[1]: 2}, is_whole=True)
    writer.back([rest])
    session.expire_all()
    found = session.get_one(Order, made)
    assert (found.state, found.payment_status, found.refunded) == ("returned", "refunded", Decimal("39.80"))
    notes = session.scalars(select(Invoice).where(Invoice.kind == "credit_note").order_by(Invoice.id)).all()
    assert [note.number for note in notes] == ["CN-2024-000001", "CN-2024-000002"]
    assert sum(note.gross for note in notes) == Decimal("39.80") and sum(
        note.tax for note in notes
    ) == Decimal("5.67")
    assert session.scalars(select(Reservation.returned)).all() == [2, 2]
    assert broken(session) == []


def test_never_more_money_or_goods_than_there_were(session: Session, cups: list[int]) -> None:
    writer = Writer(session)
    (made,) = writer.orders([order(line(cups[0], "20.00", "21", "4.20"))])
    with pytest.raises(IntegrityError):
        writer.back([TakenBack(made, NOON, "k", "much", Decimal("29.21"))])
    with pytest.raises(IntegrityError):
        writer.back([TakenBack(made, NOON, "k", "much", Decimal("1.00"), {cups[0]: 3})])
    assert session.scalar(select(func.count()).select_from(Refund)) == 0
    assert broken(session) == []


def test_orders_that_were_called_off(session: Session, cups: list[int]) -> None:
    writer = Writer(session)
    off = {
        "shipped_at": None,
        "delivered_at": None,
        "cancelled_at": NOON + timedelta(hours=2),
        "cancel_reason": "customer",
    }
    goods = line(cups[0], "20.00", "21", "4.20")
    unpaid, paid = writer.orders([order(goods, paid_at=None, **off), order(goods, **off)])
    writer.back([TakenBack(paid, NOON + timedelta(hours=2), "k", "cancelled", Decimal("29.20"))])
    states = dict(session.execute(select(Payment.order_id, Payment.state)).all())
    assert states == {unpaid: "voided", paid: "captured"}
    assert session.scalar(select(func.count()).select_from(Movement)) == 0
    assert broken(session) == []


def test_what_cannot_be_an_order(session: Session, cups: list[int]) -> None:
    goods = line(cups[0], "20.00", "21", "4.20")
    with pytest.raises(ValueError, match="no lines"):
        write_past_orders(session, [order()])
    with pytest.raises(ValueError, match="cannot lead"):
        write_past_orders(session, [order(goods, shipped_at=None)])
    with pytest.raises(ValueError, match="cannot lead"):
        write_past_orders(session, [order(goods, paid_at=None)])
    assert session.scalar(select(func.count()).select_from(Order)) == 0
    assert session.scalar(text("SELECT count(*) FROM core_series WHERE name = 'order'")) == 0


def test_an_order_comes_back_once(session: Session, cups: list[int]) -> None:
    (made,) = Writer(session).orders([order(line(cups[0], "20.00", "21", "4.20"))])
    again = [PastReturn(made, NOON + timedelta(days=3))]
    assert (return_past_orders(session, again), return_past_orders(session, again)) == ([made], [])
    assert session.scalar(select(func.count()).where(History.kind == "returned")) == 1


def test_goods_lost_and_found_leave_the_level(session: Session, cups: list[int]) -> None:
    writer = Writer(session)
    writer.movements(
        [PastMovement(cups[0], -10, NOON, "damages", "r:1"), PastMovement(cups[1], 4, NOON, "found", "r:2")]
    )
    rows = session.execute(
        select(Movement.kind, Movement.quantity, Movement.on_hand_after).order_by(Movement.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("receive", 10, 10),
        ("write_off", -10, 0),
        ("count", 4, 4),
        ("correction", -4, 0),
    ]
    assert set(session.scalars(select(Stock.on_hand))) == {0}
    assert broken(session) == []


def test_numbers_own_and_given(session: Session, cups: list[int]) -> None:
    goods = line(cups[0], "20.00", "21", "4.20")
    late = order(goods, placed_at=NOON + timedelta(hours=1), paid_at=None, shipped_at=None, delivered_at=None)
    ids = write_past_orders(session, [late, order(goods), order(goods, number="OLD-7")])
    found = dict(session.execute(select(Order.id, Order.number)).all())
    assert [found[i] for i in ids] == ["2024-000002", "2024-000001", "OLD-7"]
    with pytest.raises(IntegrityError):
        write_past_orders(session, [order(goods, number="OLD-7")])


def test_many_numbers_at_once(session: Session) -> None:
    with pytest.raises(RuntimeError):
        series.take_many(session, "x", 2024, 2)
    with unit_of_work(session):
        assert (series.take_many(session, "x", 2024, 3), series.take(session, "x", 2024)) == (range(1, 4), 4)
    with unit_of_work(session):
        assert series.take_many(session, "x", 2024, 2) == range(5, 7)
    with pytest.raises(RuntimeError):
        copy_rows(session, "core_series", ("name", "year", "last"), [("y", 1, 1)])


def test_accounts_of_many_customers_twice(session: Session) -> None:
    people = [NewCustomer(f"p{n}@customers.example", "P", str(n), "fr", "EUR", NOON, None) for n in range(3)]
    first = identity.create_customers(session, people, actor=SYSTEM)
    assert identity.create_customers(session, [*people], actor=SYSTEM) == first and len(first) == 3
    users = session.scalars(select(User).where(User.id.in_(first.values()))).all()
    assert {(u.language, u.role_names, u.is_staff, u.is_verified) for u in users} == {
        ("fr", "Customer", False, False)
    }
    assert session.scalar(text("SELECT count(*) FROM core_audit WHERE action = 'user.create_many'")) == 1
    with pytest.raises(BadEmail):
        identity.create_customers(session, [replace(people[0], email="nobody")], actor=SYSTEM)


def test_a_long_statement_has_its_time_and_only_here(session_maker: Callable[[], Session]) -> None:
    with session_maker() as own:
        with patiently(own), unit_of_work(own):
            assert own.scalar(text("SHOW statement_timeout")) == "0"
        assert own.scalar(text("SHOW statement_timeout")) != "0"
