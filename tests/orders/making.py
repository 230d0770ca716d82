"""Articles, quotes and orders for tests, made without the cart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Variant
from app.core.actor import GUEST, SYSTEM, Actor
from app.core.clock import utcnow
from app.core.money import Money, TaxedMoney, total
from app.core.unit_of_work import unit_of_work
from app.inventory import operations as inventory
from app.orders import operations as orders
from app.orders.models import Order
from app.pricing.rules import Basket, BasketLine, Discount, Quote, QuoteShipping, Rate

STAFF = Actor("staff", label="ada@shop.example")
BUYER = Actor("customer", label="kim@example.org")
GHENT = {
    "name": "Kim Peeters", "line1": "Korenlei 12", "line2": "", "postcode": "9000", "city": "Gent",
    "country": "BE", "region": "", "phone": "", "company": "",
}  # fmt: skip


def eur(amount: str) -> Money:
    """Euros."""
    return Money(Decimal(amount), "EUR")


def articles(session: Session, count: int = 3, stock: int = 100, price: str = "10.00") -> list[int]:
    """Published articles with price and stock; returns the ids of their variants."""
    with unit_of_work(session):
        session.execute(
            text(
                """INSERT INTO inventory_warehouse (code, name) VALUES ('MAIN', 'Main') ON CONFLICT DO NOTHING"""
            )
        )
        type_id = session.scalar(
            text("""INSERT INTO catalog_product_type (code, name) VALUES ('thing', 'Thing')
                    ON CONFLICT (code) DO UPDATE SET name = 'Thing' RETURNING id""")
        )
        category = session.scalar(
            text("""INSERT INTO catalog_category (name, slug, path, lineage)
                    VALUES ('Things', 'things', 'things', '{}') ON CONFLICT (path) DO UPDATE SET name = 'Things'
                    RETURNING id""")
        )
        session.execute(
            text("UPDATE catalog_category SET lineage = ARRAY[id] WHERE id = :id"), {"id": category}
        )
        found = [_article(session, type_id, category, stock, price) for _ in range(count)]
    return found


def _article(session: Session, type_id: Any, category: Any, stock: int, price: str) -> int:
    n = session.scalar(text("SELECT count(*) FROM catalog_product")) + 1
    values = {"t": type_id, "c": category, "name": f"Lamp {n}", "slug": f"lamp-{n}"}
    product = session.scalar(
        text("""INSERT INTO catalog_product (type_id, category_id, name, slug, state, published_from)
                VALUES (:t, :c, :name, :slug, 'published', now() - interval '1 day') RETURNING id"""),
        values,
    )
    session.execute(
        text("INSERT INTO catalog_product_category (product_id, category_id) VALUES (:p, :c)"),
        {"p": product, "c": category},
    )
    variant = session.scalar(
        text("INSERT INTO catalog_variant (product_id, sku, weight_g) VALUES (:p, :sku, 500) RETURNING id"),
        {"p": product, "sku": f"LMP-{n}"},
    )
    session.execute(
        text("INSERT INTO pricing_price (variant_id, currency, amount) VALUES (:v, 'EUR', :a)"),
        {"v": variant, "a": Decimal(price)},
    )
    session.execute(
        text("""INSERT INTO inventory_stock (variant_id, warehouse_id, on_hand)
                SELECT :v, id, :n FROM inventory_warehouse WHERE code = 'MAIN'"""),
        {"v": variant, "n": stock},
    )
    session.execute(
        text("""INSERT INTO inventory_movement (stock_id, kind, quantity, on_hand_after)
                SELECT id, 'receive', on_hand, on_hand FROM inventory_stock WHERE variant_id = :v AND on_hand > 0"""),
        {"v": variant},
    )
    return int(variant)


def quote(
    products: Mapping[int, int],
    quantity: int = 2,
    price: str = "12.10",
    discount: str = "0",
    currency: str = "EUR",
    vat: int = 21,
) -> Quote:
    """A quote of variants (with the products they are of) with VAT and 6.05 of shipping.

    `discount` is taken off the first line.
    """

    def money(amount: str) -> Money:
        return Money.rounded(Decimal(amount), currency)

    lines = tuple(
        BasketLine(
            key=str(n), variant_id=v, product_id=product, sku=f"LMP-{v}", name=f"Lamp {v}", quantity=quantity,
            tax_class="standard", price=money(price), weight_g=500,
        )
        for n, (v, product) in enumerate(products.items())
    )  # fmt: skip
    start = Quote.start(Basket(lines, currency))
    priced = [line.priced(line.item.price, "list_price") for line in start.lines]
    if Decimal(discount):
        priced[0] = priced[0].less(money(discount), "coupon")
    taxed = tuple(
        type(line)(line.item, line.unit, line.amount, line.discount, line.steps, TaxedMoney.from_gross(line.total, Decimal(vat)))
        for line in priced
    )  # fmt: skip
    rate = Rate("standard", "Standard", "standard", money("6.05"), None, 1, 3)
    shipping = QuoteShipping(
        rate, rate.price, Money.zero(currency), tax=TaxedMoney.from_gross(rate.price, Decimal(vat))
    )
    discounts = (Discount("Autumn", money(discount), "AUTUMN"),) if Decimal(discount) else ()
    made = Quote(currency, taxed, discounts=discounts, shipping=shipping)
    assert made.total == total([line.total for line in taxed], currency) + rate.price
    return made


def buyer(language: str = "en", user_id: int | None = None) -> orders.Buyer:
    """Somebody in Ghent."""
    return orders.Buyer("kim@example.org", language, GHENT, GHENT, user_id)


def order(
    session: Session,
    variant_ids: Sequence[int],
    *,
    quantity: int = 2,
    method: str = "demo_card",
    expires_in: timedelta | None = timedelta(hours=1),
    language: str = "en",
    user_id: int | None = None,
    cart_id: int | None = None,
    discount: str = "0",
    currency: str = "EUR",
    vat: int = 21,
) -> Order:
    """An order in state `pending` with its goods held and its number."""
    of = select(Variant.id, Variant.product_id).where(Variant.id.in_(variant_ids))
    products = {row.id: row.product_id for row in session.execute(of)}
    made_quote = quote(
        {v: products[v] for v in variant_ids}, quantity, discount=discount, currency=currency, vat=vat
    )
    with unit_of_work(session):
        made = orders.create_from_quote(
            session, quote=made_quote,
            details={v: orders.LineDetail({"Colour": "Blue", "Size": "XL"}, "lamp") for v in variant_ids},
            buyer=buyer(language, user_id), payment_method=method, expires_in=expires_in, actor=GUEST,
            cart_id=cart_id,
        )  # fmt: skip
        inventory.reserve(session, holder=made.holder, lines=dict.fromkeys(variant_ids, quantity), until=None)
        orders.announce_placed(session, order=made, actor=GUEST)
        orders.assign_number(session, order=made)
    return made


def pay(session: Session, made: Order) -> bool:
    """Let the money come in, as the payments do."""
    zero = Money.zero(made.currency)
    return orders.settle(session, order_id=made.id, captured=made.total, refunded=zero, actor=SYSTEM)


def stock_of(session: Session, variant_id: int) -> tuple[int, int]:
    """(on hand, reserved) of an article."""
    row = session.execute(
        text("SELECT sum(on_hand), sum(reserved) FROM inventory_stock WHERE variant_id = :v"),
        {"v": variant_id},
    ).one()
    return int(row[0]), int(row[1])


__all__ = [
    "BUYER",
    "GHENT",
    "STAFF",
    "articles",
    "buyer",
    "eur",
    "order",
    "pay",
    "quote",
    "stock_of",
    "utcnow",
]
