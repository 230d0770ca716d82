"""Connections to the database: they outlive its restarts, and a page that only reads opens no transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.core import db as database
from app.core.db import db, read_alone
from app.core.unit_of_work import unit_of_work

TRANSACTION = text("SELECT txid_current()")
BACKEND = text("SELECT pg_backend_pid()")


@pytest.fixture(autouse=True)
def one_connection(app: Any, clean: None) -> Iterator[None]:
    """The pool begins empty, so that what is given back is what is taken next, and leaves nothing dead."""
    with app.app_context():
        db.engine.dispose()
        yield
        db.engine.dispose()


def kill(engine: Any, backend: int) -> None:
    """End a connection from outside the pool."""
    with create_engine(engine.url, poolclass=NullPool).connect() as other:
        other.execute(text(f"SELECT pg_terminate_backend({backend})"))


def test_a_session_ends_quietly_without_its_server(app: Any, clean: None, engine: Any) -> None:
    """A request whose database server dies after the answer was made still gives that answer."""
    with app.app_context():
        kill(engine, db.session.scalar(BACKEND))
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1, "the next request has a connection of its own"


def test_a_connection_that_died_at_rest_is_replaced(
    app: Any, clean: None, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PING_AFTER", 0.0)
    with app.app_context():
        mine = db.session.scalar(BACKEND)
    kill(engine, mine)
    with app.app_context():
        assert db.session.scalar(BACKEND) != mine


def test_a_statement_that_fails_says_nothing_of_people(app: Any, clean: None) -> None:
    """What it was asked with is in no message, and so in no log."""
    with app.app_context(), pytest.raises(DBAPIError) as refused:
        db.session.execute(text("SELECT 1 / 0 WHERE :email <> ''"), {"email": "ann@example.org"})
    assert "ann@example.org" not in str(refused.value)


def test_a_connection_in_use_is_not_asked_each_time(
    app: Any, clean: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PING_AFTER", 60.0)
    with app.app_context():
        dialect, asked = db.engine.dialect, list[Any]()
        monkeypatch.setattr(dialect, "do_ping", asked.append)
        db.session.scalar(BACKEND)
    for _ in range(3):
        with app.app_context():
            db.session.scalar(BACKEND)
    assert asked == []
    monkeypatch.setattr(database, "PING_AFTER", 0.0)
    with app.app_context():
        db.session.scalar(BACKEND)
    assert len(asked) == 1


def test_a_page_that_only_reads_opens_no_transaction(app: Any, clean: None) -> None:
    with app.app_context():
        read_alone(db.session())
        first, second = db.session.scalar(TRANSACTION), db.session.scalar(TRANSACTION)
        assert first != second, "each statement stands alone"
        with pytest.raises(RuntimeError, match="reads only"), unit_of_work(db.session()):
            raise AssertionError("not reached")
        db.session.rollback()
        with unit_of_work(db.session()):
            assert db.session.scalar(TRANSACTION) == db.session.scalar(TRANSACTION)
        assert db.session.scalar(TRANSACTION) == db.session.scalar(TRANSACTION), "and so has a read after it"
        with unit_of_work(db.session):
            assert db.session.scalar(TRANSACTION) is not None, "joins the transaction that the read began"
    with app.app_context():
        assert db.session.scalar(TRANSACTION) == db.session.scalar(TRANSACTION), (
            "the next one has its own again"
        )


def test_within_a_transaction_it_changes_nothing(app: Any, clean: None) -> None:
    with app.app_context():
        before = db.session.scalar(TRANSACTION)
        read_alone(db.session())
        assert db.session.scalar(TRANSACTION) == before
