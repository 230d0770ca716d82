"""The verbs of stock: promise, take, give back, receive, count.

`reserve` -> commit -> pay -> `claim`, or `sell` at once; `release` and `expire_reservations` give back what was held;
`return_to_stock` puts claimed goods back on the shelf.
"""

from app.inventory.operations.levels import (
    ensure_stock_rows,
    receive,
    set_backorder,
    set_low_at,
    set_on_hand,
    set_on_hand_many,
    write_off,
)  # fmt: skip
from app.inventory.operations.reservations import (
    claim,
    expire_reservations,
    extend_reservation,
    release,
    reserve,
    return_to_stock,
    sell,
)  # fmt: skip
from app.inventory.operations.rows import open_row, set_level, write_part
from app.inventory.operations.warehouses import create_warehouse, update_warehouse

__all__ = [
    "claim", "create_warehouse", "ensure_stock_rows", "expire_reservations", "extend_reservation",
    "open_row", "receive", "release", "reserve", "return_to_stock", "sell", "set_backorder", "set_level", "set_low_at",
    "set_on_hand", "set_on_hand_many", "update_warehouse", "write_off", "write_part",
]  # fmt: skip
