"""What an order tells its buyer by mail: that it was received, and that it was called off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_currency, format_decimal
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core import slots
from app.core.clock import utcnow
from app.core.i18n import speak
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.customers.rules import format_address
from app.events import orders as events
from app.notifications import operations as notifications
from app.notifications.attachments import Paper
from app.orders import queries, rules
from app.orders.queries import OrderPage


@dataclass(frozen=True, slots=True)
class MailLine:
    """A line of the order, in words."""

    name: str
    options: str
    sku: str
    quantity: int
    total: str


def send_received(session: Session, event: events.OrderPlaced) -> None:
    """Confirm to the buyer what was ordered, in the buyer's language. Repeatable: written once."""
    page = queries.page_by_id(session, event.order_id)
    with speak(page.language):
        values = mail_values(page)
        values["payment_html"] = _payment(session, page, "html")
        values["payment_text"] = _payment(session, page, "text")
    notifications.send_mail(
        session, to=page.email, template="order_received", language=page.language, values=values,
        dedupe_key=f"order-received:{page.id}", papers=(Paper("order.confirmation", {"order_id": page.id}),),
    )  # fmt: skip


def send_cancelled(session: Session, event: events.OrderCancelled) -> None:
    """Tell the buyer that the order was called off, and what becomes of the money. Repeatable."""
    page = queries.page_by_id(session, event.order_id)
    with speak(page.language):
        values = mail_values(page)
        values["reason"] = event.reason
        values["is_paid"] = bool(page.captured)
        values["captured"] = _money(page.captured, page.language)
    notifications.send_mail(
        session, to=page.email, template="order_cancelled", language=page.language, values=values,
        dedupe_key=f"order-cancelled:{page.id}",
    )  # fmt: skip


def send_link(session: Session, *, number: str, email: str) -> bool:
    """Send the link to an order again to who has placed it; at most one mail an hour for an order.

    Nothing happens, and the answer is False, when number and address do not belong together.
    """
    order = queries.order_by_number(session, rules.typed_number(number))
    if order is None or order.email.lower() != email.strip().lower():
        return False
    with unit_of_work(session):
        notifications.send_mail(
            session, to=order.email, template="order_link", language=order.language,
            values={"number": order.number, "path": f"/orders/{order.token}"},
            dedupe_key=f"order-link:{order.id}:{utcnow():%Y%m%d%H}",
        )  # fmt: skip
    return True


def _payment(session: Session, page: OrderPage, form: str) -> Markup:
    return slots.render(
        rules.PAYMENT_SLOT, session=session, order_id=page.id, language=page.language, form=form
    )


def mail_values(page: OrderPage) -> dict[str, Any]:
    """What the mails about an order show, as text in the buyer's language."""
    language = page.language
    return {
        "number": page.number,
        "state": page.state,
        "path": f"/orders/{page.token}",
        "lines": [
            MailLine(line.name, line.options_text, line.sku, line.quantity, _money(line.total, language))
            for line in page.lines
        ],
        "sums": sums(page),
        "total": _money(page.total, language),
        "shipping_lines": format_address(page.shipping_address, language),
        "billing_lines": format_address(page.billing_address, language),
        "same_address": page.billing_address == page.shipping_address,
        "shipping_name": page.shipping_name,
        "note": page.note,
    }  # fmt: skip


def sums(page: OrderPage) -> list[tuple[str, str]]:
    """The rows above the total: goods, discounts, shipping, and VAT by rate (contained in the total)."""
    language = page.language
    rows = [(_("Goods"), _money(page.subtotal, language))]
    rows += [
        (
            " ".join((_("Discount"), discount.code or discount.name)).strip(),
            _money(-discount.amount, language),
        )
        for discount in page.discounts
    ]
    rows.append((_("Shipping"), _money(page.shipping, language) if page.shipping else _("Free")))
    rows += [
        (
            _("VAT %(rate)s %% included", rate=format_decimal(band.rate.normalize(), locale=language)),
            _money(band.tax, language),
        )
        for band in page.taxes
        if band.tax
    ]
    return rows


def _money(amount: Money, language: str) -> str:
    return format_currency(amount.amount, amount.currency, locale=language)
