"""People at the desk and a count of statements, as the catalogue's tests have them; what the smallest of shops has sold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.catalog.conftest import admin as at_the_desk
from tests.catalog.conftest import staff, statements
from tests.keeping import Beginnings
from tests.orders.making import articles, order, pay

__all__ = ["admin", "at_the_desk", "sold", "staff", "statements"]


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int], beginnings: Beginnings) -> list[int]:
    """Three articles, and two paid orders of the first two to Belgium: 2 × 12.10 each, and 6.05 of shipping an order."""

    def made() -> list[int]:
        variants = articles(session)
        for _time in range(2):
            pay(session, order(session, variants[:2]))
        deliver()
        return variants

    return beginnings.give(session, "dashboards.sold", made)


@pytest.fixture
def admin(request: pytest.FixtureRequest) -> Any:
    """An administrator at the desk; what was sold comes first, so that it can be put back instead of sold again."""
    if "sold" in request.fixturenames:
        request.getfixturevalue("sold")
    return request.getfixturevalue("at_the_desk")
