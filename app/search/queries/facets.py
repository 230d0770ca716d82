"""Counting what a list can be narrowed by.

Alternatives within a property, so a property's own choice does not take away its other values: rows
that fail exactly one chosen property still count for that one. One pass over the rows of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Brand
from app.catalog.queries import AttributeInfo, attribute_book
from app.core import caching
from app.search.queries.asking import Facet, FacetValue

if TYPE_CHECKING:
    from app.search.queries.lists import Narrowed

COUNTED_WHOLE = 30_000
"""Lists longer than this are counted on an eighth of their products, and said as a multiple of it."""
SAMPLE = 8
MOST_FACETS = 14
MOST_VALUES = 40
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Counts:
    """How many products a list has, how many with each token, and what they cost (base currency)."""

    total: int
    tokens: dict[str, int] = field(default_factory=dict)
    low: Decimal | None = None
    high: Decimal | None = None

    @classmethod
    def read(cls, rows: Iterable[Any]) -> Counts:
        """From the rows of `count_statement`."""
        total, tokens, low, high = 0, {}, None, None
        for token, n, least, most in rows:
            if token is None:
                total, low, high = n, least, most
            else:
                tokens[token] = int(n)
        return cls(total, tokens, low, high)


def count_statement(narrowed: Narrowed, *, with_facets: bool, sampled: bool = False) -> str:
    """SQL that answers (token, n, lowest price, highest price); token NULL is the whole list."""
    groups = narrowed.groups
    fails = [f"(NOT d.facets && CAST(:f{i} AS text[]))" for i in range(len(groups))]
    named = "".join(f" WHEN {test} THEN CAST(:c{i} AS text)" for i, test in enumerate(fails))
    number = " + ".join(f"CAST({test} AS int)" for test in fails) or "0"
    failing = f"CASE WHEN {number} = 0 THEN ''{named} END" if fails else "''"
    at_most_one = f"({number}) <= 1" if fails else "TRUE"
    if not with_facets:
        return f"""SELECT CAST(NULL AS text), count(*), min(d.price), max(d.price)
                     FROM {narrowed.joined} WHERE {narrowed.base()} AND {narrowed.chosen()}"""
    part = f" AND product_id % {SAMPLE} = 0" if sampled else ""
    times = SAMPLE if sampled else 1
    return f"""WITH base AS MATERIALIZED (
        SELECT d.product_id, d.facets, d.price, {failing} AS failing, ({narrowed.in_price()}) AS in_price
          FROM {narrowed.joined} WHERE {narrowed.base()} AND {at_most_one})
        SELECT CAST(NULL AS text), count(*) FILTER (WHERE in_price AND failing = ''),
               min(price) FILTER (WHERE failing = ''), max(price) FILTER (WHERE failing = '') FROM base
        UNION ALL
        SELECT token, count(*) * {times}, NULL, NULL
          FROM base CROSS JOIN LATERAL unnest(facets) AS token
         WHERE in_price AND (failing = '' OR starts_with(token, failing || '=')){part}
         GROUP BY token"""


def brand_names(session: Session) -> dict[str, str]:
    """Names of brands by slug (kept; owner "catalog")."""
    return caching.cached(
        "catalog", "brand-names", lambda: {r.slug: r.name for r in session.execute(select(Brand.slug, Brand.name))}
    )  # fmt: skip


def facets_of(
    session: Session, counts: Counts, groups: Sequence[tuple[str, tuple[str, ...]]], lang: str
) -> tuple[Facet, ...]:
    """Counted tokens as a person reads them; properties with one value only are left out."""
    chosen = {token for _code, tokens in groups for token in tokens}
    by_code: dict[str, dict[str, int]] = {}
    for token, n in counts.tokens.items():
        code, _, value = token.partition("=")
        by_code.setdefault(code, {})[value] = n
    for token in chosen:
        code, _, value = token.partition("=")
        by_code.setdefault(code, {}).setdefault(value, 0)
    book = attribute_book(session)
    found: list[tuple[tuple[int, int, str], Facet]] = []
    for code, values in by_code.items():
        picked = {value for value in values if f"{code}={value}" in chosen}
        if len(values) < 2 and not picked:
            continue
        attribute = book.attributes.get(code)
        if code == "brand":
            names = brand_names(session)
            shown = _by_frequency([(v, names.get(v, v), n, "") for v, n in values.items()], picked)
            found.append(((0, 0, code), Facet("brand", "", shown)))
        elif attribute is not None:
            order = (1, attribute.position, attribute.name)
            found.append(
                (order, Facet(code, attribute.name_in(lang), _values(attribute, values, picked, lang)))
            )
    found.sort(key=lambda item: item[0])
    selected_codes = {code for code, _tokens in groups}
    kept = [facet for _order, facet in found]
    return tuple(f for i, f in enumerate(kept) if i < MOST_FACETS or f.code in selected_codes)


def _by_frequency(values: list[tuple[str, str, int, str]], picked: set[str]) -> tuple[FacetValue, ...]:
    values.sort(key=lambda item: (item[0] not in picked, -item[2], item[1].casefold()))
    return tuple(FacetValue(v, label, n, v in picked, s) for v, label, n, s in values[:MOST_VALUES])


def _values(
    attribute: AttributeInfo, values: dict[str, int], picked: set[str], lang: str
) -> tuple[FacetValue, ...]:
    """Options in their own order, numbers by size, words by frequency."""
    rows = []
    for value, n in values.items():
        option = attribute.options.get(value)
        rows.append(
            (value, attribute.value_in(value, lang, _("Yes"), _("No")), n, option.swatch if option else "")
        )
    if attribute.kind not in ("option", "number"):
        return _by_frequency(rows, picked)
    frequent = {row[0] for row in sorted(rows, key=lambda r: (r[0] not in picked, -r[2]))[:MOST_VALUES]}
    if attribute.kind == "option":
        places = {v: (o.position, o.label_in(lang)) for v, o in attribute.options.items()}
        rows.sort(key=lambda row: places.get(row[0], (2**31, row[1])))
    else:
        rows.sort(key=lambda row: _size(row[0]))
    return tuple(FacetValue(v, label, n, v in picked, s) for v, label, n, s in rows if v in frequent)


def _size(value: str) -> tuple[Decimal, str]:
    try:
        return (Decimal(value[:LONGEST_NUMBER]), value)
    except ArithmeticError:
        return (Decimal(0), value)
