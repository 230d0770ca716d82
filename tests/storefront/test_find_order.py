"""Guests who lost the mail get the link to their order again, and nobody learns whether it exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.identity import throttle
from app.notifications.models import Message
from app.orders.models import Order
from app.orders.rules import typed_number
from tests.orders import making


@pytest.fixture
def order(session_maker: Callable[[], Session]) -> Iterator[Order]:
    """An order of a guest."""
    throttle.forget()
    with session_maker() as session:
        yield making.order(session, making.articles(session, 1))


def links(session_maker: Callable[[], Session]) -> list[Message]:
    with session_maker() as session:
        return list(session.scalars(select(Message).where(Message.template == "order_link")))


def test_chk_02_number_and_address_bring_the_link_once_an_hour(
    client: Any, order: Order, session_maker: Callable[[], Session]
) -> None:
    assert client.get("/orders/find").status_code == 200
    for number in (order.number, f"#{order.number}", order.number.replace("-", " ")):
        page = client.post("/orders/find", data={"number": number, "email": order.email.upper()})
        assert page.status_code == 200 and "on its way" in page.text and order.token not in page.text
    (mail,) = links(session_maker)
    assert (
        mail.recipient == order.email and f"/orders/{order.token}" in mail.text and order.token in mail.html
    )


def test_the_answer_is_the_same_for_what_does_not_exist(
    client: Any, order: Order, session_maker: Callable[[], Session]
) -> None:
    told = {
        client.post("/orders/find", data={"number": number, "email": email}).status_code
        for number, email in (
            (order.number, "else@example.org"), ("1999-000001", order.email), ("'; --", order.email),
            ("\x00", order.email), ("9" * 40, order.email),
        )
    }  # fmt: skip
    assert told <= {200, 429} and links(session_maker) == []


def test_an_address_that_is_none_is_said_beside_its_field(client: Any, order: Order) -> None:
    page = client.post("/orders/find", data={"number": order.number, "email": "nobody"})
    assert page.status_code == 422 and order.number in page.text and 'value="nobody"' in page.text


def test_mailboxes_are_not_flooded(client: Any, order: Order) -> None:
    data = {"number": order.number, "email": order.email}
    answers = [client.post("/orders/find", data=data) for _ in range(7)]
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2026-000123", "2026-000123"),
        ("#2026 123", "2026-000123"),
        ("2026000123", "2026-000123"),
        ("12", ""),
        ("a-b", ""),
    ],
)
def test_numbers_are_read_kindly(typed: str, number: str) -> None:
    assert typed_number(typed) == number
