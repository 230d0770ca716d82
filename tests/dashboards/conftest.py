"""People at the desk and a count of statements, as the catalogue's tests have them; what the smallest of shops has sold."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.catalog.conftest import admin, staff, statements
from tests.orders.making import articles, order, pay

__all__ = ["admin", "sold", "staff", "statements"]


@pytest.fixture
def sold(session: Session, deliver: Callable[[], int]) -> list[int]:
    """Three articles, and two paid orders of the first two to Belgium: 2 × 12.10 each, and 6.05 of shipping an order."""
    variants = articles(session)
    for _time in range(2):
        pay(session, order(session, variants[:2]))
    deliver()
    return variants
