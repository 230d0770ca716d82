"""By what figures can be grouped and filtered, and which of it belongs to what."""

from __future__ import annotations

from typing import Any

from app.core.i18n import _l

TIME = frozenset({"day", "week", "month", "hour", "weekday"})
PERSONAL = frozenset({"country", "language", "age_band"})
"""Dimensions that say something of people: no figure about people tells fewer than a floor of them by these."""
ORDER = frozenset({"country", "currency", "channel", "language", "payment_method", "customer_kind", "coupon"})
ARTICLE = frozenset({"product", "variant", "category", "brand", "seller", "tax_rate"})

LABELS: dict[str, Any] = {
    "day": _l("Day"),
    "week": _l("Week"),
    "month": _l("Month"),
    "hour": _l("Hour"),
    "weekday": _l("Day of the week"),
    "country": _l("Country"),
    "currency": _l("Currency"),
    "channel": _l("Channel"),
    "language": _l("Language"),
    "payment_method": _l("Payment method"),
    "customer_kind": _l("New or returning"),
    "coupon": _l("Coupon"),
    "promotion": _l("Promotion"),
    "product": _l("Product"),
    "variant": _l("Article"),
    "category": _l("Department"),
    "brand": _l("Brand"),
    "seller": _l("Seller"),
    "tax_rate": _l("VAT rate"),
    "warehouse": _l("Warehouse"),
    "device": _l("Device"),
    "referrer": _l("Came by"),
    "age_band": _l("Age"),
    "page": _l("Kind of page"),
    "query": _l("Search"),
}
"""What each dimension is called."""

SHIPPING, NONE, OTHER = "_shipping", "_none", "_other"
"""Keys of what is no article, has no brand or coupon, or is too few people to be told apart. No address begins so."""
