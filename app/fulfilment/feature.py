"""Manifest of `fulfilment`."""

from __future__ import annotations

from app.core.feature import Admin, Check, Feature, Handler
from app.core.i18n import _l
from app.events import fulfilment as events
from app.fulfilment import admin, figures, handlers, messages, models, queries

FEATURE = Feature(
    name="fulfilment",
    models=models,
    admin=(
        Admin(admin.OrderView, _l("Orders"), category="Sales", icon="receipt", position=10),
        Admin(admin.CarrierView, _l("Carriers"), category="Settings", icon="truck", position=60),
    ),
    handlers=(
        Handler(events.ParcelShipped, messages.send_shipped),
        Handler(events.ParcelShipped, handlers.live_shipped),
        Handler(events.ParcelDelivered, handlers.live_delivered),
    ),
    slots=figures.SLOTS,
    checks=(Check("shipped pieces are in parcels", queries.miscounted_lines),),
)
