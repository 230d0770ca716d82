"""The screen of forecast runs: what each proved, and a button that trains, for those who may."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analytics.stock import operations, queries
from app.analytics.stock.models import ForecastRun
from app.analytics.stock.operations import NewRun
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from recommender.forecasting.jobs import TRAIN
from tests.pricing.desk import Desk

USED = {"model": "boosting", "wape": 0.4, "wape_seasonal_naive": 0.5, "reason": "smallest error"}


def waiting(session: Session) -> int:
    """Trainings in the queue."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(JobRow).where(JobRow.name == TRAIN)) or 0


def test_runs_and_what_they_proved(app: Any, session: Session) -> None:
    figures = {"used": {"steady": USED, "new": {**USED, "model": "seasonal_naive", "wape": None}}}
    run = NewRun(
        1,
        "1",
        queries.today(session),
        Decimal("0.4"),
        Decimal("0.5"),
        Decimal("0.801"),
        figures,
        reason="a reason",
    )
    operations.publish(session, run=run, forecasts=[], actor=SYSTEM)
    operations.refuse(session, run=NewRun(2, "1", queries.today(session)), reason="too few days")
    desk = Desk(app, session)
    page = desk.get("/admin/forecast/list/")
    assert "0.801" in page and "Not published" in page and "Train now" in page
    shown = desk.get(
        f"/admin/forecast/show/{session.scalar(select(ForecastRun.id).where(ForecastRun.is_current))}"
    )
    assert "Gradient boosting" in shown and "Sells in most weeks" in shown and "a reason" in shown
    assert "0.400" in shown and "0.500" in shown
    assert "too few days" in desk.get(
        f"/admin/forecast/show/{session.scalar(select(func.max(ForecastRun.id)))}"
    )


def test_a_training_is_queued_once_and_its_progress_is_shown(app: Any, session: Session) -> None:
    desk = Desk(app, session)
    for _twice in range(2):
        assert desk.post("/admin/forecast/train").status_code == 302
    assert waiting(session) == 1
    assert "A training is under way" in desk.get("/admin/forecast/list/")


@pytest.mark.parametrize(("role", "allowed"), [("Manager", True), ("Seller", False), ("Support", False)])
def test_who_may_train(app: Any, session: Session, role: str, allowed: bool) -> None:
    desk = Desk(app, session, role)
    desk.post("/admin/forecast/train")
    assert waiting(session) == int(allowed)
    assert (desk.browser.get("/admin/forecast/list/").status_code == 200) is allowed
