"""Manifest of the REST interface."""

from __future__ import annotations

from app.api import (
    accounts,
    carts,
    fulfilment,
    invoices,
    me,
    metrics,
    mine,
    openapi,
    orders,
    paying,
    products,
    reviews,
    stock,
    tickets,
)
from app.api.door import blueprint
from app.core.feature import Feature

DOORS = (
    accounts,
    me,
    mine,
    products,
    reviews,
    carts,
    orders,
    paying,
    invoices,
    fulfilment,
    stock,
    metrics,
    tickets,
)
"""Modules whose doors open when they are imported."""

FEATURE = Feature(name="api", blueprints=(blueprint, openapi.docs))
