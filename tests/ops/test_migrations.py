"""Migrations own every table: from nothing to now, no difference left, and back to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text

from app.core.db import extra_ddl_statements
from app.ops.preparing import MIGRATIONS

pytestmark = pytest.mark.filterwarnings("ignore:Expression #:UserWarning")


@pytest.fixture
def empty_url(postgres: Any) -> Iterator[str]:
    """A database with nothing in it."""
    postgres.create_database("migrations")
    yield postgres.dsn("migrations").replace("postgresql://", "postgresql+psycopg://", 1)


def test_the_database_is_what_the_models_say(app: Any, engine: Any) -> None:
    with app.app_context(), engine.connect() as connection:
        from app.core.db import db

        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_triggers_and_functions_are_there(engine: Any) -> None:
    with engine.connect() as connection:
        known = set(
            connection.scalars(text("SELECT tgname FROM pg_trigger UNION SELECT proname FROM pg_proc"))
        )
    for name, (up, _down) in extra_ddl_statements().items():
        words = {word.strip("();") for word in up.replace("(", " (").split()}
        assert words & known, f"{name} declares something that no migration makes"


def test_back_to_nothing_and_up_again(app: Any, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.core.db import db

    own = create_engine(empty_url)
    with app.app_context():
        monkeypatch.setitem(db.engines, None, own)
        upgrade(directory=str(MIGRATIONS))
        downgrade(directory=str(MIGRATIONS), revision="base")
        with own.connect() as connection:
            left = set(
                connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            )
            functions = list(
                connection.scalars(
                    text("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
                )
            )
        assert left == {"alembic_version"}
        assert functions == []
        upgrade(directory=str(MIGRATIONS))
    own.dispose()
