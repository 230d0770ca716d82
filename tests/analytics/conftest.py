"""A past that several tests ask about is made once a test process and put back for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.analytics import making
from tests.keeping import KeptRows, filled

_made: dict[tuple[int, int], KeptRows] = {}
"""By seed and number of orders."""


@pytest.fixture
def told_past(session: Session, engine: Any, kept_tables: frozenset[str]) -> Callable[..., None]:
    """Puts a random past into the clean database, with the facts that its events make."""

    def give(seed: int, orders: int = 160) -> None:
        if known := _made.get((seed, orders)):
            return known.put_back()
        making.told(session, making.past(session, seed, orders=orders))
        _made[seed, orders] = KeptRows(engine, filled(engine, kept_tables))

    return give
