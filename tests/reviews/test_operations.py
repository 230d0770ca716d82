"""Writing, changing, taking back; approving, rejecting, answering: and the stars that follow."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import Product
from app.core.actor import SYSTEM, Actor
from app.core.audit import AuditRow
from app.core.errors import Conflict, InvalidFields
from app.orders import operations as orders
from app.orders.states import CancelReason
from app.reviews import operations, personal, queries
from app.reviews.errors import AlreadyReviewed, AnswerTooLong, NoReason, NotBought, ReviewNotFound
from app.reviews.models import Review
from tests.reviews import making
from tests.reviews.making import STAFF

WORDS: dict[str, Any] = {"rating": 4, "body": "Does what it should.", "language": "en"}


@pytest.fixture
def shop(session: Session) -> tuple[int, int, int]:
    """A customer who bought a product: (user, variant, product)."""
    ((variant, product),) = making.products(session)
    user = making.customer(session)
    making.bought(session, user, variant)
    return user, variant, product


def stars(session: Session, product_id: int) -> tuple[int, str]:
    """Count and average, as the product itself carries them; they must be those of the reviews."""
    session.expire_all()
    product = session.get_one(Product, product_id)
    rating = queries.rating_of(session, product_id)
    assert (rating.count, rating.average) == (product.rating_count, product.rating_average)
    assert queries.miscounted(session) == [] == queries.without_purchase(session)
    return product.rating_count, str(product.rating_average)


def me(user: int) -> Actor:
    return Actor("customer", user, "kim@people.example")


def test_a_review_waits_then_counts(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    made = operations.write_review(session, user_id=user, product_id=product, actor=me(user), **WORDS)
    assert made.state == "pending" and stars(session, product) == (0, "0.00")
    assert queries.shown(session, product).reviews == ()
    operations.approve(session, review_id=made.id, actor=STAFF)
    operations.approve(session, review_id=made.id, actor=STAFF)
    assert stars(session, product) == (1, "4.00")
    (view,) = queries.shown(session, product).reviews
    assert (view.author, view.rating, view.body) == ("Kim P.", 4, "Does what it should.")
    assert (
        session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "review.approve"))
        == 1
    )


@pytest.mark.parametrize("how", ["never", "unpaid", "cancelled", "somebody else", "another product"])
def test_only_who_bought_it_may_judge(session: Session, how: str) -> None:
    (variant, product), (other_variant, _other) = making.products(session, 2)
    user = making.customer(session)
    if how == "unpaid":
        making.bought(session, user, variant, paid=False)
    elif how == "cancelled":
        order_id = making.bought(session, user, variant)
        orders.cancel_order(session, order_id=order_id, reason=CancelReason.CUSTOMER, actor=SYSTEM)
    elif how == "somebody else":
        making.bought(session, making.customer(session, "lou"), variant)
    elif how == "another product":
        making.bought(session, user, other_variant)
    with pytest.raises(NotBought) as refused:
        operations.write_review(session, user_id=user, product_id=product, actor=me(user), **WORDS)
    assert "bought" in refused.value.text
    assert session.scalar(select(Review.id)) is None and not queries.may_write(session, user, product)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rating": 0}, "rating"), ({"rating": 6}, "rating"), ({"rating": None}, "rating"), ({"rating": "5"}, "rating"),
        ({"rating": True}, "rating"), ({"rating": 4.0}, "rating"), ({"body": ""}, "body"), ({"body": " \n\t"}, "body"),
        ({"body": "x" * 10_000}, "body"), ({"title": "x" * 121}, "title"), ({"body": "a\x00b"}, "body"),
        ({"title": "\ud800"}, "title"), ({"body": None}, "body"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    session: Session, shop: tuple[int, int, int], values: dict[str, Any], field: str
) -> None:
    user, _variant, product = shop
    with pytest.raises(InvalidFields) as refused:
        operations.write_review(
            session, user_id=user, product_id=product, actor=me(user), **{**WORDS, **values}
        )
    assert list(refused.value.errors) == [field]
    assert session.scalar(select(Review.id)) is None


def test_one_a_customer_and_product(session: Session, shop: tuple[int, int, int]) -> None:
    user, variant, product = shop
    making.bought(session, user, variant)
    making.review(session, user, product)
    with pytest.raises(AlreadyReviewed):
        operations.write_review(session, user_id=user, product_id=product, actor=me(user), **WORDS)
    assert stars(session, product) == (1, "5.00")


def test_the_database_holds_what_the_operations_promise(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    making.review(session, user, product)
    for change in (
        "UPDATE reviews_review SET rating = 6", "UPDATE reviews_review SET state = 'glorious'",
        "UPDATE reviews_rating SET stars_1 = -1", "UPDATE reviews_review SET body = repeat('x', 4001)",
        "INSERT INTO reviews_review (product_id, user_id, order_line_id, rating, body, language)"
        " SELECT product_id, user_id, order_line_id, 5, 'again', 'en' FROM reviews_review",
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            session.execute(text(change))
        session.rollback()


def test_other_words_wait_again_other_stars_do_not(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    making.review(session, user, product, 5, "Fine.", title="")
    edit = {"user_id": user, "product_id": product, "language": "en", "actor": me(user)}
    same = operations.edit_review(session, rating=5, body="Fine.", **edit)
    assert (same.state, same.version) == ("approved", 2)
    operations.edit_review(session, rating=2, body="Fine.", **edit)
    assert stars(session, product) == (1, "2.00")
    changed = operations.edit_review(session, rating=1, body="It broke.", **edit)
    assert changed.state == "pending" and stars(session, product) == (0, "0.00")
    operations.reject(session, review_id=changed.id, reason="Please say what broke.", actor=STAFF)
    again = operations.edit_review(session, rating=1, body="The switch broke.", **edit)
    assert (again.state, again.reason) == ("pending", "")
    with pytest.raises(ReviewNotFound):
        operations.edit_review(
            session, rating=1, body="Mine?", **{**edit, "user_id": making.customer(session, "lou")}
        )


def test_taken_back_it_no_longer_counts(session: Session, shop: tuple[int, int, int]) -> None:
    user, variant, product = shop
    other = making.customer(session, "lou")
    making.bought(session, other, variant)
    making.review(session, user, product, 5)
    making.review(session, other, product, 2)
    assert stars(session, product) == (2, "3.50")
    operations.delete_review(session, user_id=user, product_id=product, actor=me(user))
    assert stars(session, product) == (1, "2.00")
    with pytest.raises(ReviewNotFound):
        operations.delete_review(session, user_id=user, product_id=product, actor=me(user))
    making.review(session, user, product, 4)
    assert stars(session, product) == (2, "3.00")


def test_rejected_needs_words_and_is_not_counted(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    made = making.review(session, user, product, 1)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(NoReason):
            operations.reject(session, review_id=made.id, reason=reason, actor=STAFF)
    assert stars(session, product) == (1, "1.00")
    operations.reject(session, review_id=made.id, reason="It names a person.", actor=STAFF)
    operations.reject(session, review_id=made.id, reason="It names a person.", actor=STAFF)
    assert stars(session, product) == (0, "0.00") and queries.shown(session, product).reviews == ()
    operations.approve(session, review_id=made.id, actor=STAFF)
    assert stars(session, product) == (1, "1.00")


def test_answers_and_what_was_read_is_what_is_judged(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    made = making.review(session, user, product, approved=False)
    read = made.version
    operations.edit_review(
        session,
        user_id=user,
        product_id=product,
        rating=5,
        body="Buy it at my shop!",
        language="en",
        actor=me(user),
    )
    for verb, values in (
        (operations.approve, {}), (operations.reject, {"reason": "No."}), (operations.answer, {"text": "Thanks"}),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            verb(session, review_id=made.id, version=read, actor=STAFF, **values)
    operations.answer(session, review_id=made.id, text=" Thank you. ", actor=STAFF)
    assert (made.answer, made.answered_at is not None) == ("Thank you.", True)
    operations.answer(session, review_id=made.id, text="", actor=STAFF)
    assert (made.answer, made.answered_at) == ("", None)
    with pytest.raises(AnswerTooLong):
        operations.answer(session, review_id=made.id, text="x" * 2001, actor=STAFF)
    for verb, values in ((operations.approve, {}), (operations.reject, {"reason": "No."})):
        with pytest.raises(ReviewNotFound):
            verb(session, review_id=10**12, actor=STAFF, **values)


def test_what_a_person_wrote_is_given_and_erased(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    making.review(session, user, product, 3)
    (given,) = personal.export(session, user_id=user)
    assert (given["rating"], given["body"], given["state"]) == (3, "Lights the whole table.", "approved")
    assert personal.erase(session, user_id=user, actor=SYSTEM) == 1
    assert personal.erase(session, user_id=user, actor=SYSTEM) == 0
    assert stars(session, product) == (0, "0.00")
    log = session.scalars(select(AuditRow)).all()
    assert not any("Lights" in str((row.before, row.after)) for row in log), (
        "the log keeps no words of customers"
    )


def test_a_product_with_reviews_is_archived_not_lost(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    making.review(session, user, product)
    assert catalog.delete_product(session, product_id=product, actor=SYSTEM) == "archived"
    assert stars(session, product) == (1, "5.00")


def test_a_wrong_count_is_found(session: Session, shop: tuple[int, int, int]) -> None:
    user, _variant, product = shop
    making.review(session, user, product)
    session.execute(text("UPDATE reviews_rating SET stars_5 = 2"))
    (said,) = queries.miscounted(session)
    assert f"product {product} has 1 approved" in said
    session.execute(text("UPDATE reviews_rating SET stars_5 = 1"))
    session.execute(text("UPDATE catalog_product SET rating_average = 4.99 WHERE id = :p"), {"p": product})
    assert len(queries.miscounted(session)) == 1
    session.rollback()
