"""Open pages of the shop and the back office, over Socket.IO. Never the record of anything: pages catch up by asking.

A person's pages listen in rooms of their own: one for the shop, one for the back office, which only a login at that
door opens. Nothing waits for a message, and one that gets lost is made good when the page asks again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from app.core import realtime

NAMESPACE: Final = "/notifications"
SHOP, STAFF = "shop", "staff"
"""The two bells; each message says which one it is for."""


def room(bell: str, user_id: int) -> str:
    """Where the pages of one person listen."""
    return f"{bell}:{user_id}"


def notice_id(bell: str, number: int) -> str:
    """How pages name a notice."""
    return f"{bell}-{number}"


def number_of(text: Any, bell: str) -> int | None:
    """The number of a notice of this bell out of its name; None for anything else."""
    head, _, number = text.partition("-") if isinstance(text, str) else ("", "", "")
    return (
        int(number) if head == bell and number.isascii() and number.isdigit() and len(number) < 19 else None
    )


def tell(bell: str, user_id: int, notice: dict[str, Any], unread: int) -> None:
    """Send `notification {id, title, body, url, unread}` to a person's open pages."""
    realtime.emit(
        NAMESPACE, "notification", {**notice, "unread": unread, "bell": bell}, room=room(bell, user_id)
    )


def tell_read(bell: str, user_id: int, numbers: Iterable[int], unread: int) -> None:
    """Send `read {ids, unread}`: these were read in one page, or are over; the others count less too."""
    body = {"ids": [notice_id(bell, number) for number in numbers][:100], "unread": unread, "bell": bell}
    realtime.emit(NAMESPACE, "read", body, room=room(bell, user_id))
