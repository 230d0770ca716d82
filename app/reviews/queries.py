"""Reads of reviews: what visitors see, what a customer wrote, what is wrong."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.catalog.queries import ProductCard, is_on_show, product_cards
from app.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from app.identity.models import User
from app.orders import queries as orders
from app.reviews.models import ProductRating, Review
from app.reviews.rules import Rating, public_name

SORTS = ("newest", "highest", "lowest")
MOST_PER_PAGE = 100
_NEWEST = (Review.created_at.desc(), Review.id.desc())
_ORDERS: dict[str, tuple[Any, ...]] = {
    "newest": _NEWEST,
    "highest": (Review.rating.desc(), *_NEWEST),
    "lowest": (Review.rating, *_NEWEST),
}


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as visitors read it. Texts are plain; `author` is "" when the account is gone."""

    id: str
    rating: int
    title: str
    body: str
    language: str
    author: str
    written_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """The stars of a product and a page of its reviews; `next` is the cursor of the following ones."""

    rating: Rating
    reviews: tuple[ReviewView, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class OwnReview:
    """A review with the product it speaks of, for who wrote it. `product` is None while it is not on show."""

    review: Review
    name: str
    product: ProductCard | None


def shown(
    session: Session, product_id: int, *, sort: str = "newest", limit: int = 10, cursor: str | None = None
) -> Shown:
    """The stars of a product and its approved reviews in keyset pages; one statement.

    Read from ix_reviews_review_newest or ix_reviews_review_stars. An unknown `sort` is the newest first.

    Raises:
        BadCursor: the cursor was not made by this shop, or for another order.
    """
    sort = sort if sort in SORTS else "newest"
    size = max(1, min(limit, MOST_PER_PAGE))
    query = _with_stars().where(Review.product_id == product_id, Review.state == "approved")
    if cursor:
        query = query.where(_after(cursor, sort))
    rows = session.execute(query.order_by(*_ORDERS[sort]).limit(size + 1)).all()
    if not rows:
        return Shown(rating_of(session, product_id) if cursor else Rating(), ())
    last = rows[size - 1].Review if len(rows) > size else None
    after = encode_cursor([sort, last.rating, last.created_at.isoformat(), last.id]) if last else None
    return Shown(rows[0].ProductRating.rating, tuple(_view(row) for row in rows[:size]), after)


def _with_stars() -> Select[Any, Any, Any, Any]:
    return (
        select(Review, ProductRating, User.first_name, User.last_name)
        .join(ProductRating, ProductRating.product_id == Review.product_id)
        .outerjoin(User, User.id == Review.user_id)
    )


def _after(cursor: str, sort: str) -> Any:
    made_for, rating, moment, review_id = decode_cursor(cursor, 4)
    try:
        at = datetime.fromisoformat(moment)
    except (TypeError, ValueError) as wrong:
        raise BadCursor() from wrong
    numbers = all(isinstance(n, int) and not isinstance(n, bool) for n in (rating, review_id))
    if (
        made_for != sort
        or not numbers
        or at.tzinfo is None
        or not (0 < rating < 6 and 0 <= review_id < 2**63)
    ):
        raise BadCursor()
    older = tuple_(Review.created_at, Review.id) < tuple_(at, review_id)
    if sort == "newest":
        return older
    further = Review.rating < rating if sort == "highest" else Review.rating > rating
    return or_(further, and_(Review.rating == rating, older))


def _view(row: Row[Any, Any, Any, Any]) -> ReviewView:
    review = row.Review
    return ReviewView(
        id=str(review.public_id), rating=review.rating, title=review.title, body=review.body,
        language=review.language, author=public_name(row.first_name, row.last_name),
        written_at=review.created_at, answer=review.answer, answered_at=review.answered_at,
    )  # fmt: skip


def rating_of(session: Session, product_id: int) -> Rating:
    """The stars of a product."""
    row = session.get(ProductRating, product_id, populate_existing=True)
    return row.rating if row else Rating()


def own_review(session: Session, user_id: int, product_id: int) -> Review | None:
    """What this customer wrote about the product (uq_reviews_review_user_id_product_id)."""
    return session.scalar(select(Review).where(Review.user_id == user_id, Review.product_id == product_id))


def by_public_id(session: Session, public_id: uuid.UUID) -> Review | None:
    """The review behind an id that the outside knows."""
    return session.scalar(select(Review).where(Review.public_id == public_id))


def may_write(session: Session, user_id: int, product_id: int) -> bool:
    """True when the customer has bought the product."""
    return orders.bought_line(session, user_id, product_id) is not None


def reviews_of(
    session: Session, user_id: int, lang: str, *, limit: int = 20, cursor: str | None = None
) -> Page[OwnReview]:
    """What a customer wrote, newest first, whatever its state; three statements.

    Raises:
        BadCursor: the cursor was not made by this shop.
    """
    own = Review.user_id == user_id
    total = session.scalar(select(func.count()).select_from(Review).where(own)) or 0
    query = select(Review, Product.name, is_on_show().label("is_on_show")).join(Product).where(own)
    if cursor:
        (before,) = decode_cursor(cursor, 1)
        if isinstance(before, bool) or not isinstance(before, int) or not 0 <= before < 2**63:
            raise BadCursor()
        query = query.where(Review.id < before)
    size = max(1, min(limit, MOST_PER_PAGE))
    rows = session.execute(query.order_by(Review.id.desc()).limit(size + 1)).all()
    page = rows[:size]
    cards = product_cards(session, [row.Review.product_id for row in page if row.is_on_show], lang)
    known = {card.id: card for card in cards}
    items = [OwnReview(row.Review, row.name, known.get(row.Review.product_id)) for row in page]
    return Page(items, encode_cursor([page[-1].Review.id]) if len(rows) > size else None, total)


def waiting_for(session: Session, user_id: int, lang: str, limit: int = 6) -> list[ProductCard]:
    """Products on show that this customer bought lately and has not judged yet."""
    bought = orders.bought_products(session, user_id)
    if not bought:
        return []
    judged = select(Review.product_id).where(Review.user_id == user_id)
    query = select(Product.id).where(Product.id.in_(bought), is_on_show(), Product.id.not_in(judged))
    left = set(session.scalars(query))
    return product_cards(session, [i for i in bought if i in left][:limit], lang)


def miscounted(session: Session) -> list[str]:
    """Products whose stars are not those of their approved reviews, in the counts or at the product."""
    query = text("""
        WITH counted AS (
            SELECT product_id, count(*) AS n, sum(rating) AS total, count(*) FILTER (WHERE rating = 1) AS s1,
                   count(*) FILTER (WHERE rating = 2) AS s2, count(*) FILTER (WHERE rating = 3) AS s3,
                   count(*) FILTER (WHERE rating = 4) AS s4, count(*) FILTER (WHERE rating = 5) AS s5
              FROM reviews_review WHERE state = 'approved' GROUP BY product_id)
        SELECT p.id, coalesce(c.n, 0), coalesce(r.count, 0), p.rating_count, p.rating_average
          FROM catalog_product p LEFT JOIN counted c ON c.product_id = p.id
          LEFT JOIN reviews_rating r ON r.product_id = p.id
         WHERE (coalesce(c.s1, 0), coalesce(c.s2, 0), coalesce(c.s3, 0), coalesce(c.s4, 0), coalesce(c.s5, 0))
               <> (coalesce(r.stars_1, 0), coalesce(r.stars_2, 0), coalesce(r.stars_3, 0), coalesce(r.stars_4, 0),
                   coalesce(r.stars_5, 0))
            OR coalesce(c.n, 0) <> p.rating_count
            OR coalesce(round(c.total::numeric / nullif(c.n, 0), 2), 0) <> p.rating_average
         ORDER BY p.id LIMIT 50""")
    sentence = (
        "product {0} has {1} approved reviews; its stars say {2}, the product says {3} with {4} on average"
    )
    return [sentence.format(*row) for row in session.execute(query)]


def without_purchase(session: Session) -> list[str]:
    """Reviews whose line is not of this product, or not of an order of this customer."""
    query = text("""
        SELECT r.id, r.product_id FROM reviews_review r
          JOIN orders_line l ON l.id = r.order_line_id JOIN orders_order o ON o.id = l.order_id
         WHERE l.product_id <> r.product_id OR (r.user_id IS NOT NULL AND o.user_id <> r.user_id)
         ORDER BY r.id LIMIT 50""")
    return [
        f"review {row[0]} of product {row[1]} has no purchase behind it" for row in session.execute(query)
    ]
