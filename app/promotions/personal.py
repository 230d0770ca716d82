"""Personal data of promotions: which coupons an address or account has used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.promotions import operations
from app.promotions.models import Coupon, CouponClaim
from app.promotions.queries import claims_of


def export(session: Session, *, email: str, user_id: int | None = None) -> list[dict[str, Any]]:
    """The uses of coupons by a person."""
    query = select(Coupon.code, CouponClaim.holder, CouponClaim.claimed_at).join(Coupon)
    rows = session.execute(query.where(claims_of(user_id, email)).order_by(CouponClaim.id))
    return [{"code": row.code, "for": row.holder, "at": row.claimed_at.isoformat()} for row in rows]


def erase(session: Session, *, email: str) -> int:
    """Make uses anonymous; returns how many."""
    return operations.forget_buyer(session, email=email)
