"""Long work on prices: change many by a percentage, and undo such a change."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.db import db
from app.pricing import operations
from app.pricing.percent import PercentWish

MOST_NAMED = 500
"""So many articles that were left out stand in the result of a job."""


def change_by_percent(
    progress: Any, *, wish: dict[str, Any], user_id: int | None, label: str
) -> dict[str, Any]:
    """Change prices by a percentage, a thousand at a time. Run again it goes on where it stopped."""
    actor, wanted = Actor("staff", user_id, label), PercentWish.from_dict(wish)
    left = operations.preview_change(db.session, wish=wanted, limit=0).unfit
    change = operations.begin_change(db.session, run=f"job:{progress.job_id}", wish=wanted, actor=actor)
    done = 0
    progress.step(done, change.total)
    while count := operations.apply_change(db.session, change_id=change.id, actor=actor):
        done += count
        progress.step(done, max(change.total, done))
    named = [[row.sku, row.reason] for row in left[:MOST_NAMED]]
    return {"change": change.id, "prices": done, "left_out": len(left), "named": named}


def undo_change(progress: Any, *, change_id: int, user_id: int | None, label: str) -> dict[str, Any]:
    """Give back the prices from before a change, except those that were set again since."""
    actor = Actor("staff", user_id, label)
    restored = operations.undo_change(db.session, change_id=change_id, actor=actor)
    progress.step(restored, restored)
    return {"change": change_id, "prices": restored}
