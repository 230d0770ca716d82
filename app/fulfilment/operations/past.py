"""Writes the parcels of past orders, many at once: one an order, with every piece of it. Nothing is announced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.copying import copy_rows, new_ids
from app.core.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True)
class PastParcel:
    """The one parcel of an order. Without a carrier's code nobody tells of it any more."""

    order_id: int
    shipped_at: datetime
    delivered_at: datetime | None
    carrier: str = ""
    carrier_code: str = ""
    tracking_number: str = ""


_PARCEL = (
    "id", "order_id", "state", "carrier", "carrier_code", "tracking_number", "shipped_at", "delivered_at", "actor_label",
)  # fmt: skip
_LINES = text(
    """INSERT INTO fulfilment_shipment_line (shipment_id, order_line_id, quantity)
       SELECT p.id, l.id, l.shipped FROM unnest(CAST(:ids AS bigint[]), CAST(:orders AS bigint[])) AS p(id, order_id)
         JOIN orders_line l ON l.order_id = p.order_id WHERE l.shipped > 0 ORDER BY p.id, l.position"""
)


def write_past_parcels(session: Session, parcels: Sequence[PastParcel]) -> None:
    """Give shipped past orders their parcel: what their lines call shipped is in it."""
    if not parcels:
        return
    with unit_of_work(session):
        ids = new_ids(session, "fulfilment_shipment", len(parcels))
        rows = (
            (
                i, p.order_id, "delivered" if p.delivered_at else "shipped", p.carrier, p.carrier_code,
                p.tracking_number, p.shipped_at, p.delivered_at, "history",
            )
            for i, p in zip(ids, parcels, strict=True)
        )  # fmt: skip
        copy_rows(session, "fulfilment_shipment", _PARCEL, rows)
        session.execute(_LINES, {"ids": ids, "orders": [p.order_id for p in parcels]})
