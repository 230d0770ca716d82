"""Work of the search that lasts, or that comes round by itself. All of it can be run again."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.search import operations


def reindex(progress: Any) -> dict[str, int]:
    """Build the whole index again; spelling learns how frequent words are."""
    return {"products": operations.reindex(db.session, lambda done: progress.step(done))}


def refresh_popularity(progress: Any) -> dict[str, int]:
    """Take over how popular products are."""
    return {"changed": operations.refresh_popularity(db.session)}


def write_down_queries(progress: Any) -> dict[str, int]:
    """Move what was looked for into the table of queries."""
    return {"queries": operations.write_down_queries(db.session)}
