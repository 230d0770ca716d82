"""Manifest of `payments`."""

from __future__ import annotations

from typing import Any

from app.core.feature import Admin, Check, Every, Feature, Handler, Slot
from app.core.i18n import _l
from app.events import payments as events
from app.events.orders import OrderCancelled
from app.payments import (
    admin,
    checks,
    handlers,
    jobs,
    messages,
    models,
    registry,
    settlements_admin,
    storefront,
    webhooks,
)
from app.payments.settings import PaymentSettings


def setup(app: Any) -> None:
    """Set up the providers that this deployment has what it takes for."""
    registry.configure(app.config)


FEATURE = Feature(
    name="payments",
    models=models,
    blueprints=(storefront.blueprint, webhooks.blueprint),
    admin=(
        Admin(admin.PaymentView, _l("Payments"), category="Sales", icon="credit-card", position=130),
        Admin(admin.RefundView, _l("Refunds"), category="Sales", icon="undo-2", position=131),
        Admin(admin.ReceivedView, _l("Money received"), category="Sales", icon="banknote", position=132),
        Admin(
            settlements_admin.SettlementView,
            _l("Settlements of carriers"),
            category="Sales",
            icon="hand-coins",
            position=132,
        ),
        Admin(admin.NoticeView, _l("Notices of providers"), category="Sales", icon="webhook", position=133),
        Admin(admin.LedgerView, _l("Ledger"), category="Sales", icon="book-open", position=134),
    ),
    handlers=(
        Handler(events.WebhookReceived, handlers.apply_webhook),
        Handler(events.RefundRequested, handlers.send_refund),
        Handler(events.PaymentVoided, handlers.cancel_charge),
        Handler(OrderCancelled, handlers.give_back),
        Handler(events.PaymentCaptured, messages.payment_received),
        Handler(events.PaymentFailed, messages.payment_failed),
        Handler(events.PaymentRefunded, messages.refund_sent),
    ),
    jobs={"payments.reconcile": jobs.reconcile},
    schedules=(Every(seconds=20, job="payments.reconcile"),),
    slots=(Slot("admin.home", admin.manual_refunds_tile, position=30),),
    checks=(
        Check("orders hold the sums of their payments", checks.orders_differ),
        Check("payments are the sum of captures and refunds", checks.payments_differ),
        Check("the ledger balances and equals the payments", checks.books_differ),
        Check("paid orders have their money", checks.paid_without_money),
    ),
    settings=PaymentSettings,
    setup=setup,
)
