"""Manifest of `tax`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.feature import Admin, Check, Feature, Handler
from app.events.tax import TaxRatesChanged
from app.tax import admin, checks, handlers, models
from app.tax.settings import TaxSettings

FEATURE = Feature(
    name="tax",
    models=models,
    admin=(Admin(admin.TaxRateView, _l("VAT rates"), "Prices", "fa-percent", 40),),
    handlers=(Handler(TaxRatesChanged, handlers.forget_pages, inline=True),),
    settings=TaxSettings,
    checks=(
        Check("every member state has a VAT rate", checks.members_have_a_rate),
        Check("VAT rates never overlap", checks.rates_never_overlap),
    ),
)
