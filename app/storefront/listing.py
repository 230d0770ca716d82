"""Lists of products: what the address asks for, and the page that answers it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from babel.numbers import get_currency_symbol
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.core.i18n import current_language
from app.search.queries import SORTS, Listing, ListingPage, listing
from app.storefront.cards import cards
from app.storefront.pages import (
    Choice,
    Crumb,
    Facet,
    FacetValue,
    Link,
    ListingView,
    Notice,
    Pagination,
    PriceRange,
)
from app.storefront.pages import SubCategory as SubCategoryView
from app.storefront.shell import currency, meta, root

PER_PAGE = 24
_RESERVED = frozenset({"q", "sort", "page", "price_min", "price_max", "currency", "lang", "fragment"})
MOST_VALUES = 40
_NAN = re.compile(r"\s*[+-]?s?nan\d*\s*", re.IGNORECASE)
"""Decimal reads it as a number that has no place in any order: lists of values cannot be sorted with it."""
LARGEST_PRICE = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list, already cleaned; `error` says what could not be used."""

    facets: Mapping[str, tuple[str, ...]]
    price_min: Decimal | None
    price_max: Decimal | None
    sort: str | None
    page: int
    typed: tuple[str, str]
    error: str = ""


def _price(text: str) -> Decimal | None:
    if not text.strip():
        return None
    value = Decimal(text.strip().replace(",", "."))
    if not value.is_finite() or not 0 <= value <= LARGEST_PRICE:
        raise InvalidOperation
    return value


def read(args: MultiDict[str, str]) -> Asked:
    """Understand a query; whatever makes no sense is left out, a wrong price range is said."""
    typed = (args.get("price_min", "")[:12], args.get("price_max", "")[:12])
    low = high = None
    error = ""
    try:
        low, high = _price(typed[0]), _price(typed[1])
        if low is not None and high is not None and low > high:
            error, low, high = _("The lowest price is above the highest."), None, None
    except InvalidOperation:
        error = _("Please give prices as numbers, such as 12.50.")
    facets = {
        code: tuple(dict.fromkeys(v for v in args.getlist(code)[:MOST_VALUES] if v and not _NAN.fullmatch(v)))
        for code in args
        if code not in _RESERVED and len(code) <= 60
    }
    number = args.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    sort = args.get("sort")
    return Asked(
        {c: v for c, v in facets.items() if v},
        low,
        high,
        sort if sort in SORTS else None,
        max(1, page),
        typed,
        error,
    )


class Addresses:
    """Builds the addresses of a list with one thing changed."""

    def __init__(self, path: str, asked: Asked, fixed: Mapping[str, str]):
        self.path, self.asked, self.fixed = path, asked, fixed

    def with_(
        self,
        facets: Mapping[str, Iterable[str]] | None = None,
        *,
        page: int = 1,
        price: bool = True,
    ) -> str:
        """The address with these facets, on this page, with or without the price range."""
        pairs: list[tuple[str, str]] = list(self.fixed.items())
        if self.asked.sort:
            pairs.append(("sort", self.asked.sort))
        for code, values in (self.asked.facets if facets is None else facets).items():
            pairs += [(code, value) for value in values]
        if price and not self.asked.error:
            pairs += [(n, v) for n, v in zip(("price_min", "price_max"), self.asked.typed, strict=True) if v]
        if page > 1:
            pairs.append(("page", str(page)))
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path

    def toggled(self, code: str, value: str) -> str:
        """The address with one facet value added or taken away."""
        facets = {c: list(v) for c, v in self.asked.facets.items()}
        values = facets.setdefault(code, [])
        values.remove(value) if value in values else values.append(value)
        return self.with_({c: v for c, v in facets.items() if v})


def sort_choices(chosen: str) -> tuple[Choice, ...]:
    """The sorts a customer may choose from."""
    labels = {
        "popularity": _("Popularity"),
        "newest": _("Newest"),
        "price": _("Price, low to high"),
        "-price": _("Price, high to low"),
        "name": _("Name"),
    }
    return tuple(Choice(code, label, code == chosen) for code, label in labels.items())


