"""Reviews of products: what is shown to everybody, and a customer's own."""

from __future__ import annotations

from typing import Any

from app.api import questions, shapes
from app.api.door import Call, door
from app.catalog.queries import product_page
from app.core import rate_limits
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.reviews import operations, queries

WRITES = "20/hour"


@door(
    "GET", "/products/<slug>/reviews", summary="Reviews of a product", tag="reviews", query=questions.ReviewQuery,
    answer=shapes.ReviewsShape,
)  # fmt: skip
def list_reviews(call: Call, slug: str) -> dict[str, Any]:
    """The stars of a product and its approved reviews; `sort` is newest, highest or lowest."""
    sort = call.query["sort"]
    if sort not in queries.SORTS:
        raise InvalidFields({"sort": _l("There is no such order.")})
    product = product_page(call.session, slug, call.language)
    found = queries.shown(
        call.session, product.id, sort=sort, limit=call.query["limit"], cursor=call.query["cursor"]
    )
    return {
        "items": [
            {
                "id": review.id, "rating": review.rating, "title": review.title, "body": review.body,
                "language": review.language, "author": review.author, "is_verified": True,
                "written_at": review.written_at.isoformat(), "answer": review.answer or None,
            }
            for review in found.reviews
        ],
        "next": found.next,
        "total": found.rating.count,
        "average": str(found.rating.average),
        "histogram": {str(number): count for number, count in enumerate(found.rating.stars, 1)},
    }  # fmt: skip


@door(
    "POST", "/products/<slug>/reviews", summary="Review a product", tag="reviews", body=questions.NewReview,
    answer=shapes.OwnReviewShape, status=201, who="customer", creates=True,
)  # fmt: skip
def write_review(call: Call, slug: str) -> dict[str, Any]:
    """Send in the account's review of something it bought; it is shown once somebody of the shop has read it.

    A second one for the same product answers 409.
    """
    assert call.person is not None
    rate_limits.hit(WRITES, f"review:{call.person.id}")
    product = product_page(call.session, slug, call.language)
    made = operations.write_review(
        call.session, user_id=call.person.id, product_id=product.id, rating=call.body["rating"],
        title=call.body["title"], body=call.body["body"], language=call.language, actor=call.actor,
    )  # fmt: skip
    return {
        "id": str(made.public_id),
        "rating": made.rating,
        "title": made.title,
        "body": made.body,
        "language": made.language,
        "status": made.state,
        "written_at": made.created_at.isoformat(),
    }


__all__ = ["list_reviews", "write_review"]
