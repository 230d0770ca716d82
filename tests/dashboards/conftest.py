"""People at the desk, figures to read, and a count of statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import g
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM


@pytest.fixture
def staff(app: Any, session: Session) -> Callable[..., Any]:
    """Makes a browser in which somebody with this role is logged in; `user_id` is on it."""
    from app.identity import operations as identity
    from app.identity import queries

    def log_in(role: str = "Admin", name: str = "") -> Any:
        g.pop("_login_user", None)  # the test's own application context would hand over who was there before
        email, password = f"{name or role.lower()}@desk.example", "a-long-demo-password-7"
        user = queries.user_by_email(session, email) or identity.create_staff(
            session, email=email, password=password, roles=(role,), first_name=role, last_name="Desk", actor=SYSTEM
        )  # fmt: skip
        browser = app.test_client()
        browser.user_id = user.id
        session.commit()
        answer = browser.post("/admin/login/", data={"email": email, "password": password})
        assert answer.status_code == 302, answer.text
        return browser

    return log_in


@pytest.fixture
def admin(staff: Callable[..., Any]) -> Any:
    """A browser in which an administrator is logged in."""
    return staff()


@pytest.fixture
def statements(engine: Any) -> Callable[[], Any]:
    """Counts the statements sent inside a `with` block."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting
