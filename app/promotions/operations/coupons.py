"""Sets coupons and takes unused ones away."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.promotions.errors import CouponInUse
from app.promotions.models import Coupon, CouponClaim
from app.promotions.operations.checking import announce, check_minimum, check_value, check_window
from app.promotions.rules import coupon_key
from app.regions import queries as regions

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")
KINDS = ("percent", "fixed", "free_shipping")
FIELDS = (
    "code", "kind", "value", "currency", "starts_at", "ends_at", "minimum", "limit_total", "limit_per_customer",
    "is_active",
)  # fmt: skip
_DEFAULTS: dict[str, Any] = {
    "code": "", "kind": "percent", "value": None, "currency": None, "starts_at": None, "ends_at": None,
    "minimum": Decimal(0), "limit_total": None, "limit_per_customer": None, "is_active": True,
}  # fmt: skip


def _filled(before: dict[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row will hold: what it held, or the defaults, with the given values over it."""
    given = {**_DEFAULTS, **(before or {}), **{k: v for k, v in values.items() if k in FIELDS}}
    return {k: _DEFAULTS.get(k) if v is None else v for k, v in given.items()}


def set_coupon(session: Session, *, coupon_id: int | None = None, actor: Actor, **values: Any) -> Coupon:
    """Add a coupon, or change the one with `coupon_id`; names of values are those of the table.

    `value` is a percentage, or an amount in `currency`; `minimum` is in the base currency.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such coupon.
    """
    with unit_of_work(session):
        coupon = locks.row(session, Coupon, coupon_id) if coupon_id is not None else None
        before = {name: getattr(coupon, name) for name in FIELDS} if coupon else None
        given = _filled(before, values)
        given["code"] = coupon_key(given["code"] or "")
        if given["kind"] == "free_shipping":
            given["value"] = Decimal(0)
        if given["kind"] != "fixed":
            given["currency"] = None
        _check(session, given, coupon)
        if coupon is None:
            coupon = Coupon()
            session.add(coupon)
        for name in FIELDS:
            setattr(coupon, name, given[name])
        session.flush()
        announce(session, given["code"])
        audit.record(
            session, actor=actor, action="coupon.set", entity="promotions_coupon", entity_id=coupon.id,
            before=before, after=given,
        )  # fmt: skip
    return coupon


def _check(session: Session, given: dict[str, Any], coupon: Coupon | None) -> None:
    errors: dict[str, Any] = {}
    if not CODE.fullmatch(given["code"]):
        errors["code"] = _l("1 to 40 letters, digits, dots, - and _.")
    else:
        other = session.scalar(select(Coupon.id).where(Coupon.code == given["code"]))
        if other is not None and (coupon is None or other != coupon.id):
            errors["code"] = _l("This code is already taken.")
    if given["kind"] not in KINDS:
        errors["kind"] = _l("Please choose a kind.")
    elif given["kind"] != "free_shipping":
        check_value(given, errors)
    check_minimum(given, regions.base_currency(session), errors)
    check_window(given, errors)
    for name in ("limit_total", "limit_per_customer"):
        limit = given[name]
        if limit is not None and (
            isinstance(limit, bool) or not isinstance(limit, int) or not 0 < limit < 2**31
        ):
            errors[name] = _l("Please enter a whole number above zero, or nothing.")
    limit, used = given["limit_total"], coupon.used if coupon is not None else 0
    if "limit_total" not in errors and limit is not None and limit < used:
        errors["limit_total"] = _l("It was already used %(count)s times.", count=used)
    if errors:
        raise InvalidFields(errors)


def remove_coupon(session: Session, *, coupon_id: int, actor: Actor) -> None:
    """Take a coupon away that nobody has used.

    Raises:
        NotFound: there is none. CouponInUse: an order has used it.
    """
    with unit_of_work(session):
        coupon = locks.row(session, Coupon, coupon_id)
        if (
            session.scalar(select(CouponClaim.id).where(CouponClaim.coupon_id == coupon_id).limit(1))
            is not None
        ):
            raise CouponInUse()
        before = {name: getattr(coupon, name) for name in FIELDS}
        session.delete(coupon)
        announce(session, before["code"])
        audit.record(
            session, actor=actor, action="coupon.remove", entity="promotions_coupon", entity_id=coupon_id,
            before=before,
        )  # fmt: skip
