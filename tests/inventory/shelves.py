"""Articles on shelves, made quickly: published products with one variant, a price and a level."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Category, Product, ProductCategory, ProductType, Variant
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.inventory import operations
from app.inventory.models import Reservation, Stock
from app.inventory.queries import drifted_levels, drifted_reservations
from app.pricing.models import Price

_numbers = count(1)


@dataclass(frozen=True)
class Article:
    """A variant that can be bought."""

    variant_id: int
    product_id: int
    sku: str
    name: str


def article(
    session: Session, *, stock: int | None = 10, price: str | None = "10.00", tax_class: str = "standard",
    weight_g: int = 500, **prices: str,
) -> Article:  # fmt: skip
    """Make one article; `stock` None leaves it without a stock row, `price` None without a price."""
    n = next(_numbers)
    with unit_of_work(session):
        kind = session.scalar(select(ProductType).limit(1)) or ProductType(
            code="thing", name="Thing", variant_attributes=[]
        )
        category = session.scalar(select(Category).limit(1)) or Category(
            name="Things", slug="things", path="things", lineage=[]
        )
        session.add_all([kind, category])
        session.flush()
        category.lineage = [category.id]
        product = Product(
            type_id=kind.id, category_id=category.id, name=f"Lamp {n}", slug=f"lamp-{n}", state="published",
            tax_class=tax_class,
        )  # fmt: skip
        session.add(product)
        session.flush()
        session.add(ProductCategory(product_id=product.id, category_id=category.id))
        variant = Variant(product_id=product.id, sku=f"LAMP-{n}", weight_g=weight_g)
        session.add(variant)
        session.flush()
        made = Article(variant.id, product.id, variant.sku, product.name)
        amounts = ({"EUR": price} if price else {}) | prices
        session.add_all(
            Price(variant_id=made.variant_id, currency=code, amount=Decimal(amount))
            for code, amount in amounts.items()
        )
    if stock is not None:
        put(session, made, stock)
    return made


def put(session: Session, goods: Article, quantity: int, warehouse: str | None = None) -> None:
    """Set the level of an article."""
    operations.set_on_hand_many(
        session,
        levels_by_variant={goods.variant_id: quantity},
        reason="test",
        actor=SYSTEM,
        warehouse=warehouse,
    )


def level(session: Session, goods: Article) -> tuple[int, int, int]:
    """(on hand, reserved, backordered) over all warehouses, read afresh."""
    session.rollback()
    rows = session.execute(
        select(Stock.on_hand, Stock.reserved, Stock.backordered).where(Stock.variant_id == goods.variant_id)
    ).all()
    return tuple(sum(column) for column in zip(*rows, strict=True)) if rows else (0, 0, 0)  # type: ignore[return-value]


def states(session: Session, holder: str) -> list[tuple[int, str, bool]]:
    """(quantity, state, is backorder) of a holder's reservations."""
    session.rollback()
    query = select(Reservation.quantity, Reservation.state, Reservation.is_backorder)
    return [
        tuple(row)
        for row in session.execute(query.where(Reservation.holder == holder).order_by(Reservation.id))
    ]  # type: ignore[misc]


def assert_sound(session: Session) -> None:
    """Levels equal movements, what is reserved equals the reservations."""
    session.rollback()
    assert drifted_levels(session) == []
    assert drifted_reservations(session) == []


def pass_time(session: Session, holder: str) -> None:
    """Let a holder's time be over."""
    with unit_of_work(session):
        session.execute(
            text(
                "UPDATE inventory_reservation SET expires_at = now() - interval '1 s' WHERE holder = :h AND state = 'held'"
            ),
            {"h": holder},
        )
