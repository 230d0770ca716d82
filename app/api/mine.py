"""What belongs to an account beside its address book: the mails it wants, the reviews it wrote."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app.api import mine_shapes, questions, shapes
from app.api.door import Call, door
from app.api.mine_shapes import WORDING
from app.core import rate_limits
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.identity import sessions, throttle
from app.notifications import consents, topics
from app.notifications import queries as notifications
from app.notifications.consents import Origin
from app.reviews import operations, queries
from app.reviews.errors import ReviewNotFound
from app.reviews.models import Review

REVIEW_WRITES = "20/hour"

# --- mails ----------------------------------------------------------------------------------------


def _topics(call: Call, is_confirmation_sent: bool = False) -> dict[str, Any]:
    assert call.person is not None
    held = notifications.choices(call.session, call.person.email)
    items = [
        {"code": t.code, "label": str(t.label), "help": str(t.help), "is_wanted": held[t.code]}
        for t in topics.TOPICS.values()
        if t.is_asked
    ]
    return {
        "email": call.person.email, "items": items, "next": None, "total": len(items),
        "wording": {"version": WORDING, "text": str(topics.WORDINGS[WORDING])},
        "is_confirmation_sent": is_confirmation_sent,
    }  # fmt: skip


@door("GET", "/me/topics", summary="The mails I want", tag="customers", answer=mine_shapes.TopicsShape, who="customer")  # fmt: skip
def list_topics(call: Call) -> dict[str, Any]:
    """What the account may be told by mail. Messages about orders are always sent and not in the list."""
    return _topics(call)


@door(
    "PATCH", "/me/topics", summary="Choose the mails I want", tag="customers", body=mine_shapes.ChangedTopics,
    answer=mine_shapes.TopicsShape, who="customer",
)  # fmt: skip
def choose_topics(call: Call) -> dict[str, Any]:
    """Switch topics on or off; what is not sent stays.

    Switching on is a consent of the account's owner: show the sentence of `wording` and send its version along.
    Switching off needs nothing. An address that nobody confirmed is asked by mail first (`is_confirmation_sent`).
    """
    assert call.person is not None
    wanted = {code: on for code, on in call.body.items() if code in topics.ASKED}
    wording = call.body["wording"]
    if wording != WORDING and (wording or any(wanted.values())):
        raise InvalidFields({"wording": _l("Show the sentence of “wording” first, and send its version.")})
    origin = Origin("api", sessions.client_ip(), wording, call.language)
    person = call.person
    waiting = consents.choose_own(
        call.session, user_id=person.id, email=person.email, is_verified=person.is_verified, wanted=wanted, origin=origin
    )  # fmt: skip
    if waiting:
        throttle.note_request("newsletter", email=person.email, ip=sessions.client_ip())
        consents.ask(call.session, email=person.email, codes=waiting, origin=origin)
    return _topics(call, is_confirmation_sent=bool(waiting))


# --- reviews --------------------------------------------------------------------------------------


def _review(review: Review, name: str, slug: str | None) -> dict[str, Any]:
    return {
        "id": str(review.public_id), "product": slug, "product_name": name, "rating": review.rating,
        "title": review.title, "body": review.body, "language": review.language, "status": review.state,
        "reason": review.reason or "", "answer": review.answer or None, "written_at": review.created_at.isoformat(),
    }  # fmt: skip


@door(
    "GET", "/me/reviews", summary="The reviews I wrote", tag="reviews", query=questions.Listing,
    answer=mine_shapes.MyReviewsShape, who="customer",
)  # fmt: skip
def list_my_reviews(call: Call) -> dict[str, Any]:
    """Every review of the account whatever its state, newest first."""
    assert call.person is not None
    found = queries.reviews_of(
        call.session, call.person.id, call.language, limit=call.query["limit"], cursor=call.query["cursor"]
    )
    items = [
        _review(row.review, row.product.name if row.product else row.name, row.product.slug if row.product else None)
        for row in found.items
    ]  # fmt: skip
    return {"items": items, "next": found.next, "total": found.total}


def _own(call: Call, review_id: str) -> Review:
    """The account's own review behind an id.

    Raises:
        ReviewNotFound: there is none, or somebody else wrote it.
    """
    assert call.person is not None
    try:
        found = queries.by_public_id(call.session, UUID(review_id))
    except ValueError:
        found = None
    if found is None or found.user_id != call.person.id:
        raise ReviewNotFound()
    return found


@door(
    "PUT", "/me/reviews/<review_id>", summary="Change my review", tag="reviews", body=questions.NewReview,
    answer=shapes.OwnReviewShape, who="customer",
)  # fmt: skip
def change_review(call: Call, review_id: str) -> dict[str, Any]:
    """Change one's own review. Other words wait to be read again; other stars alone count at once."""
    assert call.person is not None
    product_id = _own(call, review_id).product_id
    rate_limits.hit(REVIEW_WRITES, f"review:{call.person.id}")
    row = operations.edit_review(
        call.session, user_id=call.person.id, product_id=product_id, rating=call.body["rating"],
        title=call.body["title"], body=call.body["body"], language=call.language, actor=call.actor,
    )  # fmt: skip
    said = _review(row, "", None)
    return {
        name: said[name] for name in ("id", "rating", "title", "body", "language", "status", "written_at")
    }


@door(
    "DELETE", "/me/reviews/<review_id>", summary="Take my review back", tag="reviews", answer=None, status=204,
    who="customer",
)  # fmt: skip
def delete_review(call: Call, review_id: str) -> None:
    """Take one's own review back; its stars no longer count."""
    assert call.person is not None
    product_id = _own(call, review_id).product_id
    operations.delete_review(call.session, user_id=call.person.id, product_id=product_id, actor=call.actor)


__all__ = ["list_topics"]
