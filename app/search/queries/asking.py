"""What a list can be asked, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

SORTS: tuple[str, ...] = ("relevance", "price", "-price", "newest", "popularity", "name")
MOST_PER_PAGE = 200
DEEPEST = 10_000
"""No page reaches further than this many products: people refine, robots are kept cheap."""
DEAREST = Decimal(10) ** 12
BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of products as it is asked for. Values that make no sense are treated as not given.

    Values of one facet are alternatives, facets narrow each other. Prices are in `currency`. The
    facet "available" (any value) leaves sold-out products away. With a `cursor` ("" at the beginning) the
    list is read to its end, whatever `page` says; one ranked by words knows pages only.
    """

    query: str = ""
    category_id: int | None = None
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    sort: str | None = None
    page: int = 1
    per_page: int = 24
    cursor: str | None = None
    currency: str = "EUR"
    lang: str = "en"
    with_facets: bool = True


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value one may narrow a list by, and how many products there would be with it."""

    value: str
    label: str
    count: int
    selected: bool
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """A property one may narrow a list by. The brand has the code "brand" and the label ""."""

    code: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class ListingPage:
    """A page of a list. `page` and `sort` are those that were used.

    `price_range` spans what the other filters leave, in the currency asked for. `corrected` is the
    query as it was understood when nothing was found as typed; `match` says how: "all" words,
    "spelling", "most" of the words, "any" of them, or "none". `next` is the cursor of the following
    products, for who reads by cursor.
    """

    product_ids: tuple[int, ...]
    total: int
    page: int
    sort: str
    facets: tuple[Facet, ...] = ()
    price_range: tuple[Decimal, Decimal] | None = None
    corrected: str = ""
    match: str = "all"
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What to offer while somebody types: products, categories by id, and whole queries."""

    product_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    queries: tuple[str, ...] = ()
