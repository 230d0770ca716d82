"""The back office's screens of stock: levels, movements, reservations, warehouses, alerts."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func
from sqlalchemy.orm import Session, joinedload, selectinload
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from app.catalog.models import Product, Variant
from app.core import settings
from app.core.admin import (
    Interface,
    OperationView,
    ReadOnlyView,
    Tile,
    action,
    badge,
    by,
    current_actor,
    panel,
    related,
)
from app.core.admin.context import database
from app.core.admin.fields import TextField, decimal_field, integer_field
from app.core.admin.filters import TypedFilter
from app.inventory import operations, queries
from app.inventory.models import Alert, Cost, Movement, Reservation, Stock, Warehouse
from app.inventory.settings import InventorySettings

SHOWN_MOVEMENTS = 25
KINDS = [
    ("receive", _l("Delivery")), ("sale", _l("Sold")), ("return", _l("Return")), ("count", _l("Count")),
    ("correction", _l("Correction")), ("write_off", _l("Write-off")),
]  # fmt: skip
STATES = [
    ("held", _l("Held")), ("owed", _l("Waits for goods")), ("claimed", _l("Sold")), ("released", _l("Given back")),
]  # fmt: skip
LOOKS = {"Support": ("can_list", "can_show")}
COST_HELP = _l(
    "What the shop pays for it, without VAT, in the base currency; from today on. Empty leaves it as it is."
)
_SKU = joinedload(Stock.variant).joinedload(Variant.product)


class FilterLow(TypedFilter):
    """Rows that run low by their own threshold, or by the shop's where they have none."""

    name, arg_name, takes = _l("is low"), "low", "none"

    def parse(self, value: Any) -> None:
        """There is nothing to parse: the thresholds are in the rows."""

    def apply(self, query: Any, value: Any) -> Any:
        """Narrow a query."""
        usual = settings.get(database(), InventorySettings).low_at
        return query.where(queries.runs_low(usual))


class FilterOut(TypedFilter):
    """Rows of which nothing is free, of what is on sale."""

    name, arg_name, takes = _l("is out"), "out", "none"

    def parse(self, value: Any) -> None:
        """There is nothing to parse."""

    def apply(self, query: Any, value: Any) -> Any:
        """Narrow a query."""
        return query.where(queries.is_out())


class ReceiveForm(Form):
    """A delivery."""

    quantity = integer_field(
        _l("Pieces"), validators=[InputRequired()], description=_l("How many came in; they are added to the shelf.")
    )  # fmt: skip
    reason = TextField(
        _l("Delivery note or reason"), validators=[InputRequired()], description=_l("It stands in the history of movements.")
    )  # fmt: skip


class WriteOffForm(Form):
    """Goods that are broken or lost."""

    quantity = integer_field(
        _l("Pieces"), validators=[InputRequired()], description=_l("How many are broken or lost; they leave the shelf.")
    )  # fmt: skip
    reason = TextField(
        _l("Reason"), validators=[InputRequired()], description=_l("It stands in the history of movements.")
    )  # fmt: skip


