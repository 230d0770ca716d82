"""The ways a review can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.i18n import _l


class NotBought(Forbidden):
    """Only who bought the product may judge it."""

    code = "not_bought"
    message = _l("You can review this product once you have bought it with this account.")


class AlreadyReviewed(Conflict):
    """This customer has judged the product before."""

    code = "already_reviewed"
    message = _l("You have reviewed this product already. You can change your review.")


class ReviewNotFound(NotFound):
    """No such review, or it is somebody else's."""

    code = "review_not_found"
    message = _l("This review was not found.")


class NoReason(Invalid):
    """A refusal needs words the customer can do something with."""

    code, field = "no_reason", "reason"
    message = _l("Please say why, in at most %(count)s characters. The customer reads this.")


class AnswerTooLong(Invalid):
    """An answer is a paragraph, not a letter."""

    code, field = "answer_too_long", "text"
    message = _l("At most %(count)s characters.")
