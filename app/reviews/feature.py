"""Manifest of `reviews`."""

from __future__ import annotations

from app.core.feature import Admin, Check, Feature, Handler
from app.core.i18n import _l
from app.events import reviews as events
from app.reviews import admin, handlers, messages, models, personal, queries

FEATURE = Feature(
    name="reviews",
    models=models,
    admin=(Admin(admin.ReviewView, _l("Reviews"), category="Customers", icon="star", position=60),),
    handlers=(
        Handler(events.ReviewsChanged, handlers.forget_pages, inline=True),
        Handler(events.ReviewDecided, messages.send_decided),
    ),
    slots=admin.SLOTS,
    checks=(
        Check("stars equal the approved reviews", queries.miscounted),
        Check("a review has its purchase", queries.without_purchase),
    ),
    personal_data=(personal,),
)
