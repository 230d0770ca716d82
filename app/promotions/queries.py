"""Reads of promotions: rules are kept until they change, coupons are looked up when there is a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core import caching
from app.core.clock import utcnow
from app.pricing.queries import conversion
from app.promotions.models import Coupon, CouponClaim, Rule
from app.promotions.rules import CouponRow, Promotions, RuleRow, email_key, in_order

OWNER = "promotions"
MOST_CODES = 20


def load_promotions(
    session: Session, codes: Sequence[str], user_id: int | None = None, email: str | None = None
) -> Promotions:
    """What the steps of a quote read: no statement without a code while rules are kept, else one."""
    rules = caching.cached(OWNER, "rules", lambda: _rules(session), ttl=300)
    wanted = in_order(codes)[:MOST_CODES]
    coupons = _coupons(session, wanted, user_id, email) if wanted else {}
    return Promotions(utcnow(), conversion(session), rules, coupons)


def _rules(session: Session) -> tuple[RuleRow, ...]:
    query = (
        select(Rule)
        .where(Rule.is_active, or_(Rule.ends_at.is_(None), Rule.ends_at > func.now()))
        .order_by(Rule.priority, Rule.id)
    )
    return tuple(
        RuleRow(
            id=rule.id,
            name=rule.name,
            scope=rule.scope,
            kind=rule.kind,
            value=rule.value,
            currency=rule.currency,
            minimum=rule.minimum,
            minimum_quantity=rule.minimum_quantity,
            category_ids=frozenset(rule.category_ids or ()),
            product_ids=frozenset(rule.product_ids or ()),
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            priority=rule.priority,
            is_stackable=rule.is_stackable,
        )
        for rule in session.scalars(query)
    )


def claims_of(user_id: int | None, email: str | None) -> Any:
    """The condition for claims of one buyer, by account or by normalised address; None for nobody."""
    key = email_key(email)
    same = []
    if key is not None:
        same.append(CouponClaim.email_key == key)
    if user_id is not None:
        same.append(CouponClaim.user_id == user_id)
    return or_(*same) if same else None


def _coupons(
    session: Session, codes: list[str], user_id: int | None, email: str | None
) -> dict[str, CouponRow]:
    columns: list[Any] = [
        Coupon.id, Coupon.code, Coupon.kind, Coupon.value, Coupon.currency, Coupon.starts_at, Coupon.ends_at,
        Coupon.minimum, Coupon.limit_total, Coupon.limit_per_customer, Coupon.used, Coupon.is_active,
    ]  # fmt: skip
    buyer = claims_of(user_id, email)
    if buyer is not None:
        mine = select(func.count()).where(CouponClaim.coupon_id == Coupon.id, buyer).correlate(Coupon)
        columns.append(mine.scalar_subquery().label("used_by_buyer"))
    # indexes uq_promotions_coupon_code, ix_promotions_claim_customer, ix_promotions_claim_user
    rows = session.execute(select(*columns).where(Coupon.code.in_(codes)))
    return {row.code: CouponRow(**row._mapping) for row in rows}
