"""Uses of coupons: counted under the coupon's own row lock, given back when an order falls away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.promotions.errors import CouponRefused, CouponUsedUp
from app.promotions.models import Coupon, CouponClaim
from app.promotions.queries import claims_of
from app.promotions.rules import REASONS, email_key, in_order, within
from app.regions import queries as regions


def claim_coupons(
    session: Session,
    *,
    codes: Sequence[str],
    holder: str,
    email: str | None,
    user_id: int | None,
    currency: str,
) -> None:
    """Use coupons for an order, no more often than they allow. A repeat for the holder does nothing.

    The rows stay locked, in id order, until the end of the transaction; whoever comes later counts
    what was committed before.

    Raises:
        CouponUsedUp: the last one is gone, or this buyer has had theirs. CouponRefused: unknown,
        switched off, outside its window, or of another currency. Nothing changes then.
    """
    wanted = in_order(codes)
    if not wanted:
        return
    with unit_of_work(session):
        query = select(Coupon).where(Coupon.code.in_(wanted)).order_by(Coupon.id).with_for_update()
        coupons = session.scalars(query.execution_options(populate_existing=True)).all()
        if len(coupons) < len(wanted):
            raise CouponRefused(REASONS["unknown"])
        held = _holder_has(session, holder, coupons)
        new = [coupon for coupon in coupons if coupon.id not in held]
        base = regions.base_currency(session)
        for coupon in new:
            _refuse(coupon, currency, base)
        _refuse_repeats(session, new, email, user_id)
        if not new:
            return
        key = email_key(email) or f"user:{user_id}"
        session.execute(
            insert(CouponClaim).values(
                [
                    {"coupon_id": coupon.id, "holder": holder, "email_key": key, "user_id": user_id}
                    for coupon in new
                ]
            )
        )
        session.execute(
            update(Coupon)
            .where(Coupon.id.in_([coupon.id for coupon in new]))
            .values(used=Coupon.used + 1)
            .execution_options(synchronize_session=False)
        )


def _holder_has(session: Session, holder: str, coupons: Sequence[Coupon]) -> set[int]:
    query = select(CouponClaim.coupon_id).where(
        CouponClaim.holder == holder, CouponClaim.coupon_id.in_([coupon.id for coupon in coupons])
    )
    return set(session.scalars(query))


def _refuse(coupon: Coupon, currency: str, base: str) -> None:
    if not coupon.is_active:
        raise CouponRefused(REASONS["inactive"])
    if not within(coupon.starts_at, coupon.ends_at, utcnow()):
        raise CouponRefused(REASONS["ended"])
    if coupon.limit_total is not None and coupon.used >= coupon.limit_total:
        raise CouponUsedUp(coupon=coupon.code)
    if coupon.kind == "fixed" and coupon.currency not in (currency, base):
        raise CouponRefused(REASONS["currency"], currency=coupon.currency)


def _refuse_repeats(
    session: Session, coupons: Sequence[Coupon], email: str | None, user_id: int | None
) -> None:
    """One statement for all coupons with a limit per customer; their rows are locked already."""
    limited = {c.id: c for c in coupons if c.limit_per_customer is not None}
    if not limited:
        return
    buyer = claims_of(user_id, email)
    if buyer is None:
        raise CouponRefused()
    counts = session.execute(
        select(CouponClaim.coupon_id, func.count())
        .where(CouponClaim.coupon_id.in_(limited), buyer)
        .group_by(CouponClaim.coupon_id)
    )
    for coupon_id, count in counts:
        if count >= (limited[coupon_id].limit_per_customer or 0):
            raise CouponUsedUp(REASONS["used_by_you"], coupon=limited[coupon_id].code)


def release_coupons(session: Session, *, holder: str) -> int:
    """Give back what an order has used; returns how many. Doing it again does nothing."""
    with unit_of_work(session):
        ids = sorted(session.scalars(select(CouponClaim.coupon_id).where(CouponClaim.holder == holder)))
        if not ids:
            return 0
        # coupons first, claims second: the same order as claiming, so that both never wait for each other
        session.execute(select(Coupon.id).where(Coupon.id.in_(ids)).order_by(Coupon.id).with_for_update())
        gone = list(
            session.scalars(
                delete(CouponClaim).where(CouponClaim.holder == holder).returning(CouponClaim.coupon_id)
            )
        )
        session.execute(
            update(Coupon)
            .where(Coupon.id.in_(gone))
            .values(used=Coupon.used - 1)
            .execution_options(synchronize_session=False)
        )
    return len(gone)


def forget_buyer(session: Session, *, email: str) -> int:
    """Replace a person's address in claims by a mark without meaning; counts of uses stay true."""
    with unit_of_work(session):
        found = session.scalars(
            update(CouponClaim)
            .where(CouponClaim.email_key == email_key(email))
            .values(email_key=func.concat("erased:", CouponClaim.id), user_id=None)
            .returning(CouponClaim.id)
            .execution_options(synchronize_session=False)
        )
        return len(list(found))
