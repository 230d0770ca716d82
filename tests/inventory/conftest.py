"""Articles and a second warehouse for stock tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.inventory import operations
from tests.inventory.shelves import Article, article


@pytest.fixture
def make(session: Session) -> Callable[..., Article]:
    """Makes articles: `make(stock=3)`."""
    return lambda **values: article(session, **values)


@pytest.fixture
def south(session: Session) -> Iterator[int]:
    """A second warehouse, emptied first; gone after the test, because warehouses are reference data."""
    warehouse_id = operations.create_warehouse(session, code="south", name="South", priority=5, actor=SYSTEM)
    yield warehouse_id
    session.rollback()
    with unit_of_work(session):
        for table in ("reservation", "movement", "alert"):
            session.execute(text(f"DELETE FROM inventory_{table}"))
        session.execute(text("DELETE FROM inventory_stock WHERE warehouse_id = :id"), {"id": warehouse_id})
        session.execute(text("DELETE FROM inventory_warehouse WHERE id = :id"), {"id": warehouse_id})
