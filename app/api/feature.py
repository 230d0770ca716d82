"""Manifest of the REST interface."""

from __future__ import annotations

from app.api import accounts, carts, openapi, orders, products, stock
from app.api.door import blueprint
from app.core.feature import Feature

DOORS = (accounts, products, carts, orders, stock)
"""Modules whose doors open when they are imported."""

FEATURE = Feature(name="api", blueprints=(blueprint, openapi.docs))
