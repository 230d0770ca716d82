"""What must always be true of coupons."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def uses_are_claims(session: Session) -> list[str]:
    """The count of uses on a coupon is the number of its claims."""
    rows = session.execute(
        text(
            """SELECT c.code, c.used, count(k.id) AS claims FROM promotions_coupon c
                 LEFT JOIN promotions_claim k ON k.coupon_id = c.id
                GROUP BY c.id HAVING c.used <> count(k.id) ORDER BY c.id LIMIT 50"""
        )
    )
    return [f"{row.code} says {row.used} uses, but has {row.claims} claims" for row in rows]
