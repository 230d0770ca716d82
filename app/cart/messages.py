"""What a cart tells by mail: that something was left in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from babel.numbers import format_currency
from sqlalchemy.orm import Session

from app.cart import keys, queries
from app.cart.models import Cart
from app.cart.queries import CartItem
from app.events.cart import CartForgotten
from app.notifications import operations as notifications
from app.notifications.suggested import suggested
from app.notifications.topics import CART


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A line of the cart, in words."""

    name: str
    options: str
    quantity: int
    price: str


def remind(session: Session, event: CartForgotten) -> None:
    """Remind somebody of a cart, once in its life. Repeatable: the mail's key is the cart's id.

    Nothing is sent when it was ordered meanwhile, or when nothing in it can be bought any more.
    """
    found = queries.whom_to_remind(session, uuid.UUID(event.cart_id))
    if found is None:
        return
    cart = session.get_one(Cart, found.cart_id)
    inside = queries.contents(session, cart, language=found.language, currency=cart.currency)
    lines = [_line(item, found.language) for item in inside.lines if item.counts]
    if lines:
        notifications.send_mail(
            session,
            to=found.email,
            template="cart_reminder",
            language=found.language,
            values={
                "lines": lines,
                "path": f"/cart/restore/{keys.token_for(cart.id, cart.public_id)}",
                "suggested": suggested(
                    session,
                    topic=CART,
                    user_id=cart.user_id,
                    language=found.language,
                    currency=cart.currency,
                    product_ids=sorted({item.product_id for item in inside.lines}),
                ),
            },
            dedupe_key=queries.reminder_key(found.public_id),
            topic=CART,
        )


def _line(item: CartItem, language: str) -> ReminderLine:
    assert item.price is not None
    price = item.price.price
    words = format_currency(price.amount, price.currency, locale=language)
    return ReminderLine(item.name, ", ".join(item.options.values()), item.quantity, words)
