"""Goods whose movements and costs lie on chosen days before today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.rules import Figures, Period, Question
from app.analytics.stock.queries import zone
from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.inventory import operations
from tests.inventory.shelves import Article, article


def day(session: Session, ago: int) -> date:
    """So many days before the shop's today."""
    return queries.today(session) - timedelta(days=ago)


def goods(
    session: Session,
    *moves: tuple[int, str, int],
    costs: dict[int, str] | None = None,
    price: str | None = "10.00",
) -> Article:
    """An article with movements (days ago, kind, pieces) and costs by the days ago from which they hold."""
    made = article(session, stock=None, price=price)
    with unit_of_work(session):
        operations.ensure_stock_rows(session, [made.variant_id])
    move(session, made, *moves)
    for ago, amount in (costs or {}).items():
        amounts = {made.variant_id: Decimal(amount)}
        operations.set_costs(session, amounts=amounts, valid_from=day(session, ago), actor=SYSTEM)
    return made


def move(session: Session, made: Article, *moves: tuple[int, str, int], at: time = time(12)) -> None:
    """Write movements and the level that follows from them."""
    with unit_of_work(session):
        stock = session.scalar(
            text("SELECT id FROM inventory_stock WHERE variant_id = :v"), {"v": made.variant_id}
        )
        for ago, kind, pieces in moves:
            moment = datetime.combine(day(session, ago), at, zone(session))
            session.execute(
                text("UPDATE inventory_stock SET on_hand = on_hand + :n WHERE id = :id"),
                {"n": pieces, "id": stock},
            )
            session.execute(
                text(
                    """INSERT INTO inventory_movement (stock_id, kind, quantity, on_hand_after, at)
                       SELECT id, :kind, :n, on_hand, :at FROM inventory_stock WHERE id = :id"""
                ),
                {"kind": kind, "n": pieces, "at": moment, "id": stock},
            )


def ask(session: Session, metric: str, by: str = "", *, days: int = 30, **more: Any) -> Figures:
    """The answer about the last so many days, today included."""
    period = Period(day(session, days - 1), day(session, 0))
    return queries.ask(session, [Question(metric, period, by, **more)])[0]
