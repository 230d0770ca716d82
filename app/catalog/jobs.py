"""Work of the catalogue that lasts, or that comes round by itself."""

from __future__ import annotations

from typing import Any

from app.catalog import operations
from app.core.actor import Actor
from app.core.db import db

CHUNK = 100


def cross_windows(progress: Any) -> dict[str, int]:
    """Announce products whose publication window opened or closed since the last time."""
    return {"announced": operations.announce_window_crossings(db.session)}


def recount(progress: Any) -> dict[str, int]:
    """Count the products of every category again, whatever announced or did not announce a change."""
    return {"corrected": operations.refresh_product_counts(db.session)}


def change_state(
    progress: Any, product_ids: list[int], verb: str, user_id: int | None = None, label: str = ""
) -> dict[str, Any]:
    """Publish, withdraw or archive a selection; those that cannot are listed with their reason.

    Running it again is harmless: a product that is there already stays as it is.
    """
    actor = Actor("staff", user_id, label)
    done, refused = 0, {}
    progress.step(0, len(product_ids))
    for start in range(0, len(product_ids), CHUNK):
        part = product_ids[start : start + CHUNK]
        outcome = operations.change_states(db.session, product_ids=part, verb=verb, actor=actor)
        done += len(outcome.changed)
        refused |= outcome.refused
        progress.step(start + len(part), len(product_ids))
    return {"changed": done, "refused": {str(key): reason for key, reason in refused.items()}}
