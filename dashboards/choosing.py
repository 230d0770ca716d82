"""What can be chosen in the form of a figure: by what it can be split and narrowed, with the values there are, in words.

Moderately many values stand in the form itself (countries, departments, brands …); articles are searched for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Text, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.analytics import queries
from app.analytics.families.dimensions import LABELS, OTHER, SHIPPING
from app.analytics.rules import Metric, Question
from app.catalog.models import Brand, Category, Product, Variant
from app.core.admin import ownership
from app.core.admin.values import storable
from app.identity.models import User
from dashboards.asked import FILTER, Asked
from dashboards.periods import PRESETS

Titles = Mapping[tuple[str, str], str]
TIME = frozenset({"day", "week", "month"})
SEARCHED = frozenset({"variant", "query"})
"""Dimensions with too many values for a list."""
MOST_VALUES = 40
MOST_FOUND = 20
LONGEST_WORDS = 100
LOOKS_BACK, LOOKS_BACK_FINE = "12_months", "90_days"
FINE = frozenset({"hour", "coupon"})
"""Dimensions that only the facts can tell: they look back less far."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value to narrow by: its dimension, its key, and what it is called."""

    dimension: str
    key: str
    label: str

    @property
    def value(self) -> str:
        """What the form sends: as in addresses, "f.country=BE"."""
        return f"{FILTER}{self.dimension}={self.key}"

    @property
    def text(self) -> str:
        """In words: "Country: Belgium"."""
        return f"{LABELS.get(self.dimension, self.dimension)}: {self.label}"


def dimensions(metric: Metric) -> list[str]:
    """By what a figure can be narrowed: everything but the days, which the board chooses."""
    return sorted(metric.dimensions - TIME)


def offered(session: Session, asked: Asked) -> dict[str, list[Choice]]:
    """The values of each dimension that has moderately many, the largest of the last twelve months first.

    Each dimension is asked of the first figure that has it, all in one go; a seller gets values of own goods only.
    """
    today, within = queries.today(session), replace(asked, filters={}, currency=None)
    long, short = (PRESETS[name][1](today) for name in (LOOKS_BACK, LOOKS_BACK_FINE))
    wanted: dict[str, Question] = {}
    for metric in queries.metrics():
        for name in dimensions(metric):
            if name not in wanted and name not in SEARCHED and within.may_ask(metric):
                days = short if name in FINE else long
                wanted[name] = within.question(metric, name, limit=MOST_VALUES, period=days)
    answers = queries.ask(session, list(wanted.values()), language=asked.language)
    return {
        name: [Choice(name, row.key, row.label) for row in answer.rows if row.key not in (OTHER, SHIPPING)]
        for name, answer in zip(wanted, answers, strict=True)
    }


def found(session: Session, words: str, language: str) -> list[Choice]:
    """Articles that the words name, by name, address or SKU; a seller finds own ones only."""
    words = words.strip()[:LONGEST_WORDS]
    if len(words) < 2 or not storable(words):
        return []
    told = Product.translations[language]["name"].as_string()
    products = ownership.restrict(select(Product), Product).where(
        or_(*(column.icontains(words, autoescape=True) for column in (Product.name, Product.slug, told)))
    )
    variants = ownership.restrict(select(Variant), Variant).where(
        Variant.sku.icontains(words, autoescape=True)
    )
    named_so = session.scalars(products.order_by(Product.name, Product.id).limit(MOST_FOUND)).unique()
    numbered = session.scalars(variants.order_by(Variant.sku).limit(MOST_FOUND)).unique()
    return [
        *(Choice("product", row.slug, row.translations.get(language, {}).get("name") or row.name) for row in named_so),
        *(Choice("variant", row.sku, row.sku) for row in numbered),
    ]  # fmt: skip


def named(offers: Mapping[str, Sequence[Choice]], filters: Mapping[str, Iterable[str]]) -> list[Choice]:
    """The chosen values in words; what is not among the offers keeps its key."""
    known = {(choice.dimension, choice.key): choice for choices in offers.values() for choice in choices}
    return [known.get((name, key), Choice(name, key, key)) for name, keys in filters.items() for key in keys]


def titles(session: Session, filters: Iterable[Mapping[str, Iterable[str]]], language: str) -> Titles:
    """What the values of filters are called, by dimension and key: those that only a table knows, in one statement."""
    wanted: dict[str, set[str]] = {}
    for name, keys in (pair for one in filters for pair in one.items()):
        wanted.setdefault(name, set()).update(keys)
    parts: list[Any] = []
    for name, model, key, words in (
        ("product", Product, Product.slug, _told(Product, language)), ("brand", Brand, Brand.slug, Brand.name),
        ("category", Category, Category.path, _told(Category, language)), ("seller", User, cast(User.id, Text), _person()),
    ):  # fmt: skip
        if name in wanted:
            found = select(literal(name, Text), cast(key, Text), cast(words, Text)).select_from(model)
            parts.append(found.where(cast(key, Text).in_(wanted[name])))
    if not parts:
        return {}
    rows: Any = session.execute(union_all(*parts))
    return {(name, key): words for name, key, words in rows}


def _told(model: Any, language: str) -> Any:
    return func.coalesce(func.nullif(model.translations[language]["name"].as_string(), ""), model.name)


def _person() -> Any:
    return func.coalesce(func.nullif(func.trim(User.first_name + " " + User.last_name), ""), User.username)


def suiting() -> dict[str, Any]:
    """What goes with what, for the script of the form: the dimensions of each figure."""
    return {metric.code: sorted(metric.dimensions) for metric in queries.metrics()}
