"""Mails about orders: in the buyer's language, with the right sums, once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from babel.numbers import format_currency
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.i18n import LANGUAGES
from app.events.orders import OrderCancelled, OrderPlaced
from app.notifications.models import Message
from app.orders import messages
from app.orders import operations as orders
from tests.orders import making

Deliver = Callable[[], int]


def placed(order_id: int) -> OrderPlaced:
    return OrderPlaced(order_id=order_id, placed_at=making.utcnow())


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_confirmation_shows_every_sum(session: Session, language: str) -> None:
    lamps = making.articles(session, 3)
    made = making.order(session, lamps, discount="5.00", language=language)
    messages.send_received(session, placed(made.id))
    mail = session.scalars(select(Message)).one()
    assert (mail.recipient, mail.language) == ("kim@example.org", language)
    assert str(made.number) in mail.subject
    amounts = {
        "line": made.lines[1].gross, "first": made.lines[0].gross, "shipping": made.shipping_gross,
        "discount": -made.discount, "vat": made.total_tax, "total": made.total_gross,
    }  # fmt: skip
    for part in (mail.text, mail.html):
        plain = part.replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " ")
        for name, amount in amounts.items():
            shown = (
                format_currency(amount, "EUR", locale=language).replace("\xa0", " ").replace("\u202f", " ")
            )
            assert shown in plain, (name, shown)
        assert "Korenlei 12" in plain and "AUTUMN" in plain and "Blue, XL" in plain
        assert f"/orders/{made.token}" in plain
        assert ("/fr/orders/" in plain) == (language == "fr")


def test_names_cannot_become_markup(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    session.execute(text("UPDATE orders_line SET name = '<script>alert(1)</script> & \"co\"'"))
    session.commit()
    session.expire_all()
    messages.send_received(session, placed(made.id))
    mail = session.scalars(select(Message)).one()
    assert "<script>" not in mail.html and "&lt;script&gt;" in mail.html
    assert '<script>alert(1)</script> & "co"' in mail.text


def test_placing_and_cancelling_tell_the_buyer_once(session: Session, deliver: Deliver) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    deliver()
    making.pay(session, made)
    orders.cancel_order(session, order_id=made.id, reason="out_of_stock", actor=making.STAFF)
    deliver()
    sent = session.scalars(select(Message).order_by(Message.id)).all()
    mine = [m for m in sent if m.template in ("order_received", "order_cancelled")]
    assert [m.template for m in mine] == ["order_received", "order_cancelled"]
    assert "no longer in stock" in mine[1].text and "€30.25" in mine[1].text
    assert "no longer in stock" in mine[1].html
    before = len(sent)
    messages.send_received(session, placed(made.id))
    messages.send_cancelled(session, OrderCancelled(order_id=made.id, reason="out_of_stock"))
    session.commit()
    assert len(session.scalars(select(Message.id)).all()) == before


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("expired", "did not arrive in time"), ("payment_failed", "payment failed"), ("customer", "As you asked"),
        ("staff", "We have cancelled"), ("fraud", "We have cancelled"),
    ],
)  # fmt: skip
def test_a_cancellation_says_why(session: Session, reason: str, words: str) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    orders.cancel_order(session, order_id=made.id, reason=reason, actor=making.STAFF)
    messages.send_cancelled(session, OrderCancelled(order_id=made.id, reason=reason))
    mail = session.scalars(select(Message)).one()
    assert words in mail.text and words in mail.html
    assert "Nothing was charged." in mail.text
