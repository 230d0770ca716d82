"""The catalogue of the demo can be bought from the moment it is made, at whatever hour that is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.ops.demo.catalogue import came_out


@pytest.mark.parametrize("hour", [0, 5, 23])
def test_what_came_out_today_is_on_sale_at_any_hour(hour: int) -> None:
    made = datetime(2026, 3, 1, hour, 1, tzinfo=UTC)
    assert came_out(made.date(), 0) <= made
    assert (made.date() - came_out(made.date(), 90).date()).days == 90