def pagination(page: int, last: int, addresses: Addresses) -> Pagination:
    """First, last and the neighbours of this page; 0 stands for a gap."""
    near = [n for n in range(1, last + 1) if n in (1, last) or abs(n - page) <= 2]
    pages: list[tuple[int, str]] = []
    for number in near:
        if pages and number - pages[-1][0] > 1:
            pages.append((0, ""))
        pages.append((number, addresses.with_(page=number)))
    return Pagination(
        page,
        tuple(pages),
        addresses.with_(page=page - 1) if page > 1 else "",
        addresses.with_(page=page + 1) if page < last else "",
    )


def _facets(found: ListingPage, addresses: Addresses) -> tuple[Facet, ...]:
    return tuple(
        Facet(
            facet.code,
            _("Brand") if facet.code == "brand" else facet.label,
            tuple(
                FacetValue(
                    v.label, v.value, v.count, addresses.toggled(facet.code, v.value), v.selected, v.swatch
                )
                for v in facet.values
            ),
        )
        for facet in found.facets
        if facet.values
    )


def _chips(facets: tuple[Facet, ...], asked: Asked, addresses: Addresses) -> tuple[Link, ...]:
    chips = [Link(f"{f.label}: {v.label}", v.url_toggle) for f in facets for v in f.values if v.selected]
    if asked.price_min is not None or asked.price_max is not None:
        low, high = asked.typed
        label = (
            f"{low} – {high}"
            if low and high
            else (_("from %(p)s", p=low) if low else _("up to %(p)s", p=high))
        )
        chips.append(Link(f"{_('Price')}: {label}", addresses.with_(price=False)))
    return tuple(chips)


def _price_range(asked: Asked, found: ListingPage) -> PriceRange:
    low, high = found.price_range or (None, None)
    return PriceRange(
        low=asked.typed[0],
        high=asked.typed[1],
        floor="" if low is None else f"{low:f}",
        ceiling="" if high is None else f"{high:f}",
        symbol=get_currency_symbol(currency(), locale=current_language()),
        error=asked.error,
    )


def list_view(
    session: Session,
    args: MultiDict[str, str],
    *,
    path: str,
    title: str,
    category_id: int | None = None,
    query: str = "",
    description: str = "",
    crumbs: tuple[Crumb, ...] = (),
    subcategories: tuple[SubCategoryView, ...] = (),
    image: Any = None,
) -> ListingView:
    """The list for an address: hits, cards, filters, chips and pages."""
    asked = read(args)
    fixed = {"q": query} if query else {}
    addresses = Addresses(path, asked, fixed)
    found = listing(
        session,
        Listing(
            query=query,
            category_id=category_id,
            facets=asked.facets,
            price_min=asked.price_min,
            price_max=asked.price_max,
            sort=asked.sort,
            page=asked.page,
            per_page=PER_PAGE,
            currency=currency(),
            lang=current_language(),
        ),
    )
    facets = _facets(found, addresses)
    last = max(1, -(-found.total // PER_PAGE))
    return ListingView(
        meta=meta(title, description=description, robots="noindex" if query or asked.facets else ""),
        title=title,
        url=path,
        total=found.total,
        cards=cards(session, found.product_ids, current_language(), currency(), root()),
        sorts=sort_choices(found.sort),
        pagination=pagination(found.page, last, addresses),
        crumbs=crumbs,
        description=description,
        image=image,
        subcategories=subcategories,
        facets=facets,
        price=_price_range(asked, found),
        chips=_chips(facets, asked, addresses),
        clear_url=f"{path}?{urlencode(fixed)}" if fixed else path,
        hidden=tuple(fixed.items()),
        notices=(Notice(asked.error, "error"),) if asked.error else (),
        corrected=found.corrected,
        match=found.match,
    )
