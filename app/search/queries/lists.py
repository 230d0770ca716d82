"""Lists of products: at most three statements, of which two are usually kept.

How many there are and what they can be narrowed by is counted once and kept until the index changes
(owner "search"); the page itself is read each time, from an index in the order asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.catalog.queries import attribute_book, category_tree
from app.core import caching
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from app.regions import queries as regions
from app.regions.errors import NoRate
from app.search import rules
from app.search.queries import noting, walking
from app.search.queries.asking import (
    BIGGEST_ID,
    DEAREST,
    DEEPEST,
    MOST_PER_PAGE,
    SORTS,
    Listing,
    ListingPage,
)
from app.search.queries.facets import COUNTED_WHOLE, Counts, count_statement, facets_of
from app.search.queries.matching import OWNER, Match, condition, language_of, understand
from app.search.queries.ranking import ranked

ORDERS = {
    "popularity": "d.available DESC, d.popularity DESC, d.product_id DESC",
    "newest": "d.published_at DESC, d.product_id DESC",
    "price": "d.price, d.product_id",
    "-price": "d.price DESC NULLS LAST, d.product_id DESC",
}
READ_WHOLE = 5_000
"""Categories up to this size are read and sorted; larger ones are walked in their order."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A list's filters as values of statements: made once, used for counting and for the page."""

    lang: str
    match: Match | None
    category_id: int | None
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    low: Decimal | None
    high: Decimal | None
    only_available: bool

    @property
    def joined(self) -> str:
        """SQL: the tables."""
        if self.match is None:
            return "search_document d"
        return "search_text t JOIN search_document d ON d.product_id = t.product_id"

    def base(self) -> str:
        """SQL: query, category and availability."""
        parts = ["TRUE"]
        if self.match is not None:
            parts.append(condition(self.lang))
        if self.category_id is not None:
            parts.append("d.categories @> ARRAY[CAST(:category AS bigint)]")
        if self.only_available:
            parts.append("d.available")
        return " AND ".join(parts)

    def chosen(self) -> str:
        """SQL: facets and price."""
        parts = [f"d.facets && CAST(:f{i} AS text[])" for i in range(len(self.groups))]
        return " AND ".join([*parts, self.in_price()])

    def in_price(self) -> str:
        """SQL: the price range."""
        parts = ["TRUE"]
        if self.low is not None:
            parts.append("d.price >= :low")
        if self.high is not None:
            parts.append("d.price <= :high")
        return " AND ".join(parts)

    def values(self) -> dict[str, Any]:
        """The values bound."""
        bound: dict[str, Any] = {f"f{i}": list(tokens) for i, (_code, tokens) in enumerate(self.groups)}
        if self.match is not None:
            bound |= {"q": self.match.query, "code": self.match.code}
        if self.category_id is not None:
            bound["category"] = self.category_id
        if self.low is not None:
            bound["low"] = self.low
        if self.high is not None:
            bound["high"] = self.high
        return bound

    def key(self) -> str:
        """A short text that is the same for the same filters."""
        said = repr((self.lang if self.match else "", self.match and (self.match.query, self.match.code),
                     self.category_id, self.groups, self.low, self.high, self.only_available))  # fmt: skip
        return hashlib.sha1(said.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def listing(session: Session, asked: Listing) -> ListingPage:
    """A page of products with what it can be narrowed by. Never raises for what a visitor typed.

    Raises:
        BadCursor: a program sent a cursor that was not made here, or for another order.
    """
    lang = language_of(asked.lang)
    query = rules.clean(asked.query)
    match = understand(session, query, lang) if query else None
    sort = sort_of(asked.sort, match is not None)
    if query and match is None:
        return ListingPage((), 0, 1, sort, match="none")
    rate = _rate(session, asked.currency)
    narrowed = Narrowed(
        lang, match, _category(asked.category_id), _groups(session, asked.facets),
        _price(asked.price_min, rate), _price(asked.price_max, rate), "available" in asked.facets,
    )  # fmt: skip
    per_page = min(max(_whole(asked.per_page, 24), 1), MOST_PER_PAGE)
    counts = _counts(session, narrowed, asked.with_facets)
    last = max(1, -(-min(counts.total, DEEPEST) // per_page))
    page = min(max(_whole(asked.page, 1), 1), last)
    ids: tuple[int, ...] = ()
    following = None
    if asked.cursor is not None and walking.parts_of(sort, lang):
        is_small = _is_small(session, narrowed)
        ids, following = walking.page(session, narrowed, sort, per_page, asked.cursor, is_small=is_small)
    elif counts.total:
        ids = _page(session, narrowed, sort, per_page, (page - 1) * per_page)
    if match is not None and page == 1 and not asked.cursor:
        noting.note(query, lang, counts.total)
    return ListingPage(
        product_ids=ids,
        total=counts.total,
        page=page,
        sort=sort,
        facets=facets_of(session, counts, narrowed.groups, lang) if asked.with_facets else (),
        price_range=_range(counts, rate),
        corrected=match.corrected if match else "",
        match=match.how if match else "all",
        next=following,
    )


def sort_of(asked: str | None, has_query: bool) -> str:
    """The order that is used when this one is asked for."""
    default = "relevance" if has_query else "popularity"
    if asked not in SORTS or (asked == "relevance" and not has_query):
        return default
    return str(asked)


def _whole(value: Any, default: int) -> int:
    return value if isinstance(value, int) and abs(value) < 2**31 else default


def _category(category_id: Any) -> int | None:
    if category_id is None:
        return None
    known = isinstance(category_id, int) and 0 < category_id <= BIGGEST_ID
    return category_id if known else 0


def _rate(session: Session, currency: str) -> Decimal:
    try:
        return regions.rate(session, currency)
    except NoRate:
        return Decimal(1)


def _price(amount: Any, rate: Decimal) -> Decimal | None:
    if not isinstance(amount, Decimal) or not amount.is_finite():
        return None
    return (min(max(amount, -DEAREST), DEAREST) / rate).quantize(Decimal("0.0001"))


def _groups(session: Session, facets: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Facets the shop has, with their tokens; others (campaign parameters) mean nothing."""
    if not facets:
        return ()
    book = attribute_book(session)
    groups = []
    for code, values in sorted(facets.items())[:20]:
        attribute = book.attributes.get(code)
        if code == "brand" or (attribute is not None and (attribute.is_filter or attribute.is_variant)):
            tokens = sorted({f"{code}={rules.clean(value, 120)}" for value in list(values)[:40]})
            groups.append((code, tuple(tokens)))
    return tuple(groups)


def _expected(session: Session, narrowed: Narrowed) -> int:
    """About how many products there are before facets, from the tree that is kept anyway."""
    tree = category_tree(session, DEFAULT_LANGUAGE)
    if narrowed.category_id is None:
        return sum(node.product_count for node in tree.children())
    node = tree.nodes.get(narrowed.category_id)
    return node.product_count if node else 0


def _is_small(session: Session, narrowed: Narrowed) -> bool:
    """True for a category to be read first: walking the order of everything may pass by most of the shop."""
    return narrowed.category_id is not None and _expected(session, narrowed) <= READ_WHOLE


def _counts(session: Session, narrowed: Narrowed, with_facets: bool) -> Counts:
    key = f"counts:{narrowed.key()}:{with_facets}"

    def load() -> Counts:
        large = narrowed.match is None and _expected(session, narrowed) > COUNTED_WHOLE
        statement = count_statement(narrowed, with_facets=with_facets, sampled=large)
        return Counts.read(session.execute(text(statement), _count_values(narrowed)))

    return caching.cached(OWNER, key, load, ttl=300)


def _count_values(narrowed: Narrowed) -> dict[str, Any]:
    return narrowed.values() | {f"c{i}": code for i, (code, _tokens) in enumerate(narrowed.groups)}


def _page(session: Session, narrowed: Narrowed, sort: str, per_page: int, offset: int) -> tuple[int, ...]:
    if sort == "relevance" and narrowed.match is not None:
        statement = ranked(narrowed)
    elif sort == "name":
        place = list(LANGUAGES).index(narrowed.lang) + 1
        tables = (
            narrowed.joined if narrowed.match else f"{narrowed.joined} JOIN search_text t USING (product_id)"
        )
        statement = f"""SELECT d.product_id FROM {tables} WHERE {narrowed.base()} AND {narrowed.chosen()}
            ORDER BY coalesce(t.names[{place}], t.names[1]), d.product_id LIMIT :limit OFFSET :offset"""
    elif _is_small(session, narrowed):
        statement = f"""WITH d AS MATERIALIZED (SELECT d.product_id, d.available, d.popularity, d.price, d.published_at
            FROM {narrowed.joined} WHERE {narrowed.base()} AND {narrowed.chosen()})
            SELECT d.product_id FROM d ORDER BY {ORDERS[sort]} LIMIT :limit OFFSET :offset"""
    else:
        statement = f"""SELECT d.product_id FROM {narrowed.joined} WHERE {narrowed.base()} AND {narrowed.chosen()}
            ORDER BY {ORDERS[sort]} LIMIT :limit OFFSET :offset"""
    values = narrowed.values() | {"limit": per_page, "offset": offset}
    if narrowed.match is not None:
        values |= {"exact": narrowed.match.exact, "lang": narrowed.lang, "learnt": narrowed.match.words}
    return tuple(session.scalars(text(statement), values))


def _range(counts: Counts, rate: Decimal) -> tuple[Decimal, Decimal] | None:
    if counts.low is None or counts.high is None:
        return None
    cent = Decimal("0.01")
    return (counts.low * rate).quantize(cent), (counts.high * rate).quantize(cent)
