"""A shop's past, made at random from a seed: orders in several currencies, with captures, refunds and cancellations."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.analytics import operations
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.orders.models import Order, OrderLine
from app.payments.models import Capture, Payment, Refund

RATES = {"EUR": Decimal(1), "USD": Decimal("1.0837"), "JPY": Decimal("161.35"), "GBP": Decimal("0.8561")}
COUNTRIES = ("BE", "BE", "BE", "NL", "FR", "LU")
START = datetime(2026, 2, 25, tzinfo=UTC)
DAYS = 75


def catalogue(session: Session, products: int = 12) -> list[tuple[int, int]]:
    """A tree of departments three levels deep, brands, products; returns (product, variant) ids."""
    with unit_of_work(session):
        type_id = session.scalar(
            text("INSERT INTO catalog_product_type (code, name) VALUES ('t', 'T') RETURNING id")
        )
        places = _tree(session)
        brands = [
            session.scalar(
                text("INSERT INTO catalog_brand (name, slug) VALUES (:n, lower(:n)) RETURNING id"), {"n": n}
            )
            for n in ("Acme", "Bolt")
        ]
        found = []
        for n in range(products):
            values = {
                "t": type_id, "c": places[n % len(places)], "b": (*brands, None)[n % 3],
                "name": f"Thing {n}", "slug": f"thing-{n}", "fr": f'{{"fr": {{"name": "Chose {n}"}}}}',
            }  # fmt: skip
            product = session.scalar(
                text("""INSERT INTO catalog_product (type_id, category_id, brand_id, name, slug, state, translations)
                        VALUES (:t, :c, :b, :name, :slug, 'published', CAST(:fr AS jsonb)) RETURNING id"""),
                values,
            )
            variant = session.scalar(
                text("INSERT INTO catalog_variant (product_id, sku) VALUES (:p, :s) RETURNING id"),
                {"p": product, "s": f"SKU-{n}"},
            )
            found.append((int(product), int(variant)))
    return found


def _tree(session: Session) -> list[int]:
    ids: dict[str, int] = {}
    for path in ("home", "home/lamps", "home/lamps/desk", "garden", "garden/tools"):
        parent = path.rpartition("/")[0]
        made = session.scalar(
            text("""INSERT INTO catalog_category (parent_id, name, slug, path, lineage)
                    VALUES (:p, :n, :s, :path, '{}') RETURNING id"""),
            {"p": ids.get(parent), "n": path.title(), "s": path.rpartition("/")[2], "path": path},
        )
        ids[path] = int(made)
        above = [ids[p] for p in (path.split("/")[0], parent) if p in ids and p != path]
        lineage = [*dict.fromkeys(above), ids[path]]
        session.execute(
            text("UPDATE catalog_category SET lineage = :l WHERE id = :i"), {"l": lineage, "i": ids[path]}
        )
    return list(ids.values())


def _split(amount: Decimal, rate: Decimal, currency: str) -> tuple[Decimal, Decimal, Decimal]:
    net = Money.rounded(amount / (1 + rate / 100), currency).amount
    return net, amount - net, amount


def order(
    session: Session,
    rng: random.Random,
    articles: list[tuple[int, int]],
    at: datetime | None = None,
    **fixed: Any,
) -> int:
    """One order with its lines; amounts are drawn. Nothing is announced."""
    currency = fixed.pop("currency", rng.choice(("EUR", "EUR", "EUR", "USD", "JPY", "GBP")))
    lines: list[dict[str, Any]] = []
    for position, (product, variant) in enumerate(rng.sample(articles, rng.randint(1, 4)), 1):
        rate, quantity = Decimal(rng.choice((21, 6, 0))), rng.randint(1, 5)
        off = Money.rounded(Decimal(rng.choice((0, 0, rng.randint(1, 300)))) / 100, currency).amount
        price = Money.rounded(Decimal(rng.randint(400, 90_000)) / 100, currency).amount
        net, tax, gross = _split(price * quantity - off, rate, currency)
        lines.append(
            {"position": position, "product_id": product, "variant_id": variant, "sku": f"V{variant}", "name": "x",
                 "quantity": quantity, "unit_price": price, "discount": off, "tax_class": "standard", "tax_rate": rate,
                 "net": net, "tax": tax, "gross": gross}
        )  # fmt: skip
    ship = _split(
        Money.rounded(Decimal(rng.choice((0, 495, 1_095))) / 100, currency).amount, Decimal(21), currency
    )
    off_ship = Money.rounded(Decimal(rng.choice((0, 0, 100))) / 100, currency).amount
    sums = [
        sum((line[n] for line in lines), Decimal(0)) + s
        for n, s in zip(("net", "tax", "gross"), ship, strict=True)
    ]
    off = sum((line["discount"] for line in lines), off_ship)
    named = [] if not off or rng.random() < 0.2 else _discounts(rng, off, currency)
    values: dict[str, Any] = dict(  # noqa: C408 - a row as it stands
        token=f"t{rng.getrandbits(80)}", number=f"R-{rng.getrandbits(60)}", state=rng.choice(("pending", "paid", "shipped", "cancelled", "delivered")),
        payment_method=rng.choice(("demo_card", "cod", "bank_transfer")), email=f"Buyer{rng.randint(1, 60)}@example.org",
        language=rng.choice(("en", "fr", "nl")), currency=currency, exchange_rate=RATES[currency], shipping_address={},
        billing_address={}, country=rng.choice(COUNTRIES), channel=rng.choice(("web", "web", "api", "phone", "marketplace")), shipping_method="s", shipping_name="S", shipping_net=ship[0],
        shipping_tax=ship[1], shipping_gross=ship[2], shipping_rate=Decimal(21),
        discount=off, discounts=named, total_net=sums[0], total_tax=sums[1], total_gross=sums[2],
        coupon_codes=rng.choice(([], [], ["TEN"], ["TEN", "AUTUMN"])),
        placed_at=at or START + timedelta(minutes=rng.randint(0, DAYS * 24 * 60)),
    )  # fmt: skip
    made = session.scalar(insert(Order).values(**{**values, **fixed}).returning(Order.id))
    session.execute(insert(OrderLine), [{**line, "order_id": made} for line in lines])
    return int(made)


def _discounts(rng: random.Random, off: Decimal, currency: str) -> list[dict[str, Any]]:
    """What took a sum off: a coupon, a promotion, or both; now and then some of it is not named."""
    first = Money.rounded(off * Decimal(rng.randint(20, 90)) / 100, currency).amount
    parts = [
        {"name": "Ten off", "code": "TEN", "amount": str(first)},
        {"name": "Spring days", "code": None, "amount": str(off - first)},
    ]
    return parts[: rng.randint(1, 2)]


def money(session: Session, rng: random.Random, order_id: int) -> None:
    """Captures and refunds of an order, in one or more pieces, and the sums on the order."""
    order_row = session.get_one(Order, order_id)
    total, currency = order_row.total_gross, order_row.currency
    parts = _pieces(rng, total, currency)
    captured = sum(parts, Decimal(0))
    back = _pieces(
        rng, Money.rounded(captured * rng.choice((0, 0, 1, Decimal("0.37"))), currency).amount, currency
    )
    payment = Payment(
        order_id=order_id, provider="demo_card", amount=total, currency=currency, state="captured", captured=captured,
        refunded=sum(back, Decimal(0)),
    )  # fmt: skip
    session.add(payment)
    session.flush()
    at = order_row.placed_at
    for number, part in enumerate(parts):
        at += timedelta(hours=rng.randint(0, 90))
        session.add(
            Capture(payment_id=payment.id, provider="demo_card", reference=f"{payment.id}-{number}", amount=part, currency=currency, at=at)
        )  # fmt: skip
    for number, part in enumerate(back):
        at += timedelta(hours=rng.randint(1, 200))
        session.add(
            Refund(payment_id=payment.id, state="done", amount=part, currency=currency, idempotency_key=str(number),
                   actor_kind="staff", actor_label="x", done_at=at)
        )  # fmt: skip
    order_row.captured, order_row.refunded = captured, sum(back, Decimal(0))
    session.flush()


def _pieces(rng: random.Random, amount: Decimal, currency: str) -> list[Decimal]:
    if amount <= 0:
        return []
    first = Money.rounded(amount * Decimal(rng.randint(1, 99)) / 100, currency).amount
    return [part for part in (first, amount - first) if part > 0] if rng.random() < 0.4 else [amount]


def past(
    session: Session, seed: int, orders: int = 160, articles: list[tuple[int, int]] | None = None
) -> list[int]:
    """A random past, without facts; of its own catalogue unless articles are given."""
    rng = random.Random(seed)
    with unit_of_work(session):
        bought = articles or catalogue(session)
        made = [order(session, rng, bought) for _ in range(orders)]
        for order_id in made:
            if rng.random() < 0.7:
                money(session, rng, order_id)
    return made


def told(session: Session, order_ids: list[int]) -> None:
    """Make the facts of orders, as their events do."""
    for order_id in order_ids:
        operations.record_order(session, order_id=order_id)


def rollups(session: Session) -> dict[str, list[Any]]:
    """What the roll-ups and facts hold, without cells that are all zero."""
    found = {}
    days, articles = "orders + cancelled + abs(captured) + abs(refunded)", "units + abs(gross)"
    for table, counted in (("analytics_day", days), ("analytics_month", days),
                           ("analytics_article_day", articles), ("analytics_article_month", articles),
                           ("analytics_order", "1"), ("analytics_line", "1"), ("analytics_move", "1"), ("analytics_back", "1")):  # fmt: skip
        rows = session.execute(text(f"SELECT t::text FROM {table} t WHERE {counted} <> 0"))
        found[table] = sorted(row[0] for row in rows)
    return found
