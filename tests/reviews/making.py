"""Customers, products and purchases for the tests of reviews."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM, Actor
from app.identity import operations as identity
from app.reviews import operations as reviews
from app.reviews.models import Review
from tests.orders import making

STAFF = Actor("staff", label="sofie@shop.example")


def customer(session: Session, name: str = "kim", language: str = "en") -> int:
    """A customer's id."""
    user = identity.create_user(
        session, email=f"{name}@people.example", first_name=name.title(), last_name="Peeters", language=language,
        actor=SYSTEM,
    )  # fmt: skip
    return int(user.id)


def product_of(session: Session, variant_id: int) -> int:
    """The product of a variant."""
    found = session.scalar(text("SELECT product_id FROM catalog_variant WHERE id = :v"), {"v": variant_id})
    assert found is not None
    return int(found)


def bought(session: Session, user_id: int, variant_id: int, paid: bool = True) -> int:
    """An order of this customer with one article, paid or not; returns the order's id."""
    made = making.order(session, [variant_id], user_id=user_id, quantity=1)
    product_id = product_of(session, variant_id)
    session.execute(
        text("UPDATE orders_line SET product_id = :p WHERE order_id = :o"), {"p": product_id, "o": made.id}
    )
    session.commit()
    if paid:
        making.pay(session, made)
    return int(made.id)


def products(session: Session, count: int = 1) -> list[tuple[int, int]]:
    """Published articles as (variant id, product id)."""
    return [(v, product_of(session, v)) for v in making.articles(session, count)]


def review(
    session: Session,
    user_id: int,
    product_id: int,
    rating: int = 5,
    body: str = "Lights the whole table.",
    *,
    title: str = "Lovely",
    approved: bool = True,
) -> Review:
    """A review of something that was bought, approved at once unless told otherwise."""
    made = reviews.write_review(
        session, user_id=user_id, product_id=product_id, rating=rating, title=title, body=body, language="en",
        actor=Actor("customer", user_id),
    )  # fmt: skip
    if approved:
        reviews.approve(session, review_id=made.id, actor=STAFF)
    return made
