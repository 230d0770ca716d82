"""Engine, base class, naming convention and column types. PostgreSQL only.

Every table of the shop, Flask-AppBuilder's included, lives in one metadata, so that Alembic owns
them all. Import models from here, never from Flask-AppBuilder.
"""

from __future__ import annotations

import time
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from flask import Flask
from flask_appbuilder import Model
from flask_appbuilder.models.sqla.base import SQLA
from sqlalchemy import BigInteger, DateTime, Engine, Identity, Integer, Numeric, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, scoped_session, sessionmaker

log = structlog.get_logger("core.db")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Model.metadata.naming_convention = NAMING
Base = Model


PING_AFTER = 1.0
"""Seconds a connection may rest before it is asked, on its next use, whether the server is still there."""
READING = "db.reading"


def look_after(engine: Engine) -> None:
    """Ask a connection that has rested whether it lives; when it does not, it and its like are made anew.

    SQLAlchemy's own `pool_pre_ping` asks before every use, which costs each request a trip to the server.
    A server that was started anew has been away for longer than `PING_AFTER`.
    """

    @event.listens_for(engine, "checkin")
    def rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: Any, record: Any, _fairy: Any) -> None:
        since = record.info.pop("rests_since", None)
        if since is None or time.monotonic() - since < PING_AFTER:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as gone:
            raise InvalidatePoolError("the server has gone") from gone


class Database(SQLA):
    """The extension, whose sessions end quietly even when the server has gone meanwhile."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> Engine:
        engine = super()._make_engine(bind_key, options, app)
        look_after(engine)
        return engine

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Let the session of a request go.

        Its last ROLLBACK fails when PostgreSQL died after the answer was made; an answer that was
        made (perhaps for a committed order) must not become an error for that.
        """
        try:
            super()._teardown_session(exc)
        except DBAPIError as gone:
            log.warning("session ended without its server", problem=repr(gone)[:300])
            self.session.registry.clear()


db = Database(metadata=Model.metadata)

MoneyColumn = Numeric(18, 4)
"""Amounts: room for four decimals; the currency stands beside it and decides the exponent."""
Timestamp = DateTime(timezone=True)
JsonB = JSONB(none_as_null=True)

_EXTRA_DDL: dict[str, tuple[str, str]] = {}


def session_maker(app: Any) -> sessionmaker[Session]:
    """Sessions of their own on the application's engine: for handlers, jobs and calls to the outside."""
    made = app.extensions.get("comptoir.session_maker")
    if made is None:
        with app.app_context():
            made = sessionmaker(db.engine, expire_on_commit=False)
        app.extensions["comptoir.session_maker"] = made
    return made


def read_alone(session: Session) -> None:
    """Let each statement of this session stand alone, without BEGIN and ROLLBACK: for a page that only reads.

    Two statements may then see two moments. Such a session refuses a unit of work until it is given back; what begins
    after that is a transaction like any other. Does nothing where one has begun already.
    """
    if not session.in_transaction():
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        session.info[READING] = _transaction(session)


def reads_alone(session: Session) -> bool:
    """True while the statements of a session stand alone."""
    begun = session.info.get(READING)
    return begun is not None and begun is _transaction(session)


def _transaction(session: Any) -> Any:
    """What a session has begun; the session of a request stands behind a registry that does not tell."""
    return (session() if isinstance(session, scoped_session) else session).get_transaction()


def pk() -> Mapped[int]:
    """Internal key of a table: a big identity column. Never shown in an address."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def extra_ddl(name: str, up: str, down: str) -> None:
    """Declare SQL that metadata cannot express (triggers, functions). Migrations carry it too."""
    _EXTRA_DDL[name] = (up, down)


def extra_ddl_statements() -> dict[str, tuple[str, str]]:
    """All declared statements, in order of declaration."""
    return dict(_EXTRA_DDL)


class Stamped:
    """Adds the moments of creation and of the last change, in UTC."""

    @declared_attr
    def created_at(cls) -> Mapped[datetime]:
        return mapped_column(Timestamp, server_default=func.now(), nullable=False)

    @declared_attr
    def updated_at(cls) -> Mapped[datetime]:
        return mapped_column(Timestamp, server_default=func.now(), onupdate=func.now(), nullable=False)


class Versioned:
    """Adds a version that rises with every change: two people cannot overwrite each other."""

    @declared_attr
    def version(cls) -> Mapped[int]:
        return mapped_column(Integer, nullable=False, server_default="1")

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


__all__ = [
    "NAMING",
    "Base",
    "Decimal",
    "JsonB",
    "MoneyColumn",
    "Session",
    "Stamped",
    "Timestamp",
    "Versioned",
    "db",
    "extra_ddl",
    "extra_ddl_statements",
    "pk",
    "read_alone",
    "session_maker",
]  # fmt: skip
