"""What the stock does by the clock. Each job can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.inventory import operations

BATCH = 500


def expire_reservations(progress: Any) -> dict[str, int]:
    """Give back everything that was held and not claimed in time."""
    expired = 0
    while True:
        holders = operations.expire_reservations(db.session, limit=BATCH)
        expired += len(holders)
        if len(holders) < BATCH:
            return {"expired": expired}
