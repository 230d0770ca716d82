"""What orders do by themselves."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.orders import operations


def expire_unpaid(progress: Any) -> dict[str, int]:
    """Cancel orders whose money did not come in time; their goods can be sold again."""
    return {"expired": len(operations.expire_unpaid(db.session))}
