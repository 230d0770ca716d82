"""One transaction per verb: the outermost commits, inner ones join, callbacks run after success only."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.series import Series, take
from app.core.unit_of_work import after_commit, in_unit, unit_of_work


def numbers(session: Session) -> list[str]:
    return sorted(session.scalars(select(Series.name)))


def test_inner_units_join_the_outer_one(session: Session) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        with unit_of_work(session):
            take(session, "joined", 2026)
        _ = 1 / 0
    assert numbers(session) == []
    assert not in_unit(session)


def test_callbacks_run_after_the_outermost_commit(session: Session) -> None:
    seen: list[str] = []
    with unit_of_work(session):
        with unit_of_work(session):
            after_commit(session, lambda: seen.append("called"))
        assert seen == []
    assert seen == ["called"]


def test_callbacks_are_forgotten_on_rollback(session: Session) -> None:
    seen: list[str] = []
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        after_commit(session, lambda: seen.append("called"))
        _ = 1 / 0
    with unit_of_work(session):
        take(session, "later", 2026)
    assert seen == []


def test_after_commit_needs_a_unit(session: Session) -> None:
    with pytest.raises(RuntimeError):
        after_commit(session, lambda: None)
