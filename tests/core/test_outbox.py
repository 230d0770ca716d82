"""The outbox: an announcement commits with its change, is delivered, retried, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import outbox
from app.core.dispatch import deliver, due_rows, ring
from app.core.event import Event
from app.core.outbox import MAX_ATTEMPTS, Handler, OutboxRow, publish
from app.core.series import Series, take
from app.core.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class BellRang(Event):
    """Something only this test announces."""

    number: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BellFell(Event):
    """Something else only this test announces."""

    number: int


def note(session: Session, event: BellRang | BellFell) -> None:
    take(session, "noted", event.number)


def note_inline(session: Session, event: BellRang) -> None:
    take(session, "inline", event.number)


def fail(session: Session, event: BellRang) -> None:
    take(session, "half", event.number)
    raise OSError("the bell is broken")


@pytest.fixture
def handlers(session: Session) -> Iterator[Callable[..., None]]:
    kept = (dict(outbox._HANDLERS), dict(outbox._BY_NAME))
    yield lambda *found: outbox.register(found)
    outbox._HANDLERS.clear()
    outbox._HANDLERS.update(kept[0])
    outbox._BY_NAME.clear()
    outbox._BY_NAME.update(kept[1])


def series(session: Session) -> dict[str, int]:
    session.rollback()
    return dict(session.execute(select(Series.name, Series.last)).all())


def test_nothing_leaves_with_a_rolled_back_change(session: Session, handlers, deliver) -> None:
    handlers(Handler(BellRang, note))
    with pytest.raises(ZeroDivisionError), unit_of_work(session):
        publish(session, BellRang(1))
        _ = 1 / 0
    assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert deliver() == 0


def test_each_handler_gets_the_event_once(session: Session, session_maker, handlers) -> None:
    handlers(Handler(BellRang, note))
    with unit_of_work(session):
        publish(session, BellRang(7, ("a", "b")))
    [row] = due_rows(session)
    session.rollback()
    assert deliver_one(session_maker, row) is True
    assert deliver_one(session_maker, row) is False, "a delivered row is not delivered again"
    assert series(session) == {"noted": 1}


def deliver_one(session_maker: Callable[[], Session], row: int) -> bool:
    return deliver(session_maker, row)


def test_a_failing_handler_changes_nothing_and_is_retried_later(session, session_maker, handlers) -> None:
    handlers(Handler(BellRang, fail))
    with unit_of_work(session):
        publish(session, BellRang(1))
    [row_id] = due_rows(session)
    session.rollback()
    assert deliver(session_maker, row_id) is False
    assert series(session) == {}
    row = session.get(OutboxRow, row_id)
    assert row.attempts == 1
    assert "the bell is broken" in row.error
    assert due_rows(session) == [], "not due at once"


def test_a_hopeless_row_dies_and_waits_for_a_person(session, session_maker, handlers) -> None:
    handlers(Handler(BellRang, fail))
    with unit_of_work(session):
        publish(session, BellRang(1))
        session.execute(update(OutboxRow).values(attempts=MAX_ATTEMPTS - 1))
    [row_id] = due_rows(session)
    session.rollback()
    deliver(session_maker, row_id)
    assert session.get(OutboxRow, row_id).dead is True
    assert due_rows(session) == []


def test_inline_handlers_run_right_after_the_commit(session, session_maker, handlers, monkeypatch) -> None:
    handlers(Handler(BellRang, note_inline, inline=True), Handler(BellRang, note))
    monkeypatch.setattr(outbox, "_wake", [lambda inline, other: ring(session_maker, inline, other)])
    with unit_of_work(session):
        publish(session, BellRang(1))
    assert series(session) == {"inline": 1}, "the other one waits for the dispatcher"


def test_a_row_held_by_another_dispatcher_is_left_alone(session, session_maker, handlers) -> None:
    handlers(Handler(BellRang, note))
    with unit_of_work(session):
        publish(session, BellRang(1))
    [row_id] = due_rows(session)
    other = session_maker()
    other.execute(select(OutboxRow).where(OutboxRow.id == row_id).with_for_update())
    assert deliver(session_maker, row_id) is False
    other.rollback()
    assert deliver(session_maker, row_id) is True


def test_events_survive_json() -> None:
    event = BellRang(3, ("x",))
    assert BellRang.from_body(event.body()) == event
    assert BellRang.from_body({**event.body(), "of a later version": 1}) == event


def test_one_function_hears_several_events(session: Session, handlers, deliver) -> None:
    handlers(Handler(BellRang, note), Handler(BellFell, note), Handler(BellRang, note))
    with unit_of_work(session):
        publish(session, BellRang(1), BellFell(1))
    deliver()
    assert series(session) == {"noted": 2}
    with pytest.raises(ValueError, match="inline"):
        handlers(Handler(BellFell, note, inline=True))
