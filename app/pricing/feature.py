"""Manifest of `pricing`."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.catalog.operations.parts import register_part, register_publish_check
from app.core.feature import Admin, Check, Feature, Handler, Slot
from app.events.pricing import PriceChanged
from app.events.regions import RatesChanged
from app.pricing import admin, bulk_admin, checks, handlers, jobs, models, parts, queries
from app.pricing.settings import PricingSettings


def setup(app: Any) -> None:
    """Teach the catalogue that a product has prices, and needs them before it is published."""
    register_part("prices", parts.write, parts.check)
    register_publish_check("prices", parts.missing)


FEATURE = Feature(
    name="pricing",
    models=models,
    admin=(
        Admin(admin.PriceView, _l("Price list"), "Prices", "fa-tag", 10),
        Admin(admin.PriceChangeView, _l("Bulk changes"), "Prices", "fa-undo", 20),
    ),
    handlers=(
        Handler(PriceChanged, handlers.forget_pages, inline=True),
        Handler(RatesChanged, handlers.forget_converted, inline=True),
    ),
    jobs={"pricing.change_by_percent": jobs.change_by_percent, "pricing.undo_change": jobs.undo_change},
    settings=PricingSettings,
    slots=(Slot("admin.job", bulk_admin.job_panel),),
    checks=(
        Check("what is for sale has a price", checks.published_have_prices),
        Check("prices have the decimals of their currency", checks.prices_fit_their_currency),
    ),
    index_fields=queries.index_fields,
    setup=setup,
)
