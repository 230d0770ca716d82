"""Scheduled work of the messages' machinery."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.notifications import operations
from app.notifications.onsite import operations as onsite


def deliver_due(progress: Any) -> dict[str, int]:
    """Deliver messages whose time has come again, or that a dead process left behind."""
    return {"delivered": operations.deliver_due(db.session())}


def forget_notices(progress: Any) -> dict[str, int]:
    """Forget what accounts were told more than a year ago. Repeatable."""
    return {"notices": onsite.forget_old(db.session)}
