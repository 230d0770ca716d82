"""The verbs of reviews. Whatever changes what is shown changes the product's stars in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Conflict, InvalidFields
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.reviews import ReviewDecided, ReviewsChanged, ReviewWritten
from app.orders import queries as orders
from app.reviews import rules
from app.reviews.errors import AlreadyReviewed, AnswerTooLong, NoReason, NotBought, ReviewNotFound
from app.reviews.models import ProductRating, Review
from app.reviews.states import REVIEW

ENTITY = "reviews_review"


def write_review(
    session: Session,
    *,
    user_id: int,
    product_id: int,
    rating: Any,
    body: Any,
    title: Any = "",
    language: str,
    actor: Actor,
    at: datetime | None = None,
) -> Review:
    """Take in a customer's review of something bought; it waits to be read. `at` is for imports and demos.

    Raises:
        InvalidFields: naming each wrong field. NotBought: no order of this customer holds the product.
        AlreadyReviewed: there is one, perhaps since a moment ago.
    """
    text = _read(rating, title, body, language)
    with unit_of_work(session):
        line_id = orders.bought_line(session, user_id, product_id)
        if line_id is None:
            raise NotBought()
        values: dict[str, Any] = {"created_at": at, "updated_at": at} if at else {}
        made = session.scalar(
            insert(Review)
            .values(
                user_id=user_id, product_id=product_id, order_line_id=line_id, rating=text.rating, title=text.title,
                body=text.body, language=text.language, **values,
            )
            .on_conflict_do_nothing(index_elements=["user_id", "product_id"])
            .returning(Review)
        )  # fmt: skip
        if made is None:
            raise AlreadyReviewed()
        publish(session, ReviewWritten(made.id, product_id))
    return made


def edit_review(
    session: Session,
    *,
    user_id: int,
    product_id: int,
    rating: Any,
    body: Any,
    title: Any = "",
    language: str,
    actor: Actor,
) -> Review:
    """Change one's own review. Other words wait to be read again; other stars alone count at once.

    Raises:
        InvalidFields: naming each wrong field. ReviewNotFound: this customer wrote none.
    """
    text = _read(rating, title, body, language)
    with unit_of_work(session):
        row = _own(session, user_id, product_id)
        before, has_new_words = row.shown_rating, (row.title, row.body) != (text.title, text.body)
        if not has_new_words and row.rating == text.rating:
            return row
        row.rating = text.rating
        if has_new_words:
            row.title, row.body, row.language, row.reason = text.title, text.body, text.language, ""
            REVIEW.transition(row, "resubmit")
            publish(session, ReviewWritten(row.id, product_id))
        session.flush()
        _count(session, row.product_id, before, row.shown_rating)
    return row


def delete_review(session: Session, *, user_id: int, product_id: int, actor: Actor) -> None:
    """Take one's own review back; its stars no longer count.

    Raises:
        ReviewNotFound: this customer wrote none, or it was gone already.
    """
    with unit_of_work(session):
        _remove(session, _own(session, user_id, product_id), actor)


def forget_author(session: Session, *, user_id: int, actor: Actor) -> int:
    """Remove everything a person wrote; returns how many reviews."""
    with unit_of_work(session):
        query = select(Review.id).where(Review.user_id == user_id)
        rows = locks.rows(session, Review, session.scalars(query))
        for row in sorted(rows.values(), key=lambda found: found.product_id):
            _remove(session, row, actor)
    return len(rows)


def approve(session: Session, *, review_id: int, actor: Actor, version: int | None = None) -> None:
    """Show a review; its stars count from now on. Doing it again changes nothing.

    Raises:
        ReviewNotFound: there is none. Conflict: it is not the `version` that was read.
    """
    with unit_of_work(session):
        row = _locked(session, review_id, version)
        _decide(session, row, "approve", "", actor)


def reject(
    session: Session, *, review_id: int, reason: str, actor: Actor, version: int | None = None
) -> None:
    """Do not show a review, with a reason the customer reads; its stars no longer count.

    Raises:
        NoReason: without words, or with too many. ReviewNotFound: there is none.
        Conflict: it is not the `version` that was read.
    """
    words = rules.clean(reason)
    if not words or len(words) > rules.LONGEST_REASON:
        raise NoReason(count=rules.LONGEST_REASON)
    with unit_of_work(session):
        row = _locked(session, review_id, version)
        _decide(session, row, "reject", words, actor)


def answer(session: Session, *, review_id: int, text: str, actor: Actor, version: int | None = None) -> None:
    """Put the shop's answer below a review, or take it away with an empty text.

    Raises:
        AnswerTooLong: beyond the limit. ReviewNotFound: there is none.
        Conflict: it is not the `version` that was read.
    """
    words = rules.clean(text)
    if len(words) > rules.LONGEST_ANSWER:
        raise AnswerTooLong(count=rules.LONGEST_ANSWER)
    with unit_of_work(session):
        row = _locked(session, review_id, version)
        if row.answer == words:
            return
        before = {"answer": row.answer}
        row.answer, row.answered_at = words, utcnow() if words else None
        session.flush()
        _note(session, row.id, "answer", actor, before, {"answer": words})
        if row.shown_rating is not None:
            publish(session, ReviewsChanged(row.product_id))


def _read(rating: Any, title: Any, body: Any, language: str) -> rules.Text:
    text, errors = rules.read(rating, title, body, language)
    if text is None:
        raise InvalidFields(errors)
    return text


def _own(session: Session, user_id: int, product_id: int) -> Review:
    query = select(Review).where(Review.user_id == user_id, Review.product_id == product_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise ReviewNotFound()
    return row


def _locked(session: Session, review_id: int, version: int | None) -> Review:
    row = session.get(Review, review_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ReviewNotFound()
    if version is not None and row.version != version:
        raise Conflict()
    return row


def _decide(session: Session, row: Review, step: str, reason: str, actor: Actor) -> None:
    before, was = row.shown_rating, {"state": row.state, "reason": row.reason}
    if not REVIEW.transition(row, step) and row.reason == reason:
        return
    row.reason, row.decided_at = reason, utcnow()
    session.flush()
    _note(session, row.id, step, actor, was, {"state": row.state, "reason": reason})
    _count(session, row.product_id, before, row.shown_rating)
    publish(session, ReviewDecided(row.id, row.product_id, row.state, row.version))


def _remove(session: Session, row: Review, actor: Actor) -> None:
    before = row.shown_rating
    session.delete(row)
    session.flush()
    _note(session, row.id, "delete", actor, {"state": row.state, "rating": row.rating}, None)
    _count(session, row.product_id, before, None)


def _note(
    session: Session,
    review_id: int,
    what: str,
    actor: Actor,
    before: Mapping[str, Any],
    after: Mapping[str, Any] | None,
) -> None:
    """Who decided what. The customer's words are not in it: the log keeps everything for ever."""
    audit.record(
        session, actor=actor, action=f"review.{what}", entity=ENTITY, entity_id=review_id, before=before, after=after
    )  # fmt: skip


def _count(session: Session, product_id: int, before: int | None, after: int | None) -> None:
    """Move one review from `before` stars to `after` (None: not shown), and tell the catalogue.

    The row of counts is locked until the end of the transaction, so that two writers follow each other.
    """
    if before is None and after is None:
        return
    publish(session, ReviewsChanged(product_id))
    if before == after:
        return
    session.execute(insert(ProductRating).values(product_id=product_id).on_conflict_do_nothing())
    change: dict[str, Any] = {}
    for number, step in ((before, -1), (after, 1)):
        if number is not None:
            change[f"stars_{number}"] = getattr(ProductRating, f"stars_{number}") + step
    row = session.scalars(
        update(ProductRating)
        .where(ProductRating.product_id == product_id)
        .values(**change)
        .returning(ProductRating)
        .execution_options(populate_existing=True, synchronize_session=False)
    ).one()
    catalog.set_rating(session, product_id=product_id, average=row.rating.average, count=row.rating.count)
