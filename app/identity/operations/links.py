"""Links in mails: made once, used once, replaced by the next one of their kind."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.identity.errors import LinkExpired
from app.identity.models import Link
from app.identity.signing import read_link

VERIFY = "verify"
RESET = "reset"
INVITE = "invite"
MOVE_OLD = "email-old"
MOVE_NEW = "email-new"
LIFETIMES = {
    VERIFY: timedelta(days=2),
    RESET: timedelta(minutes=30),
    INVITE: timedelta(days=3),
    MOVE_OLD: timedelta(hours=24),
    MOVE_NEW: timedelta(hours=24),
}


def make(
    session: Session,
    *,
    user_id: int,
    purpose: str,
    value: dict[str, Any] | None = None,
    keep_others: bool = False,
) -> Link:
    """Add a link; earlier unused ones of the same kind stop working unless told otherwise."""
    now = utcnow()
    if not keep_others:
        void(session, user_id=user_id, purposes=(purpose,))
    link = Link(
        user_id=user_id, purpose=purpose, nonce=secrets.token_urlsafe(18), value=value or {},
        created_at=now, expires_at=now + LIFETIMES[purpose],
    )  # fmt: skip
    session.add(link)
    session.flush()
    return link


def void(session: Session, *, user_id: int, purposes: tuple[str, ...]) -> None:
    """End all unused links of these kinds."""
    session.execute(
        update(Link)
        .where(Link.user_id == user_id, Link.purpose.in_(purposes), Link.used_at.is_(None))
        .values(used_at=utcnow())
    )


def take(session: Session, *, token: Any, purpose: str, use: bool = True) -> Link:
    """The row of a link, locked, and marked as used.

    Raises:
        LinkExpired: not ours, used before, replaced, or too old.
    """
    found = read_link(token, purpose)
    if found is None:
        raise LinkExpired()
    link = session.scalar(select(Link).where(Link.id == found[0]).with_for_update())
    now = utcnow()
    if (
        link is None
        or link.purpose != purpose
        or link.nonce != found[1]
        or link.used_at is not None
        or link.expires_at <= now
    ):
        raise LinkExpired()
    if use:
        link.used_at = now
    return link
