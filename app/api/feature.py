"""Manifest of the REST interface."""

from __future__ import annotations

from app.api import (
    accounts,
    carts,
    fulfilment,
    invoices,
    me,
    mine,
    openapi,
    orders,
    paying,
    products,
    reviews,
    stock,
)
from app.api.door import blueprint
from app.core.feature import Feature

DOORS = (accounts, me, mine, products, reviews, carts, orders, paying, invoices, fulfilment, stock)
"""Modules whose doors open when they are imported."""

FEATURE = Feature(name="api", blueprints=(blueprint, openapi.docs))
