"""Carriers are reference data: what a test adds to them goes away again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete

from app.fulfilment.models import Carrier
from app.fulfilment.reference import CARRIERS


@pytest.fixture(autouse=True)
def own_carriers(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave only the carriers every shop starts with."""
    yield
    if "app" not in request.fixturenames:
        return
    engine: Any = request.getfixturevalue("engine")
    with engine.begin() as connection:
        connection.execute(delete(Carrier).where(Carrier.code.not_in([code for code, _n, _u in CARRIERS])))
