"""The screen of forecast runs: what each proved, and a button that trains, for those who may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analytics.stock import operations
from app.analytics.stock.models import ForecastRun
from app.analytics.stock.operations import NewRun
from app.core.actor import SYSTEM
from app.core.jobs import JobRow
from recommender.forecasting.jobs import TRAIN
from tests.pricing.desk import Desk


def used(model: str, articles: int, wape: float | None, reason: str = "smallest error") -> dict[str, Any]:
    """Which model a kind of article got."""
    return {
        "model": model, "articles": articles, "wape": wape, "wape_seasonal_naive": 1.0, "reason": reason,
    }  # fmt: skip


def published(session: Session, job: int, wape: str, kinds: dict[str, Any], reason: str = "") -> ForecastRun:
    """A run in use that proved this."""
    proved = (Decimal(wape), Decimal("1.0012"), Decimal("0.801"))
    until = date(2026, 11, 21)
    run = NewRun(job, "2", until, *proved, {"used": kinds}, reason)
    number = operations.publish(session, run=run, forecasts=[], actor=SYSTEM)
    return session.get_one(ForecastRun, number)


def waiting(session: Session) -> int:
    """Trainings in the queue."""
    session.rollback()
    return session.scalar(select(func.count()).select_from(JobRow).where(JobRow.name == TRAIN)) or 0


def test_runs_and_what_they_proved(app: Any, session: Session) -> None:
    kinds = {
        "steady": used("boosting", 1200, 0.4),
        "rare": used("smoothing", 0, 0.7),
        "new": used("seasonal_naive", 34, None),
    }
    run = published(session, 1, "0.4004", kinds)
    desk = Desk(app, session)
    assert "What is ordered from" not in desk.get(f"/admin/forecast/show/{run.id}")
    mean = {
        "wape": 0.5, "bias": -0.031, "wape_of_totals": 0.31, "wape_of_totals_seasonal_naive": 0.62, "coverage_80_of_totals": 0.798,
    }  # fmt: skip
    run.figures = {**run.figures, "horizon_days": 28, "mean": mean}
    session.commit()
    operations.refuse(session, run=NewRun(2, "2", date(2026, 11, 21)), reason="too few days")
    page = desk.get("/admin/forecast/list/")
    for said in (
        "80.1%",
        "Not published",
        "Train now",
        "Gradient boosting: 1,200 articles, The same as last week: 34 articles",
        "0.40 1.00",
    ):
        assert said in page, said
    shown = desk.get(f"/admin/forecast/show/{run.id}")
    for said in (
        "Version 2 of Nov 21, 2026", "Sells in most weeks 1,200 Gradient boosting Smallest error 0.40 1.00", "Sells rarely 0 — Smallest error 0.70",
        "New 34 The same as last week Smallest error — 1.00", "Together they erred by 0.40, “the same as last week” by 1.00.", "Published",
        "Over 28 days that erred by 0.31, “the same as last week” by 0.62. All articles together it was -3.1% off, and 79.8% of them sold",
    ):  # fmt: skip
        assert said in shown, said
    assert "2026-11-21" not in shown.replace('datetime="2026-11-21"', "") and "Publish " not in shown
    assert "too few days" in desk.get(
        f"/admin/forecast/show/{session.scalar(select(func.max(ForecastRun.id)))}"
    )


def test_where_nothing_beat_last_week_the_page_says_so_and_shows_its_error(
    app: Any, session: Session
) -> None:
    lost = "the choice as a whole did not do better than seasonal-naive"
    kinds = {"steady": used("seasonal_naive", 11, 1.0, lost), "new": used("seasonal_naive", 1, None, lost)}
    first = published(session, 1, "0.9", {"steady": used("boosting", 12, 0.9)})
    run = published(
        session,
        2,
        "2.9412",
        kinds,
        "No model did better than seasonal-naive, which is used for every article.",
    )
    desk = Desk(app, session)
    page = desk.get("/admin/forecast/list/")
    assert "The same as last week: 12 articles" in page and "2.94" not in page and "1.00 1.00" in page
    assert "Replaced" in page and "Gradient boosting" not in page, "what serves no longer is not in use"
    shown = desk.get(f"/admin/forecast/show/{run.id}")
    assert (
        "it erred by 2.94, “the same as last week” by 1.00. So that one is taken for every article." in shown
    )
    assert "In use" not in desk.get(f"/admin/forecast/show/{first.id}").split("Which model was chosen", 1)[1]


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
