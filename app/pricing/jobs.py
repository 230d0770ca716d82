"""Long work on prices: change many by a percentage, and undo such a change."""

from __future__ import annotations

from typing import Any

from app.core.actor import Actor
from app.core.db import db
from app.pricing import operations
from app.pricing.percent import PercentWish


def change_by_percent(
    progress: Any, *, wish: dict[str, Any], user_id: int | None, label: str
) -> dict[str, Any]:
    """Change prices by a percentage, a thousand at a time. Run again it goes on where it stopped."""
    actor = Actor("staff", user_id, label)
    change = operations.begin_change(
        db.session, run=f"job:{progress.job_id}", wish=PercentWish.from_dict(wish), actor=actor
    )
    done = 0
    while count := operations.apply_change(db.session, change_id=change.id, actor=actor):
        done += count
        progress.step(done, max(change.total, done))
    return {"change": change.id, "prices": done}


def undo_change(progress: Any, *, change_id: int, user_id: int | None, label: str) -> dict[str, Any]:
    """Give back the prices from before a change, except those that were set again since."""
    actor = Actor("staff", user_id, label)
    restored = operations.undo_change(db.session, change_id=change_id, actor=actor)
    progress.step(restored, restored)
    return {"change": change_id, "prices": restored}
