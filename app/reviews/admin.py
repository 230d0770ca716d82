"""The back office's screen of reviews: what waits to be read, and what the shop answers."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload
from wtforms import Form, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.core.admin import Interface, OperationView, Tile, action, badge, current_actor, related
from app.core.admin.context import database
from app.core.admin.fields import Storable
from app.core.admin.widgets import AreaWidget
from app.core.errors import Conflict, ShopError
from app.core.slots import Slot
from app.reviews import operations, rules
from app.reviews.models import Review
from app.reviews.states import REVIEW, STATE_LABELS

TONES = {"pending": "wait", "approved": "good", "rejected": "bad"}
LIST = "/admin/review/list/"


class RejectForm(Form):
    """Why a review is not shown."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Storable(), Length(max=rules.LONGEST_REASON)],
        widget=AreaWidget(rows=4),
        description=_l("The customer reads this by mail and in the account. Say what would have to change."),
    )
    version = HiddenField()


class AnswerForm(Form):
    """What the shop says below a review."""

    text = TextAreaField(
        _l("Answer"),
        [Optional(), Storable(), Length(max=rules.LONGEST_ANSWER)],
        widget=AreaWidget(rows=6),
        description=_l("Shown below the review, in the name of the shop. Empty takes the answer away."),
    )
    version = HiddenField()


def _seen(version: Any) -> int | None:
    """The version a form was opened for."""
    text = str(version or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class ReviewView(OperationView):
    """Reviews of products. Nobody here writes or changes one: it is approved, rejected or answered."""

    datamodel = Interface(Review)
    entity, title, singular, icon = "review", _l("Reviews"), _l("Review"), "star"
    load_options = (joinedload(Review.product), joinedload(Review.user))
    load_relations = False
    list_columns = ["product", "rating", "title", "author", "language", "state", "created_at"]
    show_columns = [
        "product", "rating", "title", "body", "language", "user", "line", "state", "reason", "answer", "answered_at",
        "decided_at", "created_at", "updated_at",
    ]  # fmt: skip
    search_columns = ["state", "rating", "product", "language", "title", "body", "created_at"]
    order_columns = ["rating", "state", "created_at", "language"]
    quick_search_columns = ["title", "body"]
    relations = {"product": related("name", "slug", order_by="name")}
    choices = {"state": list(STATE_LABELS.items())}
    badges = {"state": TONES}
    base_order = ("created_at", "desc")
    label_columns = {
        "product": _l("Product"), "rating": _l("Stars"), "title": _l("Title"), "body": _l("Text"),
        "author": _l("Author"), "user": _l("Customer"), "line": _l("Bought as"), "language": _l("Language"),
        "state": _l("State"), "reason": _l("Reason"), "answer": _l("Answer"), "answered_at": _l("Answered"),
        "decided_at": _l("Decided"), "created_at": _l("Written"), "updated_at": _l("Changed"),
    }  # fmt: skip
    list_help = _l(
        "Only approved reviews are shown and counted. Reject what is not about the product or hurts somebody."
    )
    empty_text = _l("No reviews yet.")
    empty_help = _l("Customers can review what they bought from the product's page and from their account.")
    grants = {"Support": ("can_list", "can_show", "answer")}

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """Stars wear their colour: low ones want to be read first."""
        if name == "rating":
            tone = "bad" if item.rating < 3 else "wait" if item.rating == 3 else "good"
            return badge(f"{item.rating} ★", tone=tone)
        return super().cell(item, name, short)

    def shown_actions(self, item: Review) -> list[dict[str, Any]]:
        """Only what the review's state allows."""
        closed = {verb for verb in ("approve", "reject") if not REVIEW.can(item, verb)}
        return [found for found in super().shown_actions(item) if found["name"] not in closed]

    def action_values(self, name: str, rows: list[Any]) -> dict[str, Any]:
        """The forms start with what is there, and with the version that was read."""
        if len(rows) != 1:
            return {}
        held = {"text": rows[0].answer} if name == "answer" else {"reason": rows[0].reason}
        return {**held, "version": rows[0].version}

    @action("approve", _l("Approve"), _l("Show these reviews in the shop?"), icon="check", guarded=True)
    def approve(self, items: list[Review]) -> str:
        """Show reviews in the shop, as they were read; one that is refused stops none of the others."""
        session, actor, left = database(), current_actor(), 0
        read = [(item.id, item.version) for item in items]
        for review_id, version in read:
            try:
                operations.approve(session, review_id=review_id, actor=actor, version=version)
            except ShopError:
                session.rollback()
                left += 1
        if left == len(read):
            raise Conflict(_("This review changed meanwhile, or is gone. Nothing was approved."))
        done = len(read) - left
        words = ngettext("%(num)s review is shown now.", "%(num)s reviews are shown now.", done)
        if left:
            words += " " + ngettext("%(num)s was left out.", "%(num)s were left out.", left)
        return words

    @action("reject", _l("Reject"), icon="x", danger=True, form=RejectForm)
    def reject(self, items: list[Review], reason: str, version: str = "") -> str:
        """Do not show reviews, for a reason that their authors read."""
        seen = _seen(version) if len(items) == 1 else None
        for item in items:
            operations.reject(
                database(), review_id=item.id, reason=reason, actor=current_actor(), version=seen
            )
        return ngettext("%(num)s review is not shown.", "%(num)s reviews are not shown.", len(items))

    @action("answer", _l("Write an answer"), icon="chat", multiple=False, form=AnswerForm)
    def answer(self, items: list[Review], text: str, version: str = "") -> str:
        """Put the shop's answer below a review."""
        for item in items:
            operations.answer(
                database(), review_id=item.id, text=text or "", actor=current_actor(), version=_seen(version)
            )
        return _("The answer is saved.")


def waiting(session: Session) -> list[Tile]:
    """How many reviews wait to be read; nothing while there are none (ix_reviews_review_state)."""
    count = session.scalar(select(func.count()).select_from(Review).where(Review.state == "pending")) or 0
    if not count:
        return []
    url = f"{LIST}?state.eq=pending"
    return [Tile(_("Reviews to read"), count, url=url, icon="star", view="ReviewView")]


SLOTS = (Slot("admin.home", waiting, position=30),)  # type: ignore[arg-type]
"""Tiles are values; a slot's type speaks of markup only."""
