"""Manifest of `inventory`."""

from __future__ import annotations

from typing import Any

from app.catalog.operations.parts import register_part
from app.core.feature import Admin, Check, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events.inventory import AvailabilityChanged, StockChanged, StockLow
from app.inventory import admin, cost_admin, handlers, jobs, messages, models, operations, queries, rules
from app.inventory.settings import InventorySettings


def setup(app: Any) -> None:
    """Teach the catalogue that a product form and an import may carry stock levels."""
    register_part("stock", operations.write_part, rules.part_errors)


FEATURE = Feature(
    name="inventory",
    models=models,
    admin=(
        Admin(admin.StockView, _l("Stock"), category="Stock", icon="boxes", position=300),
        Admin(admin.AlertView, _l("Low stock"), category="Stock", icon="bell", position=310),
        Admin(admin.MovementView, _l("Movements"), category="Stock", icon="arrow-left-right", position=320),
        Admin(admin.ReservationView, _l("Reservations"), category="Stock", icon="lock", position=330),
        Admin(cost_admin.CostView, _l("Costs"), category="Stock", icon="tag", position=335),
        Admin(admin.WarehouseView, _l("Warehouses"), category="Stock", icon="warehouse", position=340),
    ),
    handlers=(
        Handler(AvailabilityChanged, handlers.forget_pages, inline=True),
        Handler(StockChanged, handlers.tell_open_pages),
        Handler(StockLow, messages.low_stock),
        Handler(StockLow, handlers.ring),
    ),
    jobs={"inventory.expire_reservations": jobs.expire_reservations},
    schedules=(Every(seconds=30, job="inventory.expire_reservations"),),
    settings=InventorySettings,
    slots=(
        Slot("admin.home", admin.low_stock_tile, position=40),
        Slot("staff.notice.low_stock", admin.low_stock_words),
    ),
    checks=(
        Check("stock levels are the sum of their movements", queries.drifted_levels),
        Check("what is reserved is the sum of open reservations", queries.drifted_reservations),
    ),
    index_fields=queries.index_fields,
    setup=setup,
)
