"""Scheduled work of the messages' machinery."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.notifications import operations


def deliver_due(progress: Any) -> dict[str, int]:
    """Deliver messages whose time has come again, or that a dead process left behind."""
    return {"delivered": operations.deliver_due(db.session())}