class StockView(OperationView):
    """What lies where, what is promised of it, and when to be told."""

    datamodel = Interface(Stock)
    imports = by("variant", "warehouse")
    entity, title, singular, icon = "stock", _l("Stock"), _l("Stock"), "boxes"
    add_operation = operations.open_row
    edit_operation = operations.set_level
    load_options = (_SKU, selectinload(Stock.costs))
    load_relations = False
    grants = LOOKS
    list_columns = [
        "variant", "variant.product", "warehouse", "available", "on_hand", "reserved", "backordered", "low_at", "cost",
        "updated_at",
    ]  # fmt: skip
    show_columns = [
        "variant", "variant.product", "warehouse", "available", "on_hand", "reserved", "backordered",
        "backorder_limit", "backorder_date", "low_at", "cost", "updated_at",
    ]  # fmt: skip
    add_columns = ["variant", "warehouse", "on_hand", "reason", "cost"]
    edit_columns = ["on_hand", "reason", "low_at", "cost", "backorder_limit", "backorder_date"]
    relations = {"variant": related("sku", "ean", order_by="sku")}
    add_form_extra_fields = edit_form_extra_fields = {
        "reason": TextField(
            _l("Reason"),
            validators=[Optional()],
            description=_l("Needed when the level changes; it stands in the history of movements."),
        ),
        "cost": decimal_field(
            _l("Cost of a piece"),
            Cost.__table__.c.amount.type,
            validators=[Optional()],
            description=COST_HELP,
        ),
    }
    search_columns = ["variant.sku", "warehouse", "available", "on_hand", "reserved", "backordered", "low_at"]
    quick_search_columns = ["variant.sku"]
    base_order = ("available", "asc")
    label_columns = {
        "variant": _l("Article"), "variant.sku": _l("Article"), "variant.product": _l("Product"),
        "warehouse": _l("Warehouse"), "available": _l("Available"), "on_hand": _l("On the shelf"),
        "reserved": _l("Promised"), "backordered": _l("Promised without goods"), "low_at": _l("Alert at"),
        "backorder_limit": _l("May be sold without goods"), "backorder_date": _l("Goods expected on"),
        "updated_at": _l("Changed"), "cost": _l("Cost of a piece"),
    }  # fmt: skip
    column_help = {
        "cost": COST_HELP,
        "variant": _l("Search by SKU. One row for each article and warehouse."),
        "warehouse": _l("Where these pieces lie."),
        "backorder_date": _l("Customers read it when they buy before goods are there."),
        "on_hand": _l("What was counted. Orders that wait for goods get new ones first."),
        "reason": _l("Needed when the level changes; it stands in the history of movements."),
        "low_at": _l("People of the shop are told when this many are left; empty uses the shop's setting."),
        "backorder_limit": _l("How many may be sold before goods are there; 0 forbids it."),
    }
    empty_help = _l("Every variant gets a row when its stock is set for the first time.")

    def filters_offered(self) -> dict[str, list[Any]]:
        """The usual filters, one for everything that runs low and one for what is out."""
        found = dict(super().filters_offered())
        if "available" in found:
            own = [one("available", self.datamodel) for one in (FilterLow, FilterOut)]
            found["available"] = [*found["available"], *own]
        return found

    def quick_search(self, q: str) -> Any:
        """Search by SKU, barcode or the product's name."""
        words = q.split()[:6]
        return Stock.variant.has(
            func.concat_ws(" ", Variant.sku, Variant.ean).icontains(q.strip(), autoescape=True)
            | Variant.product.has(func.coalesce(Product.name, "").icontains(" ".join(words), autoescape=True))
        )

    def edit_values(self, item: Any) -> dict[str, Any]:
        """The cost of today, as a plain amount."""
        return {"cost": item.cost}

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """What is left wears its colour."""
        if name == "available":
            low = settings.get(database(), InventorySettings).low_at if item.low_at is None else item.low_at
            tone = "bad" if item.available <= 0 else "wait" if item.available <= low else "good"
            return badge(str(item.available), tone=tone)
        return super().cell(item, name, short)

    def panels(self, item: Any) -> list[Any]:
        """The latest movements of the row."""
        rows = queries.movements_of(database(), item.id, limit=SHOWN_MOVEMENTS)
        return [panel(_l("Movements"), "inventory/admin/movements.html", rows=rows, kinds=dict(KINDS))]

    @action("receive", _l("Take in a delivery"), icon="truck", multiple=False, form=ReceiveForm)
    def receive(self, items: list[Stock], quantity: int, reason: str) -> str:
        """Take in a delivery for one row."""
        for row in items:
            operations.receive(
                database(), sku=row.variant.sku, quantity=quantity, reason=reason, actor=current_actor(),
                warehouse=row.warehouse.code,
            )  # fmt: skip
        return _("%(count)s pieces taken in.", count=quantity)

    @action("write_off", _l("Write off"), icon="trash", multiple=False, danger=True, form=WriteOffForm)
    def write_off(self, items: list[Stock], quantity: int, reason: str) -> str:
        """Take broken or lost goods out of one row."""
        for row in items:
            operations.write_off(
                database(), sku=row.variant.sku, quantity=quantity, reason=reason, actor=current_actor(),
                warehouse=row.warehouse.code,
            )  # fmt: skip
        return _("%(count)s pieces written off.", count=quantity)


class MovementView(ReadOnlyView):
    """Everything that came or went. Nobody edits it: a mistake is corrected by another movement."""

    datamodel = Interface(Movement)
    entity, title, singular, icon = "movement", _l("Movements"), _l("Movement"), "arrow-left-right"
    load_options = (joinedload(Movement.stock).options(_SKU, joinedload(Stock.warehouse)),)
    grants = LOOKS
    list_columns = ["at", "stock", "kind", "quantity", "on_hand_after", "reason", "reference", "actor_label"]
    show_columns = list_columns
    search_columns = ["kind", "at", "quantity", "reference", "reason", "actor_label"]
    quick_search_columns = ["reference", "reason", "actor_label"]
    choices = {"kind": KINDS}
    base_order = ("id", "desc")
    label_columns = {
        "at": _l("When"), "stock": _l("Article"), "kind": _l("What"), "quantity": _l("Pieces"),
        "on_hand_after": _l("Level after"), "reason": _l("Reason"), "reference": _l("Belongs to"),
        "actor_label": _l("Who"),
    }  # fmt: skip


