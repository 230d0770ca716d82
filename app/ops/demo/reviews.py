"""Reviews of the demo: by customers who bought it, through the operations that real ones use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import outbox
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.ops.demo.content.reviews import ANSWERS, REVIEWS
from app.ops.demo.content.values import ReviewSpec
from app.orders.models import Order, OrderLine
from app.reviews import operations
from app.reviews.models import Review

MOST, LOOKED_AT = 300, 6000
WRITES, WAITS, IS_ANSWERED = 0.75, 0.05, 0.7
"""Which part of buyers writes, which part nobody has read yet, and of the low ones which part is answered."""
LIKED = (5,) * 9 + (4,) * 6 + (3,) * 3 + (2, 1)
BATCH = 25
Report = Callable[[int, int], None]


def load(session: Session, *, report: Report) -> None:
    """Let customers judge what reached them, in their language; nothing where reviews exist already."""
    if session.scalar(select(func.count()).select_from(Review)):
        return
    query = (
        select(OrderLine.product_id, Order.user_id, Order.language, Order.placed_at)
        .join(Order)
        .where(Order.state == "delivered", Order.user_id.is_not(None))
        .order_by(OrderLine.id)
        .limit(LOOKED_AT)  # a demo of very many orders does not have more reviews
    )
    pairs = {(row.product_id, row.user_id): (row.language, row.placed_at) for row in session.execute(query)}
    chosen = [pair for pair in pairs if Random(f"review:{pair}").random() < WRITES][:MOST]
    said: set[tuple[int, ReviewSpec]] = set()
    for start in range(0, len(chosen), BATCH):
        with outbox.quietly(session), unit_of_work(session):
            for pair in chosen[start : start + BATCH]:
                _one(session, pair, *pairs[pair], said)
        session.expunge_all()
        report(min(start + BATCH, len(chosen)), len(chosen))


def _one(
    session: Session,
    pair: tuple[int, int],
    language: str,
    bought_at: datetime,
    said: set[tuple[int, ReviewSpec]],
) -> None:
    product_id, user_id = pair
    dice = Random(f"review:words:{pair}")
    stars = dice.choice(LIKED)
    fitting = [spec for spec in REVIEWS[language] if spec.stars == stars and (product_id, spec) not in said]
    if not fitting:  # everything that can be said with these stars stands there already
        return
    at = bought_at + timedelta(minutes=dice.randrange(5 * 1440, 30 * 1440))
    if at > utcnow():
        return
    spec = dice.choice(fitting)
    said.add((product_id, spec))
    made = operations.write_review(
        session, user_id=user_id, product_id=product_id, rating=stars, title=spec.title, body=spec.body,
        language=language, actor=Actor("customer", user_id), at=at,
    )  # fmt: skip
    if dice.random() < WAITS:
        return
    operations.approve(session, review_id=made.id, actor=SYSTEM)
    if stars in ANSWERS and dice.random() < IS_ANSWERED:
        operations.answer(session, review_id=made.id, text=ANSWERS[stars][language], actor=SYSTEM)
