"""Stable keys and names for people of what figures are grouped by. One statement names everything asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.core import Locale
from babel.dates import format_date, get_day_names
from sqlalchemy import String, Text, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.analytics.families import filtering
from app.analytics.families.dimensions import NONE, OTHER, SHIPPING
from app.catalog.models import Brand, Category, Product, Variant
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l, speak
from app.customers import ages
from app.identity.models import User
from app.orders.states import CHANNEL_LABELS
from app.payments.queries import method_label
from app.regions.rules import country_name

Names = Mapping[tuple[str, Any], tuple[str, str]]
"""(dimension, value in the table) -> (key, name)."""

FOUND = ("product", "variant", "category", "brand", "seller")
"""Dimensions whose names stand in tables."""
PLAIN = frozenset(
    {"day", "week", "month", "weekday", "hour", "country", "language", "payment_method", "channel", "customer_kind"}
    | {"age_band", "tax_rate", "currency"}
)  # fmt: skip
"""Dimensions whose names are known without asking."""
WORDS: dict[tuple[str, Any], Any] = {
    ("customer_kind", True): _l("First order"),
    ("customer_kind", False): _l("Later orders"),
    **{("channel", channel.value): label for channel, label in CHANNEL_LABELS.items()},
    ("coupon", ""): _l("No coupon"),
    **{("age_band", band.value): label for band, label in ages.LABELS.items()},
    ("age_band", ""): ages.NOT_GIVEN,
    ("promotion", ""): _l("Not named"),
}
SHIPPING_WORD, NONE_WORD, OTHER_WORD = _l("Shipping"), _l("None"), _l("Others")


def names(
    session: Session, wanted: Iterable[tuple[str, Any]], language: str
) -> dict[tuple[str, Any], tuple[str, str]]:
    """Keys and names of values, in a language or else in English."""
    asked = set(wanted)
    found = _from_tables(session, asked, language)
    with speak(language):
        return {pair: found.get(pair) or _plain(*pair, language) for pair in asked}


def word(name: str, key: str, language: str) -> str:
    """The name for people of a key that stands in no table; "" where only a table knows it."""
    if name not in PLAIN:
        return ""
    value = filtering.value_of(name, key)
    with speak(language):
        return key if value is None else _plain(name, value, language)[1]


def _plain(name: str, value: Any, language: str) -> tuple[str, str]:
    """The key and name of what stands in no table."""
    if name in FOUND:
        if value == -1:
            return SHIPPING, str(SHIPPING_WORD)
        return (NONE, str(NONE_WORD)) if value == 0 else (f"_{value}", f"#{value}")
    if value == OTHER:
        return OTHER, str(OTHER_WORD)
    key = key_of(name, value)
    if (name, value) in WORDS:
        return key, str(WORDS[(name, value)])
    return key, _spoken(name, value, key, language)


def _spoken(name: str, value: Any, key: str, language: str) -> str:
    if name == "day":
        return format_date(value, "medium", locale=language)
    if name == "month":
        return format_date(value, "LLLL y", locale=language)
    if name == "weekday":
        return get_day_names("wide", context="stand-alone", locale=language)[value - 1]
    if name == "hour":
        return f"{key}:00"
    if name == "country":
        return country_name(value, language)
    if name == "language":
        return str(Locale.parse(language).languages.get(value, LANGUAGES.get(value, value)))
    if name == "payment_method":
        return str(method_label(value))
    return f"{key} %" if name == "tax_rate" else key


def key_of(name: str, value: Any) -> str:
    """The key of a value that stands in no table of names."""
    if isinstance(value, date):
        if name == "week":
            year, week, _ = value.isocalendar()
            return f"{year}-W{week:02d}"
        return value.isoformat()[: 7 if name == "month" else 10]
    if isinstance(value, bool):
        return "new" if value else "returning"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if name == "hour":
        return f"{value:02d}"
    return str(value) or NONE


def _from_tables(
    session: Session, asked: set[tuple[str, Any]], language: str
) -> dict[tuple[str, Any], tuple[str, str]]:
    ids: dict[str, list[int]] = {}
    for name, value in sorted((n, v) for n, v in asked if n in FOUND and v > 0):
        ids.setdefault(name, []).append(value)
    if not ids:
        return {}
    parts: list[Any] = [_SELECTS[name](found, language) for name, found in ids.items()]
    rows: Any = session.execute(union_all(*parts))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _translated(model: Any, language: str) -> Any:
    if language == DEFAULT_LANGUAGE:
        return model.name
    return func.coalesce(func.nullif(model.translations[language]["name"].astext, ""), model.name)


def _product(ids: list[int], language: str) -> Any:
    row = (literal("product", Text).label("kind"), Product.id, Product.slug, _translated(Product, language))
    return select(*row).where(Product.id.in_(ids))


def _variant(ids: list[int], language: str) -> Any:
    words = _translated(Product, language) + literal(" · ", Text) + Variant.sku
    row = (literal("variant", Text).label("kind"), Variant.id, Variant.sku, words)
    return select(*row).join(Product, Product.id == Variant.product_id).where(Variant.id.in_(ids))


def _category(ids: list[int], language: str) -> Any:
    row = (
        literal("category", Text).label("kind"),
        Category.id,
        Category.path,
        _translated(Category, language),
    )
    return select(*row).where(Category.id.in_(ids))


def _brand(ids: list[int], language: str) -> Any:
    return select(literal("brand", Text).label("kind"), Brand.id, Brand.slug, Brand.name).where(
        Brand.id.in_(ids)
    )


def _seller(ids: list[int], language: str) -> Any:
    words = func.coalesce(
        func.nullif(func.trim(User.first_name + literal(" ", Text) + User.last_name), ""), User.username
    )
    row = (literal("seller", Text).label("kind"), User.id, cast(User.id, String), words)
    return select(*row).where(User.id.in_(ids))


_SELECTS: dict[str, Any] = {
    "product": _product,
    "variant": _variant,
    "category": _category,
    "brand": _brand,
    "seller": _seller,
}
