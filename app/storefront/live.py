"""Open pages that follow an order, the stock of an article, or their owner's bell, over Socket.IO (`/notifications`).

Rooms: `order:<token>` for whoever knows an order's unguessable token, `sku:<sku>` for anybody, `shop:<id>` for who is
signed in and `staff:<id>` for who came in by the door of the back office. Messages are hints: pages ask for what they
show, and a page that comes back asks what it has missed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from flask_socketio import Namespace, join_room
from sqlalchemy import select

from app.core import realtime
from app.core.web import shop_session
from app.identity.models import User
from app.identity.sessions import (
    current_access_token,
    current_actor,
    current_login_token,
    current_person,
    still_holds,
    user_of_token,
)  # fmt: skip
from app.notifications.channels import onsite
from app.notifications.onsite import telling as shop_bell
from app.notifications.staff import operations as staff_notices
from app.notifications.staff import telling as staff_bell
from app.orders.models import Order

MOST_SKUS = 50
QUIET: dict[str, Any] = {"unread": 0, "notices": [], "last": 0}


def _words(value: Any, most: int) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [v for v in found[:most] if isinstance(v, str) and 0 < len(v) <= 200 and "\x00" not in v]


class Notifications(Namespace):
    """The namespace that every page of the shop may connect to."""

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self.tokens: dict[str, str] = {}
        """What programs gave with the handshake, by socket: it is their name in every call."""

    def _person(self) -> tuple[User | None, bool]:
        """Who this is, by the cookie of the handshake or else by its token, and whether as staff."""
        person = current_person()
        if person is not None:
            return person, current_actor().kind == "staff"
        token = self.tokens.get(request.sid)  # type: ignore[attr-defined]
        person = user_of_token(token) if token else None
        return person, person is not None and person.is_staff

    def on_connect(self, auth: Any = None) -> None:
        """Let everybody in; who is signed in also hears what is for them alone."""
        if isinstance(auth, dict) and isinstance(auth.get("token"), str):
            self.tokens[request.sid] = auth["token"][:4_000]  # type: ignore[attr-defined]
        person, is_staff = self._person()
        if person is not None:
            token = current_access_token() or self.tokens.get(request.sid)  # type: ignore[attr-defined]
            stamp = person.session_stamp if token else None
            still = partial(still_holds, person.id, login=current_login_token(), stamp=stamp, staff=is_staff)
            realtime.guard(self.namespace, request.sid, still)  # type: ignore[attr-defined]
            join_room(onsite.room(onsite.SHOP, person.id))
            if is_staff:
                join_room(onsite.room(onsite.STAFF, person.id))
        if isinstance(auth, dict):
            self.on_watch(auth)

    def on_disconnect(self, *_reason: Any) -> None:
        """Forget the socket."""
        self.tokens.pop(request.sid, None)  # type: ignore[attr-defined]
        realtime.unguard(self.namespace, request.sid)  # type: ignore[attr-defined]

    def on_watch(self, wanted: Any = None) -> dict[str, Any]:
        """Follow `{"order": token}` and `{"skus": […]}`; answers what is followed from now on."""
        if not isinstance(wanted, dict):
            return {"orders": 0, "skus": 0}
        orders = 0
        for token in _words(wanted.get("order"), 1):
            if shop_session().scalar(select(Order.id).where(Order.token == token)) is not None:
                join_room(f"order:{token}")
                orders += 1
        skus = _words(wanted.get("skus"), MOST_SKUS)
        for sku in skus:
            join_room(f"sku:{sku}")
        return {"orders": orders, "skus": len(skus)}

    def on_bell(self, asked: Any = None) -> dict[str, Any]:
        """How many notices wait at a bell (`{"bell": "shop"}` or "staff"), and which came `after` one of them."""
        person, is_staff = self._person()
        if person is None or not isinstance(asked, dict):
            return QUIET
        bell, after = asked.get("bell"), asked.get("after")
        known = after if isinstance(after, int) and 0 <= after < 2**63 else None
        language = person.language or "en"
        if bell == onsite.STAFF and is_staff:
            return staff_bell.missed(shop_session(), person.id, language, known)
        if bell == onsite.SHOP:
            return shop_bell.missed(shop_session(), person.id, language, known)
        return QUIET

    def on_read(self, asked: Any = None) -> dict[str, Any]:
        """Mark a notice as read (`{"id"}`); every page of its owner counts one less."""
        person, is_staff = self._person()
        name = asked.get("id") if isinstance(asked, dict) else None
        if person is None:
            return {"unread": 0}
        number = onsite.number_of(name, onsite.STAFF)
        if number is not None and is_staff:
            staff_notices.mark_seen(shop_session(), notice_ids=[number], user_id=person.id)
            staff_bell.tell_read(shop_session(), person.id, [number])
        number = onsite.number_of(name, onsite.SHOP)
        if number is not None:
            return {"unread": shop_bell.read(shop_session(), user_id=person.id, numbers=[number])}
        return {}
