"""What the key of each dimension means in the tables of facts and sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Date as SqlDate
from sqlalchemy import DateTime, SmallInteger, cast, extract, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.analytics.families.dimensions import NONE, SHIPPING
from app.catalog.models import Brand, Category, Product, Variant
from app.customers.models import Profile
from app.orders.models import Order

Filter = tuple[str, tuple[str, ...]]
"""A dimension, and the keys of it that are wanted."""
KINDS = {"new": True, "returning": False}
"""Keys of `customer_kind`."""


def value_of(name: str, key: str) -> Any:
    """What stands in a table for the key of a dimension that has no table of names; None where no key is meant."""
    return _PARSERS.get(name, lambda plain: plain)(key)


def dimension(columns: Any, name: str) -> Any:
    """What a table is grouped by for a dimension."""
    if name in ("week", "month"):
        return first_day(name, columns.day)
    if name == "weekday":
        return cast(extract("isodow", columns.day), SmallInteger)
    if name == "customer_kind":
        return columns.is_first
    if name == "age_band":
        return func.coalesce(columns.age_band, "")
    if name in ("product", "variant", "category", "brand", "seller"):
        return columns[f"{name}_id"]
    return columns[name]


def first_day(step: str, day: Any) -> Any:
    """The first day of the week or month in which a day lies. As a moment without a time zone: a day has none, and
    with one PostgreSQL asks its table of zones for each row."""
    return cast(func.date_trunc(literal_column(f"'{step}'"), cast(day, DateTime)), SqlDate)


def condition(columns: Any, name: str, keys: Iterable[str]) -> Any:
    """Rows whose dimension has one of the keys; keys that nothing has match nothing."""
    wanted = [key for key in keys if "\x00" not in key]
    if name in ("product", "variant", "category", "brand"):
        return _catalogue(columns[f"{name}_id"], name, wanted)
    if name == "age_band":
        return _of_age(columns.order_id, wanted)
    values = [value for key in wanted if (value := value_of(name, key)) is not None]
    return dimension(columns, name).in_(values) if values else false()


def conditions(columns: Any, filters: Iterable[tuple[str, Iterable[str]]], currency: str | None) -> list[Any]:
    """Rows that match all filters, and are in a currency where one is asked for."""
    found = [columns.currency == currency] if currency else []
    return [*found, *(condition(columns, name, keys) for name, keys in filters)]


def narrowed_by(names: Iterable[str], currency: str | None) -> set[str]:
    """The dimensions by which orders are narrowed: those of filters, and the currency where one is asked for."""
    return {*names} | ({"currency"} if currency else set())


def with_age(orders: Any) -> Any:
    """Facts of orders with what each customer says of the own age now: it stands in the profile and nowhere else."""
    told = _who_told().subquery("told")
    joined = orders.outerjoin(told, told.c.id == orders.c.order_id)
    return select(orders, told.c.age_band).select_from(joined).subquery("aged")


def _who_told() -> Any:
    """Orders of people who say their age (index ix_orders_order_user): most people do not."""
    joined = Profile.__table__.join(Order, Order.user_id == Profile.user_id)
    return select(Order.id, Profile.age_band).select_from(joined).where(Profile.age_band.is_not(None))


def _of_age(order_id: Any, bands: list[str]) -> Any:
    """Orders of people of these ages."""
    told = _who_told().subquery("told")
    found = order_id.in_(select(told.c.id).where(told.c.age_band.in_(bands)))
    silent = order_id.not_in(select(told.c.id))
    return or_(found, silent) if NONE in bands else found


def _catalogue(column: Any, name: str, keys: list[str]) -> Any:
    """Things of the catalogue by their address or SKU; a department with all below it."""
    special = [number for key, number in ((SHIPPING, -1), (NONE, 0)) if key in keys]
    if name == "product":
        found: Any = select(Product.id).where(Product.slug.in_(keys))
    elif name == "variant":
        found = select(Variant.id).where(Variant.sku.in_(keys))
    elif name == "brand":
        found = select(Brand.id).where(Brand.slug.in_(keys))
    else:
        above = aliased(Category)
        found = (
            select(Category.id)
            .join(above, above.id == func.any(Category.lineage))
            .where(above.path.in_(keys))
        )
    return or_(column.in_(found), column.in_(special)) if special else column.in_(found)


def _day(key: str) -> date | None:
    try:
        return date.fromisoformat(key) if len(key) == 10 else None
    except ValueError:
        return None


def _week(key: str) -> date | None:
    return _day_of(f"{key}-1") if len(key) == 8 else None


def _day_of(key: str) -> date | None:
    try:
        return date.fromisoformat(key)
    except ValueError:
        return None


def _month(key: str) -> date | None:
    return _day(f"{key}-01") if len(key) == 7 else None


def _number(least: int, most: int) -> Any:
    def parsed(key: str) -> int | None:
        return (
            int(key)
            if key.isascii() and key.isdigit() and len(key) < 3 and least <= int(key) <= most
            else None
        )

    return parsed


def _rate(key: str) -> Decimal | None:
    try:
        value = Decimal(key)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 <= value < 1000 else None


def _seller(key: str) -> int | None:
    if key in (SHIPPING, NONE):
        return -1 if key == SHIPPING else 0
    return int(key) if key.isascii() and key.isdigit() and len(key) < 10 else None


_PARSERS: dict[str, Any] = {
    "day": _day,
    "week": _week,
    "month": _month,
    "hour": _number(0, 23),
    "weekday": _number(1, 7),
    "customer_kind": KINDS.get,
    "tax_rate": _rate,
    "seller": _seller,
    "age_band": lambda key: "" if key == NONE else key or None,
    "coupon": lambda key: "" if key == NONE else key or None,
    "promotion": lambda key: "" if key == NONE else key or None,
}
