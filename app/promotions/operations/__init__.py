"""The verbs of promotions."""

from __future__ import annotations

from app.promotions.operations.claims import claim_coupons, forget_buyer, release_coupons
from app.promotions.operations.coupons import remove_coupon, set_coupon
from app.promotions.operations.rules import remove_rule, set_rule

__all__ = [
    "claim_coupons", "forget_buyer", "release_coupons", "remove_coupon", "remove_rule", "set_coupon", "set_rule",
]  # fmt: skip
