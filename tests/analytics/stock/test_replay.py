"""Figures of stock against a plain replay of all movements, day by day, with days summed up and not."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.analytics import operations, queries
from app.analytics.models import State
from app.analytics.rules import Period, Question
from app.analytics.stock import closing
from app.core.unit_of_work import unit_of_work
from app.inventory.queries import drifted_levels
from tests.analytics.stock.goods import day, goods, move

DAYS = 60
KINDS = {"sale": -1, "return": 1, "receive": 1, "write_off": -1}
CENT = Decimal("0.01")


class History:
    """Articles with movements and costs drawn by lot, and what they were on each day (0: the oldest)."""

    def __init__(self, session: Session, seed: int, *, changes: int = 4, ahead: int = 0):
        lot = Random(seed)
        self.articles = []
        for _ in range(12):
            moves, level = [], 0
            for ago in sorted((lot.randrange(DAYS) for _ in range(lot.randrange(14))), reverse=True):
                kind = lot.choice(list(KINDS)) if level else "receive"
                pieces = lot.randint(1, level) if KINDS[kind] < 0 else lot.randint(1, 9)
                pieces = level if KINDS[kind] < 0 and lot.random() < 0.3 else pieces
                level += KINDS[kind] * pieces
                moves.append((ago, kind, KINDS[kind] * pieces))
            costs = {
                lot.randrange(-ahead, DAYS + 5): str(lot.randint(0, 90))
                for _ in range(lot.randrange(changes))
            }
            self.articles.append((goods(session, *moves, costs=costs), moves, costs))

    def level(self, moves: list[tuple[int, str, int]], ago: int) -> int:
        """Pieces at the end of a day."""
        return sum(pieces for when, _kind, pieces in moves if when >= ago)

    def cost(self, costs: dict[int, str], ago: int) -> Decimal | None:
        """The cost on a day."""
        known = [since for since in costs if since >= ago]
        return Decimal(costs[min(known)]) if known else None

    def replay(self, first: int, last: int) -> dict[str, Decimal]:
        """All figures of the days from `first` to `last` days ago."""
        told: dict[str, Any] = dict.fromkeys(
            ("units", "value", "spent", "value_days", "empty", "sold", "offered"), Decimal(0)
        )
        for _made, moves, costs in self.articles:
            born = max((ago for ago, _kind, _n in moves), default=-1)
            told["units"] += self.level(moves, last)
            told["value"] += (self.cost(costs, last) or 0) * self.level(moves, last)
            told["offered"] += self.level(moves, first + 1)
            for ago in range(first, last - 1, -1):
                cost, on_it = self.cost(costs, ago) or Decimal(0), [m for m in moves if m[0] == ago]
                told["value_days"] += cost * self.level(moves, ago)
                gone = -sum(n for _ago, kind, n in on_it if kind in ("sale", "return"))
                told["spent"], told["sold"] = told["spent"] + cost * gone, told["sold"] + gone
                told["offered"] += sum(n for _ago, kind, n in on_it if kind == "receive")
                told["empty"] += ago < born and ago > 0 and not on_it and self.level(moves, ago) == 0
        return told


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("is_closed", [False, True], ids=["one by one", "summed up"])
def test_figures_are_those_of_a_replay(session: Session, seed: int, is_closed: bool) -> None:
    history, lot = History(session, seed), Random(seed)
    assert drifted_levels(session) == []
    if is_closed:
        operations.rebuild(session)
        assert session.scalar(text("SELECT count(*) FROM analytics_stock_day")) > 10
    spans = sorted(
        (sorted((lot.randrange(DAYS), lot.randrange(DAYS)), reverse=True) for _ in range(4)), reverse=True
    )
    for first, last in [*spans, [DAYS - 1, 0], [0, 0]]:
        told = history.replay(first, last)
        period = Period(day(session, first), day(session, last))
        codes = (
            "stock_units",
            "stock_value",
            "cost_of_sales",
            "turnover",
            "lost_days",
            "sell_through",
            "dead_stock_value",
        )
        found = {
            f.metric.code: f.total for f in queries.ask(session, [Question(code, period) for code in codes])
        }
        assert found["stock_units"] == told["units"]
        assert (found["stock_value"], found["cost_of_sales"]) == (told["value"], told["spent"])
        turns = told["spent"] * 365 / told["value_days"] if told["value_days"] > 0 else Decimal(0)
        assert found["turnover"] == turns.quantize(CENT, ROUND_HALF_UP)
        assert found["lost_days"] == told["empty"], (first, last)
        share = 100 * told["sold"] / told["offered"] if told["offered"] else Decimal(0)
        assert found["sell_through"] == share.quantize(Decimal("0.1"), ROUND_HALF_UP)
        by_day = queries.ask(session, [Question("stock_value", period, "day")])[0].rows
        assert [row.value for row in by_day] == [
            history.replay(ago, ago)["value"] for ago in range(first, last - 1, -1)
        ]


def test_days_are_closed_once_and_a_late_movement_is_told(session: Session) -> None:
    made = goods(session, (40, "receive", 9), (5, "sale", -2), (0, "sale", -1))
    assert closing.close(session) == 0, "before the first facts the time zone is not settled"
    with unit_of_work(session):
        operations.state(session)
    assert closing.close(session) > 30 and closing.close(session) == 0
    through = session.scalars(select(State.stock_through)).one()
    assert through == day(session, 0) - closing.MARGIN
    assert closing.wrong_days(session) == []
    move(session, made, (10, "sale", -1))
    assert len(closing.wrong_days(session)) == 1
    operations.rebuild(session)
    assert closing.wrong_days(session) == []
    assert session.scalar(text("SELECT sum(net) FROM analytics_stock_day")) == 6
    assert day(session, 5) - through < timedelta(0)
