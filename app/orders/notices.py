"""What an account is told in the shop itself about its orders, in words of ours."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.events import orders as events
from app.events.about import AboutOrder
from app.notifications.onsite import telling
from app.orders.models import Order

TOPIC = "order"
STEPS = (
    events.OrderConfirmed, events.OrderPaid, events.OrderShipped, events.OrderDelivered, events.OrderCancelled,
    events.OrderReturned,
)  # fmt: skip
"""What is worth a word: what the buyer did just now, and packing, is not."""


def live_owner(session: Session, event: AboutOrder) -> None:
    """Tell the account an order belongs to how it stands now: once for each state. Repeatable."""
    order = session.get(Order, event.order_id)
    if order is None or order.user_id is None or order.number is None:
        return
    telling.tell(
        session, user_id=order.user_id, topic=TOPIC, subject=f"{order.number}:{order.state}",
        url=f"/orders/{order.token}", facts={"number": order.number, "state": order.state},
    )  # fmt: skip


def words(number: str, state: str) -> tuple[str, str]:
    """Title and body of a notice, in the language being spoken."""
    bodies: dict[str, Any] = {
        "confirmed": _("It is confirmed, and will be made ready."),
        "paid": _("The payment has come in. It will be made ready."),
        "packed": _("It lies ready for the carrier."),
        "shipped": _("It is on its way to you."),
        "delivered": _("It has arrived."),
        "cancelled": _("It was cancelled."),
        "returned": _("What you sent back has come in."),
    }
    return _("Order %(number)s", number=number), str(bodies.get(state, ""))
