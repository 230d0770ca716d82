"""A small shop whose customers have tastes: products of several kinds, orders over half a year."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from recommender.settings import RecommenderSettings
from tests.orders import making
from tests.reviews.making import customer, product_of

KINDS = 5
_ORDER = text("""
    INSERT INTO orders_order (token, payment_method, user_id, email, language, currency, shipping_address, billing_address,
        country, shipping_method, shipping_name, shipping_net, shipping_tax, shipping_gross, shipping_rate, discount,
        total_net, total_tax, total_gross, placed_at, cart_id)
    VALUES (gen_random_uuid()::text, 'cod', :user, :email, 'en', 'EUR', '{}', '{}', 'BE', 'standard', 'Standard',
            0, 0, 0, 21, 0, 10, 2.1, 12.1, :at, :cart) RETURNING id""")
_LINE = text("""
    INSERT INTO orders_line (order_id, position, product_id, variant_id, sku, name, quantity, unit_price, discount, tax_class,
        tax_rate, net, tax, gross) VALUES (:order, :position, :product, :variant, 'X', 'X', 1, 12.1, 0, 'standard', 21, 10, 2.1, 12.1)""")


def without_shadow(session: Session) -> None:
    """Let a version that won on the held-out month serve at once."""
    settings.change(session, RecommenderSettings, actor=SYSTEM, shadow_choices=0)


def products(session: Session, count: int = 60) -> list[tuple[int, int]]:
    """Published products in stock as (product, variant)."""
    found = [(product_of(session, variant), variant) for variant in making.articles(session, count)]
    with unit_of_work(session):
        session.execute(
            text("""INSERT INTO catalog_slug (kind, slug, lang, target_id, is_current)
                    SELECT 'product', slug, 'en', id, true FROM catalog_product ON CONFLICT DO NOTHING""")
        )
    return found


def buy(
    session: Session, goods: list[tuple[int, int]], at: datetime, user_id: int | None = None, email: str = "guest@x.example",
    cart_id: int | None = None,
) -> int:  # fmt: skip
    """An order as plain rows, placed at a moment."""
    with unit_of_work(session):
        values = {"user": user_id, "email": email, "at": at, "cart": cart_id}
        order_id = session.scalar(_ORDER, values)
        assert order_id is not None
        for position, (product, variant) in enumerate(goods):
            session.execute(
                _LINE, {"order": order_id, "position": position, "product": product, "variant": variant}
            )
    return int(order_id)


def tasteful(
    session: Session, people: int = 80, goods: list[tuple[int, int]] | None = None
) -> dict[str, Any]:
    """A shop in which each customer buys of one kind, every few weeks, up to now; one product is bought by all."""
    dice, now = Random(3), utcnow()
    held = goods or products(session)
    users = [customer(session, f"c{number}") for number in range(people)]
    with unit_of_work(session):
        for number, user in enumerate(users):
            kind = number % KINDS
            own = [pair for at, pair in enumerate(held) if at % KINDS == kind]
            for step in range(6):
                picked = dice.sample(own, 2)
                if dice.random() < 0.3:
                    picked.append(held[0])
                at = now - timedelta(days=178 - 35 * step - dice.random() * 2)
                buy(session, list(dict.fromkeys(picked)), at, user)
    return {"users": users, "goods": held}
