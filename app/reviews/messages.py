"""What a review's author is told by mail: that it is shown, or why it is not."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.i18n import translated
from app.events.reviews import ReviewDecided
from app.notifications import operations as notifications
from app.reviews.models import Review


def send_decided(session: Session, event: ReviewDecided) -> None:
    """Tell the author what became of the review, in the author's language. Repeatable: written once.

    Says nothing where the review or its author is gone, or where somebody decided anew meanwhile.
    """
    review = session.get(Review, event.review_id)
    if review is None or review.user is None or review.state != event.state:
        return
    language = review.user.language
    product = review.product
    values = {
        "name": translated(product, "name", language),
        "is_shown": event.state == "approved",
        "reason": review.reason,
        "path": f"/p/{translated(product, 'slug', language)}",
        "own_path": "/account/reviews",
    }
    notifications.send_mail(
        session, to=review.user.email, template="review_decided", language=language, values=values,
        dedupe_key=f"review-decided:{review.id}:{event.version}",
    )  # fmt: skip
