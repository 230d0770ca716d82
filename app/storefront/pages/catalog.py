"""Home, category, search and product pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.storefront.pages.reviews import ReviewsPart
from app.storefront.pages.shell import (
    Availability,
    Choice,
    Crumb,
    ImageSet,
    Link,
    Meta,
    Money,
    Notice,
    Pagination,
)


@dataclass(frozen=True, slots=True)
class Swatch:
    """A colour a product comes in; `color` is a CSS colour such as "#a3b18a"."""

    label: str
    color: str


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a grid. `swatches` holds at most 4; `more_swatches` counts the rest.

    `has_price_range` prints "from". `badge` is "" or one short word ("New").
    """

    name: str
    url: str
    image: ImageSet | None
    price: Money
    availability: Availability
    compare_at: Money | None = None
    has_price_range: bool = False
    rating_average: float = 0.0
    rating_count: int = 0
    swatches: tuple[Swatch, ...] = ()
    more_swatches: int = 0
    brand: str = ""
    badge: str = ""
    product_id: int = 0

    @property
    def slug(self) -> str:
        """Return the last part of the address: the name under which pages ask for the product."""
        return self.url.partition("?")[0].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class CardRow:
    """A titled row of products; `anchor` tells it from the others on its page."""

    anchor: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Teaser:
    """A picture with words and one link: hero, department tile, editorial strip."""

    title: str
    url: str
    image: ImageSet | None
    text: str = ""
    action: str = ""
    eyebrow: str = ""


@dataclass(frozen=True, slots=True)
class HomeView:
    """The home page. An empty tuple or None leaves that part out."""

    meta: Meta
    hero: Teaser
    departments: tuple[Teaser, ...] = ()
    new_arrivals: tuple[Card, ...] = ()
    new_arrivals_url: str = ""
    popular: tuple[Card, ...] = ()
    popular_url: str = ""
    editorial: Teaser | None = None
    json_ld: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet. `url_toggle` is the listing with this value added or taken away."""

    label: str
    value: str
    count: int
    url_toggle: str
    selected: bool = False
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter: several values widen (OR), several facets narrow (AND). `code` is the query name."""

    code: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def selected_count(self) -> int:
        """Count the chosen values."""
        return sum(value.selected for value in self.values)


@dataclass(frozen=True, slots=True)
class PriceRange:
    """The price filter: what is typed (kept when refused), the bounds found, and a refusal."""

    low: str = ""
    high: str = ""
    floor: str = ""
    ceiling: str = ""
    symbol: str = "€"
    error: str = ""


@dataclass(frozen=True, slots=True)
class SubCategory:
    """A child of the category shown."""

    name: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class ListingView:
    """A category. `url` is its address without any query; `hidden` are query values to keep.

    `chips` are the filters in force, each `Link.url` without that one. `corrected` and `match` say how
    the words of a search were understood, as `app.search.queries.ListingPage` does.
    """

    meta: Meta
    title: str
    url: str
    total: int
    cards: tuple[Card, ...]
    sorts: tuple[Choice, ...]
    pagination: Pagination
    crumbs: tuple[Crumb, ...] = ()
    description: str = ""
    image: ImageSet | None = None
    subcategories: tuple[SubCategory, ...] = ()
    facets: tuple[Facet, ...] = ()
    price: PriceRange | None = None
    chips: tuple[Link, ...] = ()
    clear_url: str = ""
    hidden: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()
    json_ld: Mapping[str, Any] | None = None
    corrected: str = ""
    match: str = "all"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another search to try when nothing was found."""

    query: str
    url: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class SearchView:
    """Results of a search. `listing` is None when nothing was asked; its `hidden` carries `q`.

    Without results `alternatives`, `categories` and `popular` lead on.
    `corrected_from` is what was typed when the spelling was mended.
    """

    meta: Meta
    query: str
    listing: ListingView | None = None
    corrected_from: str = ""
    categories: tuple[SubCategory, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    popular: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionValue:
    """One choice of a variant option.

    `url` is the page with this choice and the others kept. `exists` False: no such
    combination is made; `is_available` False: sold out. Both stay visible, struck through.
    """

    value: str
    label: str
    url: str
    selected: bool = False
    exists: bool = True
    is_available: bool = True
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """An option such as colour. Posted as `option.<code>`."""

    code: str
    label: str
    values: tuple[OptionValue, ...]
    kind: Literal["text", "swatch"] = "text"

    @property
    def chosen_label(self) -> str:
        """Return the label of the chosen value, "" when none is."""
        return next((value.label for value in self.values if value.selected), "")


@dataclass(frozen=True, slots=True)
class Specification:
    """One row of the specification table, unit included in `value`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class SpecificationGroup:
    """Rows under a heading; `title` "" for a table without one."""

    title: str
    rows: tuple[Specification, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """The product page with one variant chosen.

    `sku` is "" when the chosen combination does not exist. `description` is plain text:
    a blank line starts a paragraph. `delivery` says when it would arrive and `returns`
    how long one may send back. `is_preview` warns staff that customers cannot see it.
    `rows` are products chosen by hand, `related` what is learned; none stands in two of them.
    """

    meta: Meta
    product_id: int
    slug: str
    url: str
    name: str
    sku: str
    price: Money
    availability: Availability
    images: tuple[ImageSet, ...]
    compare_at: Money | None = None
    saving_percent: int = 0
    tax_note: str = ""
    brand: str = ""
    brand_url: str = ""
    summary: str = ""
    description: str = ""
    crumbs: tuple[Crumb, ...] = ()
    options: tuple[OptionGroup, ...] = ()
    max_quantity: int = 99
    delivery: str = ""
    delivery_cost: str = ""
    returns: str = ""
    specifications: tuple[SpecificationGroup, ...] = ()
    rating_average: float = 0.0
    rating_count: int = 0
    rows: tuple[CardRow, ...] = ()
    related: tuple[Card, ...] = ()
    related_title: str = ""
    reviews: ReviewsPart | None = None
    json_ld: Mapping[str, Any] | None = None
    notices: tuple[Notice, ...] = ()
    is_preview: bool = False
