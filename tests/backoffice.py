"""People at the desk: browsers that are logged in to the back office, and the session beside them.

A test names what it needs by importing it: `from tests.backoffice import own as own`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import g, has_app_context
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.identity import operations, queries
from tests.counting import counted

PASSWORD = "a-long-demo-password-7"


def log_in(app: Any, session: Session, role: str = "Admin", name: str = "") -> Any:
    """A browser in which somebody with this role is logged in; `user_id` is on it."""
    if has_app_context():
        g.pop("_login_user", None)  # the test's own application context would hand over who was there before
    email = f"{name or role.lower()}@desk.example"
    user = queries.user_by_email(session, email) or operations.create_staff(
        session, email=email, password=PASSWORD, roles=(role,), first_name=role, last_name="Desk", actor=SYSTEM
    )  # fmt: skip
    browser = app.test_client()
    browser.user_id = user.id
    session.commit()
    answer = browser.post("/admin/login/", data={"email": email, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return browser


@pytest.fixture
def own(app: Any, session_maker: Callable[[], Session]) -> Iterator[Session]:
    """A session apart from those of the requests."""
    with session_maker() as session:
        yield session


@pytest.fixture
def staff(app: Any, own: Session) -> Callable[..., Any]:
    """Makes a browser in which somebody with this role is logged in."""
    return lambda role="Admin", name="": log_in(app, own, role, name)


@pytest.fixture
def statements(engine: Any) -> Callable[[], Any]:
    """Counts the statements sent inside a `with` block."""
    return lambda: counted(engine)
