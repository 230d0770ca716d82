"""A request whose database server dies after the answer was made still gives that answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from app.core.db import db


def test_a_session_ends_quietly_without_its_server(app: Any, clean: None, engine: Any) -> None:
    with app.app_context():
        mine = db.session.scalar(text("SELECT pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({mine})"))
    with app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1, "the next request has a connection of its own"
