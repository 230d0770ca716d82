"""Creates orders from quotes and gives them their numbers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core import series
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.event import Event
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.orders import history, rules
from app.orders.errors import NothingToOrder
from app.orders.models import Order, OrderLine
from app.orders.rules import Buyer, LineDetail
from app.orders.states import ORDER, Channel
from app.pricing.rules import Quote, QuoteLine


def create_from_quote(
    session: Session,
    *,
    quote: Quote,
    details: Mapping[int, LineDetail],
    buyer: Buyer,
    payment_method: str,
    expires_in: timedelta | None,
    actor: Actor,
    cart_id: int | None = None,
    note: str = "",
    exchange_rate: Decimal = Decimal(1),
    prices_include_tax: bool = True,
    placed_at: datetime | None = None,
    is_confirmed: bool = False,
    channel: Channel = Channel.WEB,
) -> Order:
    """Freeze a quote into an order in state `pending`, without a number yet.

    `details` maps variant ids to what is shown of them. `expires_in` is how long the order waits for its money
    (None: for ever); `is_confirmed` takes the step `confirm` at once: it comes with or after the goods. Next in
    the same unit: reserve its goods, `announce_placed`, and as the last thing `assign_number`.

    Raises:
        NothingToOrder: the quote has no line, or no shipping or tax on it.
    """
    if not quote.lines or quote.shipping is None or quote.shipping.tax is None:
        raise NothingToOrder()
    now = placed_at or utcnow()
    with unit_of_work(session):
        order = Order(
            token=secrets.token_urlsafe(24),
            state=ORDER.start,
            payment_method=payment_method,
            channel=channel.value,
            user_id=buyer.user_id,
            email=buyer.email,
            language=buyer.language,
            currency=quote.currency,
            exchange_rate=exchange_rate,
            prices_include_tax=prices_include_tax,
            shipping_address=dict(buyer.shipping_address),
            billing_address=dict(buyer.billing_address),
            country=buyer.country,
            note=note,
            cart_id=cart_id,
            placed_at=now,
            expires_at=None if expires_in is None or is_confirmed else now + expires_in,
            **_amounts(quote),
        )
        steps = [("placed", order.state)]
        if is_confirmed:
            ORDER.transition(order, "confirm")
            steps.append(("confirmed", order.state))
        session.add(order)
        session.flush()
        rows = [_line(order.id, n, q, details[q.item.variant_id]) for n, q in enumerate(quote.lines, 1)]
        session.execute(insert(OrderLine), rows)
        history.write_steps(session, order_id=order.id, steps=steps, actor=actor)
    return order


def announce_placed(session: Session, *, order: Order, actor: Actor) -> None:
    """Tell that an order was placed and its goods are held, or sold to a confirmed one."""
    with unit_of_work(session):
        announced: list[Event] = [events.OrderPlaced(order_id=order.id, placed_at=order.placed_at)]
        if order.state == "confirmed":
            announced.append(events.OrderConfirmed(order_id=order.id))
        publish(session, *announced)


def _amounts(quote: Quote) -> dict[str, Any]:
    shipping, tax = quote.shipping, quote.shipping.tax  # type: ignore[union-attr]
    return {
        "shipping_method": shipping.rate.code,  # type: ignore[union-attr]
        "shipping_name": shipping.rate.name,  # type: ignore[union-attr]
        "shipping_net": tax.net.amount,  # type: ignore[union-attr]
        "shipping_tax": tax.tax.amount,  # type: ignore[union-attr]
        "shipping_gross": tax.gross.amount,  # type: ignore[union-attr]
        "shipping_rate": tax.rate,  # type: ignore[union-attr]
        "discount": quote.discount.amount,
        "discounts": [
            {"name": d.name, "code": d.code, "amount": str(d.amount.amount)} for d in quote.discounts
        ],
        "coupon_codes": [d.code for d in quote.discounts if d.code],
        "taxes": [
            {
                "rate": f"{b.rate:f}",
                "net": str(b.net.amount),
                "tax": str(b.tax.amount),
                "gross": str(b.gross.amount),
            }
            for b in quote.tax_bands
        ],
        "total_net": quote.net.amount,
        "total_tax": quote.tax.amount,
        "total_gross": quote.total.amount,
        "captured": Decimal(0),
        "refunded": Decimal(0),
    }


def _line(order_id: int, position: int, line: QuoteLine, detail: LineDetail) -> dict[str, Any]:
    assert line.tax is not None
    return {
        "order_id": order_id,
        "position": position,
        "product_id": line.item.product_id,
        "variant_id": line.item.variant_id,
        "sku": line.item.sku,
        "name": line.item.name,
        "options": dict(detail.options),
        "slug": detail.slug,
        "image": None if detail.image is None else dict(detail.image),
        "quantity": line.item.quantity,
        "weight_g": line.item.weight_g,
        "unit_price": line.unit.amount,
        "discount": line.discount.amount,
        "tax_class": line.item.tax_class,
        "tax_rate": line.tax.rate,
        "net": line.tax.net.amount,
        "tax": line.tax.tax.amount,
        "gross": line.tax.gross.amount,
    }


def assign_number(session: Session, *, order: Order) -> str:
    """Give the order its number. The series stays locked until the commit, so call this last."""
    with unit_of_work(session):
        year = order.placed_at.year
        order.number = rules.order_number(year, series.take(session, "order", year))
    return order.number
