"""Manifest of the metric layer. Visits and stock are parts of it and bring their own entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.analytics import checks, cli, handlers, jobs, models
from app.analytics.settings import AnalyticsSettings
from app.analytics.stock import closing
from app.analytics.visits import handlers as visit_handlers
from app.analytics.visits import jobs as visit_jobs
from app.analytics.visits import personal as visit_personal
from app.core.feature import Check, Every, Feature, Handler
from app.events.orders import (
    OrderAddressesChanged,
    OrderCancelled,
    OrderConfirmed,
    OrderDelivered,
    OrderPacked,
    OrderPaid,
    OrderPlaced,
    OrderReturned,
    OrderShipped,
)
from app.events.payments import Overpaid, PaidAfterExpiry, PaymentCaptured, PaymentRefunded

HEARD = (
    OrderPlaced, OrderConfirmed, OrderPaid, OrderPacked, OrderShipped, OrderDelivered, OrderCancelled, OrderReturned,
    OrderAddressesChanged, PaymentCaptured, PaymentRefunded, Overpaid, PaidAfterExpiry,
)  # fmt: skip
"""After any of these the facts of an order are made anew."""
HANDLERS: tuple[Handler, ...] = (
    *(Handler(event, handlers.record_order) for event in HEARD),
    Handler(OrderPlaced, visit_handlers.note_order),
)
JOBS: dict[str, Callable[..., Any]] = {
    "analytics.rebuild": jobs.rebuild,
    "analytics.keep": jobs.keep,
    "analytics.close_stock_days": jobs.close_stock_days,
    "visits.store": visit_jobs.store,
    "visits.close_days": visit_jobs.close_days,
    "visits.hand_over": visit_jobs.hand_over,
}
SCHEDULES: tuple[Every, ...] = (
    Every(seconds=60, job="analytics.keep"),
    Every(seconds=3600, job="analytics.close_stock_days"),
    Every(seconds=60, job="visits.store"),
    Every(seconds=6 * 3600, job="visits.close_days"),
    Every(seconds=1800, job="visits.hand_over"),
)
CHECKS: tuple[Check, ...] = (
    Check("facts of the figures are the orders and their money", checks.wrong_facts),
    Check("sums of the figures by day are their facts", checks.wrong_sums),
    Check("sums of stock by day are its movements", closing.wrong_days),
)
FEATURE = Feature(
    name="analytics",
    models=models,
    cli=(cli.commands,),
    handlers=HANDLERS,
    jobs=JOBS,
    slow_jobs=("analytics.rebuild", "analytics.keep", "analytics.close_stock_days"),
    schedules=SCHEDULES,
    checks=CHECKS,
    settings=AnalyticsSettings,
    personal_data=(visit_personal,),
)
