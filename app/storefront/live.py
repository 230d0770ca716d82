"""Open pages that follow an order or the stock of an article, over Socket.IO (`/notifications`).

Rooms: `order:<token>` for whoever knows an order's unguessable token, `sku:<sku>` for anybody,
`user:<id>` for who is signed in. Messages are hints: the page asks the server for what it shows.
"""

from __future__ import annotations

from typing import Any

from flask_socketio import Namespace, join_room
from sqlalchemy import select

from app.core.web import shop_session
from app.identity.sessions import current_user_id
from app.orders.models import Order

MOST_SKUS = 50


def _words(value: Any, most: int) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [v for v in found[:most] if isinstance(v, str) and 0 < len(v) <= 200 and "\x00" not in v]


class Notifications(Namespace):
    """The namespace that every page of the shop may connect to."""

    def on_connect(self, auth: Any = None) -> None:
        """Let everybody in; who is signed in also hears what is for them alone."""
        user_id = current_user_id()
        if user_id is not None:
            join_room(f"user:{user_id}")
        if isinstance(auth, dict):
            self.on_watch(auth)

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
