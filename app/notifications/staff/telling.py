"""Tells open pages of the back office what the bell says now: each person in their language, by their rights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import slots
from app.core.i18n import speak
from app.identity import queries as people
from app.notifications.channels import onsite
from app.notifications.staff import queries
from app.notifications.staff.models import StaffNotice

SCREEN = "StaffNoticeView"
MOST_MISSED = 20


def title_of(notice: StaffNotice) -> str:
    """What a notice says, in the words of the feature it comes from."""
    for slot in slots.filling(f"staff.notice.{notice.topic}"):
        return str(slot.render(**notice.facts))
    return notice.topic.replace("_", " ").capitalize()


def screens_of(session: Session, user_id: int) -> frozenset[str]:
    """The screens with notices that a person may open; none for who does not see the bell."""
    known = {SCREEN, *queries.screens(session)}
    mine = people.lists_of(session, user_id, known)
    return mine if SCREEN in mine else frozenset()


def unread(session: Session, user_id: int, mine: frozenset[str]) -> int:
    """How many notices of these screens wait for a person."""
    return sum(n for screen, n in queries.unread_by_screen(session, user_id).items() if screen in mine)


def shape(notice: StaffNotice) -> dict[str, Any]:
    """A notice as pages get it, in the language being spoken."""
    return {
        "id": onsite.notice_id(onsite.STAFF, notice.id), "title": title_of(notice), "body": "", "url": notice.url,
    }  # fmt: skip


def tell(session: Session, notice_number: int) -> None:
    """Ring in the open pages of everybody who may see what this notice is about."""
    notice = session.get(StaffNotice, notice_number)
    if notice is None or notice.cleared_at is not None:
        return
    for user_id, language in people.staff_with_list(session, (notice.screen, SCREEN)):
        with speak(language):
            said = shape(notice)
        onsite.tell(onsite.STAFF, user_id, said, unread(session, user_id, screens_of(session, user_id)))


def tell_read(session: Session, user_id: int, numbers: Iterable[int]) -> None:
    """One person has read these: their other pages count less."""
    waiting = unread(session, user_id, screens_of(session, user_id))
    onsite.tell_read(onsite.STAFF, user_id, numbers, waiting)


def tell_over(session: Session, *, topic: str, subjects: Iterable[str]) -> None:
    """These matters are over: everybody's bell counts less."""
    query = select(StaffNotice.id, StaffNotice.screen).where(
        StaffNotice.topic == topic, StaffNotice.subject.in_(sorted(set(subjects))), StaffNotice.screen != ""
    )
    rows = session.execute(query).all()
    for screen in sorted({row.screen for row in rows}):
        numbers = [row.id for row in rows if row.screen == screen]
        for user_id, _language in people.staff_with_list(session, (screen, SCREEN)):
            tell_read(session, user_id, numbers)


def missed(session: Session, user_id: int, language: str, after: int | None) -> dict[str, Any]:
    """What a page has to know that comes back: the count, and what it has not been told since `after`."""
    mine = screens_of(session, user_id)
    newer: list[StaffNotice] = []
    if after is not None and mine:
        query = select(StaffNotice).where(
            queries.unread(user_id), StaffNotice.screen.in_(sorted(mine)), StaffNotice.id > after
        )
        newer = list(session.scalars(query.order_by(StaffNotice.id.desc()).limit(MOST_MISSED)))
    with speak(language):
        notices = [shape(notice) for notice in reversed(newer)]
    return {"unread": unread(session, user_id, mine), "notices": notices, "last": queries.last_id(session)}
