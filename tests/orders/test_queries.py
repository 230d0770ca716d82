"""What buyers and programs read of orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.pagination import BadCursor
from app.identity.models import User
from app.orders import operations as orders
from app.orders import queries
from app.orders.errors import OrderNotFound
from tests.counting import counted
from tests.orders import making
from tests.orders.making import STAFF, eur


def user(session: Session, email: str) -> int:
    """Somebody with an account; the address is verified."""
    made = User(
        first_name="A", last_name="B", username=email, email=email, active=True, password="x",
        email_verified_at=making.utcnow(), language="en",
    )  # fmt: skip
    session.add(made)
    session.commit()
    return int(made.id)


def test_the_page_of_an_order_adds_up(session: Session) -> None:
    lamps = making.articles(session, 3)
    made = making.order(session, lamps, discount="5.00", language="nl")
    orders.add_note(session, order_id=made.id, text="fragile", actor=STAFF)
    token, number = made.token, made.number
    session.expunge_all()
    with counted(session.get_bind()) as statements:
        page = queries.order_page(session, token)
    assert len(statements) == 3
    assert (page.number, page.count, page.language) == (number, 6, "nl")
    assert page.subtotal == eur("72.60")
    assert page.subtotal - page.discount + page.shipping == page.total == eur("73.65")
    assert page.net + page.tax == page.total
    assert sum((band.gross for band in page.taxes), eur("0")) == page.total
    assert page.discounts[0].code == "AUTUMN" and page.discounts[0].amount == eur("5.00")
    assert page.lines[0].options_text == "Blue, XL"
    assert page.due == page.total and page.is_payable and page.can_cancel
    assert [entry.kind for entry in page.public_entries] == ["placed"]
    assert [entry.kind for entry in page.entries] == ["placed", "note"]
    assert [(step.state, step.standing) for step in page.steps][:2] == [("pending", "now"), ("paid", "ahead")]


def test_a_line_keeps_what_was_bought(session: Session) -> None:
    (lamp,) = making.articles(session, 1)
    made = making.order(session, [lamp])
    session.execute(text("UPDATE catalog_product SET name = 'Other', slug = 'other', state = 'archived'"))
    session.execute(text("UPDATE pricing_price SET amount = 999"))
    session.commit()
    line = queries.order_page(session, made.token).lines[0]
    assert (line.name, line.slug, line.unit_price, line.quantity) == (f"Lamp {lamp}", "lamp", eur("12.10"), 2)


@pytest.mark.parametrize("token", ["", "x", "\x00", "'; --", "%"])
def test_no_page_for_a_token_nobody_was_given(session: Session, token: str) -> None:
    making.order(session, making.articles(session, 1))
    with pytest.raises(OrderNotFound):
        queries.order_page(session, token)


def test_an_order_by_number_is_for_its_customer_or_its_token(session: Session) -> None:
    mine, other = user(session, "mine@example.org"), user(session, "other@example.org")
    lamps = making.articles(session, 1)
    made = making.order(session, lamps, user_id=mine)
    number = str(made.number)
    assert queries.page_by_number(session, number, user_id=mine, token=None).id == made.id
    assert queries.page_by_number(session, number, user_id=None, token=made.token).id == made.id
    for user_id, token in ((other, None), (None, None), (None, ""), (other, "x")):
        with pytest.raises(OrderNotFound):
            queries.page_by_number(session, number, user_id=user_id, token=token)
    with pytest.raises(OrderNotFound):
        queries.page_by_number(session, "2026-\x00", user_id=mine, token=None)


def test_a_customers_orders_in_pages(session: Session) -> None:
    mine, other = user(session, "mine@example.org"), user(session, "other@example.org")
    lamps = making.articles(session, 1)
    made = [making.order(session, lamps, user_id=mine).number for _ in range(5)]
    making.order(session, lamps, user_id=other)
    found, cursor = [], None
    while True:
        page = queries.orders_of(session, mine, limit=2, cursor=cursor)
        found += [row.number for row in page.items]
        assert page.total == 5
        cursor = page.next
        if cursor is None:
            break
    assert found == made[::-1]
    for bad in ("x", "W10", "WzEsMl0"):
        with pytest.raises(BadCursor):
            queries.orders_of(session, mine, cursor=bad)


def test_finding_an_order_for_staff(session: Session) -> None:
    lamps = making.articles(session, 1)
    first, second = making.order(session, lamps), making.order(session, lamps, expires_in=timedelta(1))
    making.pay(session, second)
    assert [row.number for row in queries.listing(session, q="1").items] == [first.number]
    assert [row.number for row in queries.listing(session, q=str(second.number)).items] == [second.number]
    assert queries.listing(session, q="KIM@example.org").total == 2
    assert [row.number for row in queries.listing(session, state="paid").items] == [second.number]
    assert queries.listing(session, q="%").total == queries.listing(session, q="\x00x").total == 0


def test_guests_find_their_orders_after_proving_the_address(session: Session) -> None:
    lamps = making.articles(session, 1)
    made = making.order(session, lamps)
    stranger = user(session, "else@example.org")
    assert orders.claim_guest_orders(session, user_id=stranger) == 0
    kim = user(session, "Kim@example.org")
    assert orders.claim_guest_orders(session, user_id=kim) == 1
    assert orders.claim_guest_orders(session, user_id=kim) == 0
    session.refresh(made)
    assert made.user_id == kim
