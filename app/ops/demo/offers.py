"""Coupons of the demo, and which orders use one: so that discounts have figures, too."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import outbox
from app.core.actor import Actor
from app.promotions import operations
from app.promotions.models import Coupon

COUPONS: tuple[dict[str, Any], ...] = (
    {"code": "LUMEN10", "kind": "percent", "value": Decimal(10)},
    {"code": "LUMEN15OFF", "kind": "fixed", "value": Decimal(15), "currency": "EUR", "minimum": Decimal(120)},
    {"code": "LUMENPOST", "kind": "free_shipping", "minimum": Decimal(60)},
)
USED = 0.14
"""The share of orders by somebody who has a code."""


def load(session: Session, actor: Actor) -> None:
    """Add the coupons that are missing."""
    there = set(session.scalars(select(Coupon.code)))
    for values in COUPONS:
        if values["code"] not in there:
            with outbox.quietly(session):
                operations.set_coupon(session, actor=actor, **values)


def code_of(dice: Random) -> str | None:
    """The code somebody types into their bag; most have none."""
    return dice.choice(COUPONS)["code"] if dice.random() < USED else None
