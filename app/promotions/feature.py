"""Manifest of `promotions`."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.feature import Admin, Check, Feature, Handler
from app.events.promotions import PromotionsChanged
from app.promotions import admin, checks, handlers, models

FEATURE = Feature(
    name="promotions",
    models=models,
    admin=(
        Admin(admin.CouponView, _l("Coupons"), "Prices", "fa-ticket", 25),
        Admin(admin.RuleView, _l("Promotions"), "Prices", "fa-gift", 30),
        Admin(admin.CouponClaimView, _l("Uses of coupons"), "Prices", "fa-history", 35),
    ),
    handlers=(Handler(PromotionsChanged, handlers.forget_kept, inline=True),),
    checks=(Check("uses of a coupon are its claims", checks.uses_are_claims),),
)
