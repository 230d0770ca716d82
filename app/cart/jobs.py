"""What happens to carts while nobody looks. Each job can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.cart import operations
from app.core.db import db


def clean(progress: Any) -> dict[str, int]:
    """Forget removed lines after a day, guests' carts and old merges when their time is over."""
    return {
        "lines": operations.forget_removed_lines(db.session),
        "carts": operations.forget_old_carts(db.session),
    }


def remind(progress: Any) -> dict[str, int]:
    """Announce carts that were left by people who agreed to be reminded; the mail follows."""
    return {"forgotten": operations.announce_forgotten(db.session)}
