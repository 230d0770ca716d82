"""Whole orders of the past into every table that knows of them, in one unit of work a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.unit_of_work import unit_of_work
from app.fulfilment import operations as fulfilment
from app.fulfilment.operations import PastParcel
from app.inventory import operations as inventory
from app.inventory.models import Warehouse
from app.inventory.operations import GoodsBack, PastMovement, PastSale
from app.invoicing import past as invoicing
from app.orders import operations as orders
from app.orders.operations import PastOrder, PastReturn
from app.payments import operations as payments
from app.payments.operations import PastRefund

WRITTEN = (
    "orders_order", "orders_line", "orders_history", "payments_payment", "payments_capture", "payments_refund",
    "payments_ledger_transaction", "payments_ledger_entry", "inventory_reservation", "inventory_movement",
    "fulfilment_shipment", "fulfilment_shipment_line", "invoicing_invoice", "invoicing_line", "invoicing_tax",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What came back of one order: money, pieces by article, and whether that was the last of it."""

    order_id: int
    at: datetime
    key: str
    reason: str
    amount: Decimal
    pieces: dict[int, int] = field(default_factory=dict)
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Journals:
    """The journals that invoices and credit notes are written in; "" are the shop's own."""

    invoices: str = ""
    credits: str = ""


@dataclass
class Writer:
    """Writes past orders. One warehouse stands for all the places that goods have gone from."""

    session: Session
    journals: Journals = field(default_factory=Journals)
    warehouse_id: int = 0
    carriers: tuple[tuple[str, str], ...] = (("", ""),)
    """Codes and names of who carried the parcels, in turn."""
    no_goods: frozenset[int] = frozenset()
    """Variants of services: nothing of them lies on a shelf."""

    def __post_init__(self) -> None:
        query = select(Warehouse.id).where(Warehouse.is_active).order_by(Warehouse.priority, Warehouse.id)
        found = self.session.scalar(query.limit(1))
        if found is None:
            found = inventory.create_warehouse(self.session, code="MAIN", name="Main", actor=SYSTEM)
        self.warehouse_id = found

    def orders(self, wanted: Sequence[PastOrder]) -> list[int]:
        """Write orders with lines, timeline, payment, ledger, goods and invoice. Returns their ids, in order."""
        with unit_of_work(self.session):
            ids = orders.write_past_orders(self.session, wanted)
            payments.write_past_payments(self.session, ids)
            inventory.write_past_sales(self.session, self._sales(ids, wanted), warehouse_id=self.warehouse_id)
            fulfilment.write_past_parcels(self.session, self._parcels(ids, wanted))
            paid = [i for i, order in zip(ids, wanted, strict=True) if order.paid_at is not None]
            invoicing.write_past_invoices(self.session, paid, journal=self.journals.invoices)
        return ids

    def back(self, taken: Sequence[TakenBack]) -> list[int]:
        """Write what came back: refunds with ledger and credit note, goods, and the state of what came back whole.

        What is known by its key is left alone. Returns the ids of the refunds written.
        """
        with unit_of_work(self.session):
            refunds = [PastRefund(t.order_id, t.amount, t.at, t.key, t.reason) for t in taken if t.amount > 0]
            made = payments.write_past_refunds(self.session, refunds)
            invoicing.write_past_credits(self.session, made, journal=self.journals.credits)
            goods = [
                GoodsBack(t.order_id, variant_id, quantity, t.at, t.key)
                for t in taken
                for variant_id, quantity in t.pieces.items()
            ]
            inventory.write_past_goods_back(self.session, goods, warehouse_id=self.warehouse_id)
            orders.return_past_orders(
                self.session, [PastReturn(t.order_id, t.at) for t in taken if t.is_whole]
            )
        return made

    def movements(self, moved: Sequence[PastMovement]) -> None:
        """Write goods that were written off or found."""
        inventory.write_past_movements(self.session, moved, warehouse_id=self.warehouse_id)

    def finish(self) -> None:
        """Let the database look at its tables anew: they have grown in a way it could not see coming."""
        with unit_of_work(self.session):
            self.session.execute(text(f"ANALYZE {', '.join(WRITTEN)}"))

    def _sales(self, ids: Sequence[int], wanted: Sequence[PastOrder]) -> list[PastSale]:
        """What each order took, an article once an order; what was called off took nothing."""
        found: list[PastSale] = []
        for order_id, order in zip(ids, wanted, strict=True):
            pieces: dict[int, int] = defaultdict(int)
            for line in order.lines:
                if order.cancelled_at is None and line.variant_id not in self.no_goods:
                    pieces[line.variant_id] += line.quantity
            found += [PastSale(f"order:{order_id}", v, n, order.placed_at) for v, n in pieces.items()]
        return found

    def _parcels(self, ids: Sequence[int], wanted: Sequence[PastOrder]) -> list[PastParcel]:
        """One parcel for each order that has left."""
        found: list[PastParcel] = []
        for order_id, order in zip(ids, wanted, strict=True):
            if order.shipped_at is not None:
                code, name = self.carriers[order_id % len(self.carriers)]
                number = f"PAST{order_id:012d}" if code else ""
                found.append(PastParcel(order_id, order.shipped_at, order.delivered_at, name, code, number))
        return found
