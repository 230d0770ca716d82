"""The whole published table: its month sums to the penny, in the report and in the figures."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.analytics import operations as analytics
from app.analytics.queries import ask
from app.analytics.rules import Period, Question
from app.core.actor import SYSTEM
from app.core.feature import collected
from app.ops.history.online_retail import OnlineRetail

REAL = Path(__file__).parents[4] / "shared/data/online-retail/online_retail_2010-12-01_2011-08-31.csv.gz"
ORACLE = {
    "2010-12": "748957.02", "2011-01": "560000.26", "2011-02": "498062.65", "2011-03": "683267.08",
    "2011-04": "493207.12", "2011-05": "723333.51", "2011-06": "691123.12", "2011-07": "681300.11",
    "2011-08": "682680.51",
}  # fmt: skip
"""Quantity times price, as published beside the file."""


def month(name: str) -> Period:
    """The days of a month."""
    year, number = map(int, name.split("-"))
    return Period(date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1]))


def figures(session: Session, code: str, names: list[str]) -> dict[str, Decimal]:
    """A figure in pounds, by month."""
    questions = [Question(code, month(name), currency="GBP") for name in names]
    return {name: answer.total for name, answer in zip(names, ask(session, questions), strict=True)}


@pytest.mark.skipif(not REAL.exists(), reason="the published table is not beside this checkout")
def test_the_published_sums_to_the_penny(session: Session) -> None:
    report = OnlineRetail(session, REAL, SYSTEM).run()
    said = report.as_dict()["months"]
    assert (report.rows_read, report.created, report.bad) == (320_705, 320_705, 0)
    assert sum(report.kinds.values()) == 320_705
    assert {name: parts["total"] for name, parts in said.items()} == ORACLE
    assert {name: parts["shop"] for name, parts in said.items()} == ORACLE
    analytics.rebuild(session)
    names = list(ORACLE)
    gross, refunds = figures(session, "gross", names), figures(session, "refunds", names)
    assert {name: str((gross[name] - refunds[name]).quantize(Decimal("0.01"))) for name in names} == ORACLE
    after = figures(session, "net_sales", names)
    assert {name: str(after[name].quantize(Decimal("0.01"))) for name in names} == ORACLE
    wrong = [found for feature in collected() for check in feature.checks if (found := check.find(session))]
    assert wrong == []
