"""Manifest of `fulfilment`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.core.feature import Admin, Check, Feature, Handler, Slot
from app.core.i18n import _l
from app.events import fulfilment as events
from app.fulfilment import (
    admin,
    carriers_admin,
    figures,
    handlers,
    messages,
    models,
    operations,
    queries,
)
from app.payments import operations as payments
from app.payments import webhooks


def setup(app: Any) -> None:
    """Take the notices of carriers from the door that providers' come through; parcels lead to their orders."""
    webhooks.also_for(_receive)
    payments.also_by_parcel(queries.orders_of_parcel)


def _receive(session: Session, carrier: str, headers: Mapping[str, str], body: bytes) -> int:
    return operations.receive_news(session, carrier=carrier, headers=headers, body=body)


FEATURE = Feature(
    name="fulfilment",
    models=models,
    admin=(
        Admin(admin.OrderView, _l("Orders"), category="Sales", icon="receipt", position=10),
        Admin(carriers_admin.CarrierView, _l("Carriers"), category="Settings", icon="truck", position=60),
        Admin(
            carriers_admin.CarrierEventView,
            _l("News of carriers"),
            category="Sales",
            icon="webhook",
            position=20,
        ),
    ),
    handlers=(
        Handler(events.ParcelShipped, messages.send_shipped),
        *(Handler(step, handlers.live_parcel) for step in handlers.STEPS),
        Handler(events.CarrierTold, handlers.apply_news),
    ),
    slots=(
        *figures.SLOTS,
        Slot("staff.notice.carrier_unmatched", carriers_admin.unmatched_words),
        Slot("staff.notice.parcel_trouble", carriers_admin.trouble_words),
    ),
    checks=(Check("shipped pieces are in parcels", queries.miscounted_lines),),
    setup=setup,
)
