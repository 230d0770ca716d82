"""Tells an account in the shop itself: writes the notice down, then rings in its open pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy.orm import Session

from app.core import slots
from app.core.i18n import speak
from app.identity.models import User
from app.notifications.channels import onsite
from app.notifications.onsite import operations, queries
from app.notifications.onsite.models import Notice


def words_of(notice: Notice) -> tuple[str, str]:
    """Title and body of a notice, in the words of the feature it comes from and the language being spoken."""
    for slot in slots.filling(f"notice.{notice.topic}"):
        title, body = cast("tuple[str, str]", slot.render(**notice.facts))
        return title, body
    return notice.topic.replace("_", " ").capitalize(), ""


def shape(notice: Notice) -> dict[str, Any]:
    """A notice as pages get it, in the language being spoken. Addresses have no language: pages add their own."""
    title, body = words_of(notice)
    return {
        "id": onsite.notice_id(onsite.SHOP, notice.id),
        "title": title,
        "body": body,
        "url": notice.url,
    }


def tell(
    session: Session, *, user_id: int, topic: str, subject: str, url: str = "", facts: Mapping[str, Any] | None = None
) -> None:  # fmt: skip
    """Tell an account of a matter, once, and ring wherever it is open. For handlers: call it after the change."""
    made = operations.tell(session, user_id=user_id, topic=topic, subject=subject, url=url, facts=facts)
    notice = session.get(Notice, made) if made is not None else None
    person = session.get(User, user_id)
    if notice is None or person is None:
        return
    with speak(person.language or "en"):
        said = shape(notice)
    onsite.tell(onsite.SHOP, user_id, said, queries.unread(session, user_id))


def read(session: Session, *, user_id: int, numbers: Iterable[int] | None = None) -> int:
    """Mark these as read, or all; the account's other pages count less. Returns how many still wait."""
    done = operations.mark_read(session, user_id=user_id, ids=numbers)
    waiting = queries.unread(session, user_id)
    onsite.tell_read(onsite.SHOP, user_id, done, waiting)
    return waiting


def missed(session: Session, user_id: int, language: str, after: int | None) -> dict[str, Any]:
    """What a page has to know that comes back: the count, and what it has not been told since `after`."""
    newer = queries.unread_after(session, user_id, after) if after is not None else []
    with speak(language):
        notices = [shape(notice) for notice in newer]
    return {
        "unread": queries.unread(session, user_id),
        "notices": notices,
        "last": queries.last_id(session, user_id),
    }
