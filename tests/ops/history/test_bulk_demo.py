"""Very many demo orders: the same again, right by the shop's own rules, and every promise holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.cart.quoting import load_books, quote
from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.feature import collected
from app.customers.models import Profile
from app.inventory.models import Stock
from app.ops.demo import bulk, catalogue, offers, orders, people
from app.ops.demo.bulk_days import Calendar
from app.ops.demo.bulk_goods import Shelf
from app.orders.models import Order, OrderLine
from app.pricing.rules import Basket, BasketLine, BuyingContext
from app.promotions.models import Coupon, CouponClaim
from tests.keeping import Beginnings

COUNT = 300


@pytest.fixture
def shop(session: Session, beginnings: Beginnings) -> Session:
    """A few demo products without pictures."""

    def make() -> None:
        ids = people.accounts(session, SYSTEM)
        places = catalogue.set_up(session, SYSTEM, {})
        catalogue.build(
            session,
            12,
            places,
            {},
            seller_id=ids["seller"],
            since=today(),
            actor=SYSTEM,
            report=lambda done, total: None,
        )

    beginnings.give(session, "ops.few_products", make)
    return session


def broken(session: Session) -> list[str]:
    checks = [(f"{f.name}: {check.name}", check) for f in collected() for check in f.checks]
    return [f"{name}: {found}" for name, check in checks if (found := check.find(session))]


def test_every_promise_holds(shop: Session, deliver: Callable[[], int]) -> None:
    levels = dict(shop.execute(select(Stock.id, Stock.on_hand)).all())
    bulk.load(shop, 0, COUNT, report=lambda done, total: None)
    assert shop.scalar(select(func.count()).select_from(Order)) == COUNT
    assert shop.scalar(text("SELECT count(*) FROM notifications_message")) == 0
    assert {i: n for i, n in shop.execute(select(Stock.id, Stock.on_hand)) if i in levels} == levels
    deliver()
    from app.analytics import operations as analytics

    analytics.rebuild(shop)
    assert broken(shop) == []


def test_there_is_something_of_everything(shop: Session) -> None:
    bulk.load(shop, 0, COUNT, report=lambda done, total: None)
    rows = shop.execute(
        select(
            Order.state,
            Order.payment_status,
            Order.currency,
            Order.country,
            Order.payment_method,
            Order.user_id,
            Order.channel,
        )
    ).all()
    states, standings = Counter(r.state for r in rows), Counter(r.payment_status for r in rows)
    assert {"delivered", "returned", "cancelled"} <= set(states) and states["delivered"] > COUNT * 0.8
    assert {"paid", "refunded"} <= set(standings)
    assert {r.currency for r in rows} == {"EUR", "GBP", "USD"}
    assert len({r.country for r in rows}) >= 5
    assert {r.payment_method for r in rows} == {"demo_card", "bank_transfer", "cod"}
    channels = Counter(r.channel for r in rows)
    assert set(channels) == {"web", "marketplace", "phone", "api"} and 0.6 < channels["web"] / COUNT < 0.95
    assert not any(r.channel == "phone" and r.payment_method == "demo_card" for r in rows)
    told = shop.scalar(select(func.count(Profile.age_band)).select_from(Profile))
    assert 0 < told < shop.scalar(select(func.count()).select_from(Profile))
    assert 0.05 < sum(r.user_id is None for r in rows) / COUNT < 0.3


def test_the_same_again_and_going_on(shop: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    what = select(Order.email, Order.placed_at, Order.total_gross, Order.state).order_by(Order.id)
    monkeypatch.setattr(bulk, "BATCH", 40)
    bulk.load(shop, 0, 120, report=lambda done, total: None)
    whole = shop.execute(what).all()

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    shop.execute(text("SET session_replication_role = replica"))
    for table in ("orders_order", "orders_line", "orders_history", "payments_payment", "payments_capture", "payments_refund",
                  "payments_ledger_entry", "payments_ledger_transaction", "invoicing_invoice", "invoicing_line", "invoicing_tax",
                  "inventory_movement", "inventory_reservation", "fulfilment_shipment", "fulfilment_shipment_line",
                  "core_series"):  # fmt: skip
        shop.execute(text(f"DELETE FROM {table}"))
    shop.execute(text("SET session_replication_role = DEFAULT"))
    shop.commit()
    with pytest.raises(KeyboardInterrupt):
        bulk.load(shop, 0, 120, report=stop)
    there = shop.scalar(select(func.count()).select_from(Order)) or 0
    assert there == 40
    bulk.load(shop, there, 120, report=lambda done, total: None)
    assert sorted(shop.execute(what).all()) == sorted(whole)


def test_lines_are_taxed_as_a_quote_taxes_them(shop: Session) -> None:
    bulk.load(shop, 0, 160, report=lambda done, total: None)
    shelf = Shelf(shop, today())
    seen: set[str] = set()
    for order in shop.scalars(select(Order).order_by(Order.id)):
        known = quoted_again(shop, shelf, order)
        lines = [(line.net, line.tax, line.gross, line.tax_rate) for line in order.lines]
        assert lines == [
            (q.tax.net.amount, q.tax.tax.amount, q.tax.gross.amount, q.tax.rate) for q in known.lines
        ]
        assert known.shipping is not None and known.shipping.tax is not None
        cost = known.shipping.tax
        assert (order.shipping_net, order.shipping_tax) == (cost.net.amount, cost.tax.amount)
        assert order.total_gross == known.total.amount
        seen.add(order.country)
    assert len(seen) >= 4 and seen & {"US", "GB"}, "exports are taxed in another way"


def quoted_again(session: Session, shelf: Shelf, order: Order) -> Any:
    """What the shop's own order of calculation makes of the same goods."""
    basket = Basket(
        tuple(
            BasketLine(
                str(line.id), line.variant_id, line.product_id, line.sku, line.name, line.quantity, line.tax_class,
                shelf.prices[order.currency][line.variant_id], weight_g=line.weight_g,
                volume_mm3=shelf.cards["en"][line.variant_id].volume_mm3,
            )
            for line in order.lines
        ),
        order.currency,
    )  # fmt: skip
    context = BuyingContext(
        currency=order.currency, country=order.country, postcode=order.shipping_address["postcode"],
        language=order.language, shipping_method=order.shipping_method, on=today(),
    )  # fmt: skip
    return quote(basket, context, load_books(session, basket, context))


