"""What invoicing does by the clock. Can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.invoicing import operations


def issue_missing(progress: Any) -> dict[str, int]:
    """Issue the invoices of paid orders that have none: those of the time before the shop wrote any."""
    return {"issued": operations.issue_missing(db.session())}
