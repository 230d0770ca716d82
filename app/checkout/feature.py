"""Manifest of `checkout`."""

from __future__ import annotations

from app.checkout import checks, messages
from app.core.feature import Check, Feature, Slot
from app.orders.rules import PAYMENT_SLOT

FEATURE = Feature(
    name="checkout",
    slots=(Slot(PAYMENT_SLOT, messages.payment_words),),
    checks=(
        Check("ordered carts are closed", checks.ordered_carts_still_open),
        Check("every order has a payment", checks.orders_without_payment),
    ),
)
