"""Who is at the other end of a socket, asked anew at every call: rights that were taken away count at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import g, request

from app.core.actor import GUEST, Actor
from app.core.errors import TooMany, Unauthenticated
from app.core.i18n import DEFAULT_LANGUAGE, current_language, is_language
from app.core.web import shop_session
from app.identity import queries as identity
from app.identity.sessions import current_login_token, current_person, still_holds, user_of_token
from app.support.chat import keys, queries
from app.support.chat.models import Conversation
from app.support.chat.queries import Owner


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a door. `answers`: staff, through a staff login or token, with the right to answer."""

    owner: Owner
    actor: Actor = GUEST
    name: str = ""
    answers: bool = False

    def side_of(self, conversation: Conversation) -> str:
        """On which side of a conversation this person is: "customer" or "staff"."""
        return "customer" if self.owner.owns(conversation) or not self.answers else "staff"


def in_request(guest_key: str = "") -> Person:
    """The person of a page's request, by login or by the guest's cookie."""
    return _person(current_person(), False, guest_key or keys.held())


def _person(user: Any, by_token: bool, guest_key: str) -> Person:
    if user is None:
        return Person(Owner(guest_key=guest_key))
    is_staff = user.is_staff and (by_token or g.get("login_kind") == "staff")
    actor = Actor("staff" if is_staff else "customer", user.id, user.email)
    answers = is_staff and identity.may(shop_session(), user.id, queries.ANSWER)
    return Person(Owner(user_id=user.id), actor, user.first_name or user.name, answers)


@dataclass(slots=True)
class Holder:
    """What one socket brought along when it connected, and how much it has asked for lately."""

    token: str = ""
    guest_key: str = ""
    with_cookies: bool = True
    is_new_guest: bool = False
    language: str = DEFAULT_LANGUAGE
    buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def person(self) -> Person:
        """Who it is now.

        Raises:
            Unauthenticated: the token has expired, or its user's sessions have ended.
        """
        if self.token:
            user = user_of_token(self.token)
            if user is None:
                raise Unauthenticated()
            return _person(user, True, "")
        user = current_person() if self.with_cookies else None
        return _person(user, False, self.guest_key)

    def spend(self, kind: str, burst: float, per_second: float) -> None:
        """Count one call against a bucket of this socket.

        Raises:
            TooMany: it is empty; `retry_after` says when to try again.
        """
        now = time.monotonic()
        left, at = self.buckets.get(kind, (burst, now))
        left = min(burst, left + (now - at) * per_second)
        if left < 1:
            self.buckets[kind] = (left, now)
            raise TooMany(retry_after=max(1, round((1 - left) / per_second)))
        self.buckets[kind] = (left - 1, now)


def holder(auth: Any) -> Holder:
    """Read a handshake. Cookies count only where a browser says from which page it comes (Origin).

    Raises:
        Unauthenticated: there is a token, and it is not good.
    """
    given = auth if isinstance(auth, dict) else {}
    asked = str(given.get("language") or "")
    language = asked if is_language(asked) else current_language()
    token = given.get("token")
    if token:
        if not isinstance(token, str) or len(token) > 5000 or user_of_token(token) is None:
            raise Unauthenticated()
        return Holder(token=token, with_cookies=False, language=language)
    with_cookies = bool(request.headers.get("Origin"))
    key = keys.opened(given.get("guest")) or (keys.held() if with_cookies else "")
    return Holder(
        guest_key=key or keys.new(), with_cookies=with_cookies, is_new_guest=not key, language=language,
    )  # fmt: skip


def listening(held: Holder) -> Callable[[], bool] | None:
    """What has to hold for a socket to go on listening: its login or token, and the right to answer where it has that.

    None for a guest, whose key never ends.
    """
    user = user_of_token(held.token) if held.token else current_person() if held.with_cookies else None
    if user is None:
        return None
    user_id, answers = user.id, held.person().answers
    stamp = user.session_stamp if held.token else None
    login = None if held.token else current_login_token()

    def still() -> bool:
        holds = still_holds(user_id, login=login, stamp=stamp, staff=answers)
        return holds and (not answers or identity.may(shop_session(), user_id, queries.ANSWER))

    return still
