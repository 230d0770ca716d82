"""Stock, for staff."""

from __future__ import annotations

from typing import Any

from app.api import questions, shapes
from app.api.door import Call, door
from app.inventory import operations as inventory
from app.inventory.queries import levels_of


def _as_json(call: Call, sku: str) -> dict[str, Any]:
    levels = levels_of(call.session, sku)
    return {
        "sku": sku,
        "on_hand": sum(level.on_hand for level in levels),
        "reserved": sum(level.reserved for level in levels),
        "available": sum(max(0, level.available) for level in levels),
        "levels": [
            {
                "warehouse": level.warehouse,
                "on_hand": level.on_hand,
                "reserved": level.reserved,
                "available": level.available,
            }
            for level in levels
        ],
    }


@door(
    "GET", "/stock/<sku>", summary="Stock of an article", tag="stock", answer=shapes.StockShape, who="staff"
)
def get_stock(call: Call, sku: str) -> dict[str, Any]:
    """The levels of an article in all warehouses."""
    return _as_json(call, sku)


@door(
    "PATCH", "/stock/<sku>", summary="Set what was counted", tag="stock", body=questions.StockChange,
    answer=shapes.StockShape, who="staff",
)  # fmt: skip
def set_stock(call: Call, sku: str) -> dict[str, Any]:
    """Set the level of an article in a warehouse, with the reason."""
    inventory.set_on_hand(
        call.session, sku=sku, on_hand=call.body["on_hand"], reason=call.body["reason"], actor=call.actor,
        warehouse=call.body["warehouse"],
    )  # fmt: skip
    return _as_json(call, sku)