def test_many_are_written_in_bulk_and_few_are_not(shop: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(orders, "MOST_SINGLY", 20)
    monkeypatch.setattr(orders, "FIRST", 3)
    monkeypatch.setattr(bulk, "load", lambda session, there, count, report: asked.append((there, count)))
    customer = people.accounts(shop, SYSTEM)["customer"]
    orders.load(shop, 4, customer_id=customer, report=lambda done, total: None)
    assert asked == [] and shop.scalar(select(func.count()).select_from(Order)) == 4
    orders.load(shop, 40, customer_id=customer, report=lambda done, total: None)
    assert asked == [(4, 40)]


def test_some_orders_of_the_demo_use_a_coupon(shop: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody types a code here: those it suits pay less, on the day they bought."""
    monkeypatch.setattr(offers, "USED", 1.0)
    for _ in range(2):
        offers.load(shop, SYSTEM)
    assert shop.scalar(select(func.count()).select_from(Coupon)) == len(offers.COUPONS)
    orders.load(
        shop, 8, customer_id=people.accounts(shop, SYSTEM)["customer"], report=lambda done, total: None
    )
    saved = shop.execute(
        select(Order.discount, Order.coupon_codes, Order.placed_at, CouponClaim.claimed_at).join(
            CouponClaim, CouponClaim.holder == func.concat("order:", Order.id)
        )
    ).all()
    assert saved and any(row.discount > 0 for row in saved)
    assert all(
        row.coupon_codes and abs(row.claimed_at - row.placed_at) < timedelta(minutes=1) for row in saved
    )
    assert broken(shop) == []


def test_numbers_follow_the_days(shop: Session) -> None:
    bulk.load(shop, 0, 200, report=lambda done, total: None)
    rows = shop.execute(select(Order.number, Order.placed_at).order_by(Order.placed_at)).all()
    for year in {row.placed_at.year for row in rows}:
        numbers = [row.number for row in rows if row.placed_at.year == year]
        assert numbers == sorted(numbers) == [f"{year}-{n:06d}" for n in range(1, len(numbers) + 1)]


def test_rhythm_of_days() -> None:
    calendar = Calendar(date(2025, 1, 1), 365)
    moments = [calendar.moment(n, 20_000, Random(n)) for n in range(20_000)]
    assert [m.date() for m in moments] == sorted(m.date() for m in moments)
    months = Counter(m.month for m in moments)
    assert months[12] > 1.5 * months[7] and min(months.values()) > 800
    friday = sum(m.date() == date(2025, 11, 28) for m in moments)
    assert friday > 1.8 * sum(m.date() == date(2025, 11, 26) for m in moments)
    assert all(datetime(2025, 1, 1, tzinfo=UTC) <= m < datetime(2026, 1, 1, tzinfo=UTC) for m in moments)


def test_nothing_is_paid_before_it_is_placed_or_arrives_before_it_left(shop: Session) -> None:
    bulk.load(shop, 0, COUNT, report=lambda done, total: None)
    wrong = shop.scalar(
        text(
            "SELECT count(*) FROM orders_history h JOIN orders_history n ON n.order_id = h.order_id AND n.id > h.id WHERE n.at < h.at"
        )
    )
    assert wrong == 0
    late = shop.scalar(select(func.count()).select_from(Order).where(Order.paid_at < Order.placed_at))
    future = shop.scalar(text("SELECT count(*) FROM orders_history WHERE at > now()"))
    assert (late, future) == (0, 0)
    assert shop.scalar(select(func.min(OrderLine.gross))) > Decimal(0)
