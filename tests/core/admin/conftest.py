"""An application with the workshop's screens, on a database of its own; staff who are logged in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import feature, outbox, slots
from tests.core.admin import desk
from tests.core.admin.tables import Taker, session_maker_of
from tests.counting import counted

PASSWORD = "a-long-demo-password-7"


@pytest.fixture(scope="session")
def desk_app(app: Any, postgres: Any) -> Iterator[Any]:
    """The application with five more screens; what the process knows of features stays as it was."""
    from app.bootstrap import create_app
    from app.core.db import db
    from app.ops import preparing

    known, filled = feature.collected(), {name: list(found) for name, found in slots._slots.items()}
    told = list(outbox._wake)
    postgres.create_database("desk")
    url = postgres.dsn("desk").replace("postgresql://", "postgresql+psycopg://", 1)
    made = create_app(
        {"SERVE_SOCKETS": False, "PROPAGATE_UNEXPECTED": True, "SQLALCHEMY_DATABASE_URI": url},
        extra=[desk.FEATURE],
    )
    with made.app_context():
        preparing.migrate()
        preparing.prepare(made)
        desk.DeskBase.metadata.create_all(db.engine)
    feature.collect(known)
    outbox._wake[:] = (
        told  # else every later test of this process would look for its rows in the desk's database
    )
    slots._slots.clear()
    slots._slots.update(filled)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
    postgres.drop_database("desk")


@pytest.fixture
def figures() -> Iterator[None]:
    """The workshop's figures are on the first page, and nobody else's."""
    filled = dict(slots._slots)
    slots._slots.clear()
    slots.register(desk.FEATURE.slots)
    yield
    slots._slots.clear()
    slots._slots.update(filled)


@pytest.fixture(scope="session")
def desk_engine(desk_app: Any) -> Any:
    """The engine of the workshop's database."""
    from app.core.db import db

    with desk_app.app_context():
        return db.engine


@pytest.fixture
def desk_session(desk_engine: Any, redis_server: Any) -> Iterator[Any]:
    """A session on the workshop's empty tables; outside of any application context, so that requests share nothing."""
    with Session(desk_engine, expire_on_commit=False) as session:
        yield session
    names = ", ".join(desk.DeskBase.metadata.tables)
    with desk_engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names}, core_saved_view, core_audit RESTART IDENTITY CASCADE"))


def hired(session: Session, role: str) -> Any:
    """The account of the desk with this role."""
    from app.core.actor import SYSTEM
    from app.identity import operations, queries

    email = f"{role.lower()}@desk.example"
    user = queries.user_by_email(session, email)
    return user or operations.create_staff(
        session, email=email, password=PASSWORD, roles=(role,), first_name=role, last_name="Desk", actor=SYSTEM
    )  # fmt: skip


@pytest.fixture
def staff(desk_app: Any, desk_session: Any) -> Callable[..., Any]:
    """Makes a browser in which somebody with this role is logged in."""

    def log_in(role: str = "Admin") -> Any:
        user = hired(desk_session, role)
        client = desk_app.test_client()
        client.user_id = user.id
        desk_session.commit()
        answer = client.post("/admin/login/", data={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return log_in


@pytest.fixture
def rest(desk_app: Any, desk_session: Any) -> Callable[..., Any]:
    """Makes a caller of the REST doors with the token of somebody with this role."""
    from app.identity import signing

    def caller(role: str = "Admin") -> Any:
        user = hired(desk_session, role)
        token = signing.access_token(user_id=user.id, stamp=user.session_stamp)
        client = desk_app.test_client()
        client.user_id = user.id
        desk_session.commit()

        def call(method: str, path: str, **kwargs: Any) -> Any:
            headers = {"Authorization": f"Bearer {token}"} | kwargs.pop("headers", {})
            return client.open(f"/api/v1/admin{path}", method=method, headers=headers, **kwargs)

        call.user_id = user.id
        return call

    return caller


@pytest.fixture
def admin(staff: Callable[..., Any]) -> Any:
    """A browser in which an administrator is logged in."""
    return staff()


@pytest.fixture
def things(desk_session: Any) -> list[desk.DeskThing]:
    """Three things of two makers."""
    ghent, bruges = desk.DeskMaker(name="Ada", town="Ghent"), desk.DeskMaker(name="Bo", town="Bruges")
    rows = [
        desk.DeskThing(name="Lamp", code="L1", price="12.50", stock=3, maker=ghent, words=["oak", "brass"]),
        desk.DeskThing(name="Chair", code="C1", price="99", stock=0, maker=bruges, state="active", details={"legs": 4}),
        desk.DeskThing(name="100% wool_rug", code="R1", price="250.00", stock=7, grade=desk.Grade.rough),
    ]  # fmt: skip
    desk_session.add_all(rows)
    desk_session.commit()
    return rows


@pytest.fixture
def statements(desk_engine: Any) -> Callable[[], Any]:
    """Counts SQL statements inside a `with`."""
    return lambda: counted(desk_engine)


def words_of(answer: Any) -> str:
    """The visible text of a page."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", bare).split())


@pytest.fixture
def maker(desk_engine: Any) -> Any:
    """Makes sessions on the workshop's database, as the worker does."""
    return session_maker_of(desk_engine)


@pytest.fixture
def taker(desk_app: Any, admin: Any, maker: Any) -> Any:
    """An administrator at the imports, and the worker behind; what they leave is swept up."""
    yield Taker(desk_app, admin, maker)
    with maker() as session:
        session.execute(text("DELETE FROM core_import; DELETE FROM core_job"))
        session.commit()
