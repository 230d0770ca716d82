"""The verbs of pricing."""

from __future__ import annotations

from app.pricing.operations.bulk import Preview, apply_change, begin_change, preview_change, undo_change
from app.pricing.operations.prices import (
    NewPrice,
    drop_price,
    put_price,
    remove_price,
    set_price,
    set_prices,
)

__all__ = [
    "NewPrice", "Preview", "apply_change", "begin_change", "drop_price", "preview_change", "put_price", "remove_price",
    "set_price", "set_prices", "undo_change",
]  # fmt: skip