class ReservationView(ReadOnlyView):
    """What is promised to whom. Orders make and end reservations; nobody types them in."""

    datamodel = Interface(Reservation)
    entity, title, singular, icon = "reservation", _l("Reservations"), _l("Reservation"), "lock"
    load_options = (joinedload(Reservation.stock).options(_SKU, joinedload(Stock.warehouse)),)
    grants = LOOKS
    list_columns = ["holder", "stock", "quantity", "is_backorder", "state", "expires_at", "created_at"]
    show_columns = [*list_columns, "returned"]
    search_columns = ["holder", "state", "is_backorder", "expires_at", "created_at"]
    quick_search_columns = ["holder"]
    choices = {"state": STATES}
    badges = {"state": {"held": "wait", "owed": "wait", "claimed": "good", "released": "quiet"}}
    base_order = ("id", "desc")
    label_columns = {
        "holder": _l("For"), "stock": _l("Article"), "quantity": _l("Pieces"), "state": _l("State"),
        "is_backorder": _l("Without goods yet"), "expires_at": _l("Held until"), "created_at": _l("Since"),
        "returned": _l("Came back"),
    }  # fmt: skip


class WarehouseView(OperationView):
    """Places goods are sold from. The one with the lowest number is emptied first."""

    datamodel = Interface(Warehouse)
    imports = by("code", fold=True)
    entity, title, singular, icon = "warehouse", _l("Warehouses"), _l("Warehouse"), "warehouse"
    add_operation = operations.create_warehouse
    edit_operation = operations.update_warehouse
    grants = LOOKS
    list_columns = ["code", "name", "country", "priority", "is_active"]
    show_columns = list_columns
    add_columns = ["code", "name", "country", "priority"]
    edit_columns = ["name", "priority", "is_active"]
    search_columns = ["code", "name", "country", "is_active"]
    base_order = ("priority", "asc")
    label_columns = {
        "code": _l("Code"), "name": _l("Name"), "country": _l("Country"), "priority": _l("Order of giving"),
        "is_active": _l("Goods are sold from here"),
    }  # fmt: skip
    column_help = {
        "code": _l("A short word that imports name; it does not change."),
        "name": _l("Only people of the shop read this name."),
        "country": _l("Two capitals: BE, FR, DE. Goods leave from this country."),
        "priority": _l("The lowest number gives its goods first."),
        "is_active": _l("A closed warehouse keeps its levels but promises nothing new."),
    }

    def name_of(self, item: Any) -> str:
        """The warehouse's name."""
        return str(item.name)


class AlertView(ReadOnlyView):
    """Stock that ran low. An alert closes by itself when goods come in."""

    datamodel = Interface(Alert)
    entity, title, singular, icon = "stockalert", _l("Low stock"), _l("Low stock"), "bell"
    load_options = (joinedload(Alert.stock).options(_SKU, joinedload(Stock.warehouse)),)
    grants = LOOKS
    list_columns = ["stock", "available", "low_at", "raised_at", "cleared_at"]
    show_columns = list_columns
    search_columns = ["raised_at", "cleared_at", "available"]
    base_order = ("id", "desc")
    label_columns = {
        "stock": _l("Article"), "available": _l("Left when it was raised"), "low_at": _l("Alert at"),
        "raised_at": _l("Raised"), "cleared_at": _l("Over since"),
    }  # fmt: skip
    empty_text = _l("Nothing runs low.")


def low_stock_tile(session: Session) -> Tile:
    """The figure of the first page: how much runs low, the same as on the dashboards."""
    low = queries.running_low(session)
    return Tile(
        _("Running low"), low, url="/admin/stock/list/?available.low=1", icon="boxes", tone="wait" if low else "good",
        view="StockView", less_is_better=True,
    )  # fmt: skip


def low_stock_words(name: str, sku: str, left: int) -> str:
    """What the bell says of an article that runs low."""
    return _("Running low: %(name)s, %(sku)s (%(left)s left)", name=name, sku=sku, left=left)
