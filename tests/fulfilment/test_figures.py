"""The first page of the back office: today's orders, what waits, and the first steps of a new shop."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import g
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.money import Money
from app.fulfilment import figures
from app.identity import operations as identity
from tests.orders import making


def comes(session: Session, role: str) -> None:
    """Somebody of this role opens the page."""
    who = identity.create_staff(
        session, email=f"{role.lower()}@desk.example", password="a-long-demo-password-7", roles=(role,), first_name=role,
        last_name="Desk", actor=SYSTEM,
    )  # fmt: skip
    session.commit()
    g._login_user = who


@pytest.fixture(autouse=True)
def page(app: Any, session: Session) -> Any:
    """Texts are made inside a request, for somebody."""
    with app.test_request_context("/admin/"):
        comes(session, "Manager")
        yield


def test_a_seller_reads_nothing_of_the_orders_of_others(session: Session) -> None:
    making.order(session, making.articles(session, 1))
    assert by_label(session)["Orders today"].value == 1
    comes(session, "Seller")
    tiles = by_label(session)
    assert "Revenue today" not in tiles, "others have goods in the same orders"
    assert (tiles["Orders today"].value, tiles["To ship"].value, tiles["Unpaid"].value) == (0, 0, 0)


def by_label(session: Session) -> dict[str, Any]:
    return {str(tile.label): tile for tile in [*figures.today(session), *figures.waiting(session)]}


def test_an_empty_day_is_zero_and_has_no_trend(session: Session) -> None:
    tiles = by_label(session)
    assert (tiles["Orders today"].value, tiles["Revenue today"].value) == (0, Money(Decimal(0), "EUR"))
    assert tiles["Orders today"].trend is None and tiles["To ship"].tone == "good"


def test_orders_of_today_count_once_and_cancelled_ones_not(session: Session) -> None:
    first, second, gone = (making.order(session, making.articles(session, 1)) for _ in range(3))
    session.execute(
        text("UPDATE orders_order SET state = 'paid', exchange_rate = 2 WHERE id = :id"), {"id": first.id}
    )
    session.execute(text("UPDATE orders_order SET state = 'cancelled' WHERE id = :id"), {"id": gone.id})
    session.commit()
    session.expire_all()
    tiles = by_label(session)
    assert tiles["Orders today"].value == 2
    expected = Money.rounded(first.total_gross / 2 + second.total_gross, "EUR")
    assert tiles["Revenue today"].value == expected
    assert (tiles["To ship"].value, tiles["Unpaid"].value) == (1, 1)


def test_the_trend_compares_with_yesterday_at_this_hour(session: Session) -> None:
    orders = [making.order(session, making.articles(session, 1)) for _ in range(3)]
    start = utcnow().replace(hour=0, minute=0, second=0, microsecond=0)
    moment = start - timedelta(days=1)
    session.execute(
        text("UPDATE orders_order SET placed_at = :at WHERE id = :id"), {"at": moment, "id": orders[0].id}
    )
    session.commit()
    tile = by_label(session)["Orders today"]
    assert (tile.value, tile.trend) == (2, Decimal(1))


def test_the_first_steps_go_with_the_first_order(session: Session) -> None:
    labels = {str(step.label) for step in figures.welcome(session)}
    assert "Add your first product" in labels
    articles = making.articles(session, 1)
    assert "Add your first product" not in {str(step.label) for step in figures.welcome(session)}
    making.order(session, articles)
    assert figures.welcome(session) == []
