"""Manifest of `orders`."""

from __future__ import annotations

from app.core.feature import Check, Every, Feature, Handler, Slot
from app.events import orders as events
from app.events.identity import EmailChanged, EmailVerified
from app.orders import checks, handlers, jobs, messages, models, notices

FEATURE = Feature(
    name="orders",
    models=models,
    handlers=(
        Handler(events.OrderPlaced, messages.send_received),
        Handler(events.OrderCancelled, messages.send_cancelled),
        Handler(EmailVerified, handlers.claim_verified, inline=True),
        Handler(EmailChanged, handlers.claim_changed, inline=True),
        *(Handler(step, handlers.live_order) for step in handlers.STEPS),
        *(Handler(step, notices.live_owner) for step in notices.STEPS),
    ),
    slots=(Slot("notice.order", notices.words),),  # type: ignore[arg-type]
    jobs={"orders.expire_unpaid": jobs.expire_unpaid},
    schedules=(Every(seconds=20, job="orders.expire_unpaid"),),
    checks=(
        Check("totals are the sum of lines and shipping", checks.wrong_totals),
        Check("VAT by rate adds up to the total", checks.wrong_bands),
        Check("histories replay to the state", checks.wrong_histories),
        Check("numbers have no gaps", checks.gaps),
        Check("a cart is one living order", checks.doubled_carts),
    ),
)
