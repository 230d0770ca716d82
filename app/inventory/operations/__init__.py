"""The verbs of stock: promise, take, give back, receive, count.

`reserve` -> commit -> pay -> `claim`, or `sell` at once; `release` and `expire_reservations` give back what was held;
`return_to_stock` puts claimed goods back on the shelf.
"""

from app.inventory.operations.costs import add_cost, change_cost, remove_cost, set_cost_today, set_costs
from app.inventory.operations.levels import (
    ensure_stock_rows,
    receive,
    set_backorder,
    set_low_at,
    set_on_hand,
    set_on_hand_many,
    write_off,
)  # fmt: skip
from app.inventory.operations.past import (
    GoodsBack,
    PastMovement,
    PastSale,
    write_past_goods_back,
    write_past_movements,
    write_past_sales,
)
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
    "GoodsBack", "PastMovement", "PastSale", "add_cost", "change_cost", "claim", "create_warehouse", "ensure_stock_rows", "expire_reservations", "extend_reservation",
    "open_row", "receive", "release", "remove_cost", "reserve", "return_to_stock", "sell", "set_backorder", "set_cost_today", "set_costs", "set_level", "set_low_at",
    "set_on_hand", "set_on_hand_many", "update_warehouse", "write_off", "write_part",
    "write_past_goods_back", "write_past_movements", "write_past_sales",
]  # fmt: skip
