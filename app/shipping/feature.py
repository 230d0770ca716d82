"""Manifest of `shipping`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.feature import Admin, Check, Feature, Handler
from app.events.shipping import ShippingMethodsChanged
from app.shipping import admin, checks, handlers, models

FEATURE = Feature(
    name="shipping",
    models=models,
    admin=(
        Admin(admin.MethodView, _l("Shipping methods"), "Prices", "fa-truck", 50),
        Admin(admin.ZoneView, _l("Shipping zones"), "Prices", "fa-globe", 60),
    ),
    handlers=(Handler(ShippingMethodsChanged, handlers.forget_pages, inline=True),),
    checks=(Check("every served country can be reached", checks.served_countries_have_a_method),),
)
