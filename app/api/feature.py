"""Manifest of the REST interface."""

from __future__ import annotations

from app.api import accounts, carts, invoices, me, openapi, orders, products, reviews, stock
from app.api.door import blueprint
from app.core.feature import Feature

DOORS = (accounts, me, products, reviews, carts, orders, invoices, stock)
"""Modules whose doors open when they are imported."""

FEATURE = Feature(name="api", blueprints=(blueprint, openapi.docs))
