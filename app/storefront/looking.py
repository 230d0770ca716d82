"""Looking back and side by side: products seen lately, and two to four compared. Both work by their address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.analytics.visits.queries import products_by_slug
from app.catalog.models import Product
from app.catalog.queries import ProductPage, is_on_show, product_page
from app.core.errors import ShopError
from app.core.i18n import current_language
from app.core.web import shop_session
from app.search.queries import related, tokens
from app.storefront.cards import cards
from app.storefront.pages import Card
from app.storefront.pages.shell import Meta
from app.storefront.shell import currency, meta, page, root, shop_view

blueprint = Blueprint("looking", __name__)
MOST_SEEN = 8
MOST_COMPARED = 4
OFFERED = 4


def _wanted(name: str, most: int) -> list[str]:
    """Slugs of the address, each once; what cannot be one is left out."""
    raw = (text.strip().lower() for text in request.args.getlist(name)[:20])
    plain = (text for text in raw if text.isascii() and text.replace("-", "").isalnum() and len(text) <= 200)
    return list(dict.fromkeys(plain))[:most]


def _cards(slugs: Sequence[str]) -> tuple[Card, ...]:
    session = shop_session()
    ids = products_by_slug(session, slugs) if slugs else {}
    shown = (
        set(session.scalars(select(Product.id).where(Product.id.in_(ids.values()), is_on_show())))
        if ids
        else set()
    )
    wanted = [i for i in dict.fromkeys(ids[slug] for slug in slugs if slug in ids) if i in shown]
    return cards(session, wanted, current_language(), currency(), root())


@blueprint.get("/fragments/seen")
def seen() -> ResponseReturnValue:
    """Cards of products the browser remembers (`?p=slug`, eight at most). The server keeps nothing of it."""
    return render_template("shop/parts/seen.html", shop=shop_view(), cards=_cards(_wanted("p", MOST_SEEN)))


@dataclass(frozen=True, slots=True)
class Compared:
    """A column of the table: the product's card, its values, and the address without it."""

    card: Card
    slug: str
    values: tuple[str, ...]
    remove_url: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """Products side by side: a label a row, a value a column; `offered` are others to put beside them.

    `is_cut`: more were asked for than fit.
    """

    meta: Meta
    labels: tuple[str, ...]
    products: tuple[Compared, ...]
    offered: tuple[tuple[str, str], ...]
    is_cut: bool = False


@blueprint.get("/compare")
def compare() -> ResponseReturnValue:
    """Two to four products side by side, by their address (`?p=slug&p=slug`). Unknown ones are left out."""
    found = [product for slug in _wanted("p", MOST_COMPARED) if (product := _product(slug)) is not None]
    shown = {card.product_id: card for card in _cards([product.slug for product in found])}
    found = [product for product in found if product.id in shown]
    slugs = [product.slug for product in found]
    rows = [_rows(product) for product in found]
    labels = tuple(dict.fromkeys(label for values in rows for label in values))
    columns = tuple(
        Compared(
            shown[product.id], product.slug, tuple(values.get(label, "") for label in labels),
            _address([slug for slug in slugs if slug != product.slug]),
        )
        for product, values in zip(found, rows, strict=True)
    )  # fmt: skip
    view = CompareView(
        meta(_("Compare products"), robots="noindex"), labels, columns, _offered(found, slugs),
        is_cut=len(_wanted("p", MOST_COMPARED + 1)) > MOST_COMPARED,
    )  # fmt: skip
    return page("compare", view)


def _product(slug: str) -> ProductPage | None:
    try:
        return product_page(shop_session(), slug, current_language())
    except ShopError:
        return None


def _rows(product: ProductPage) -> dict[str, str]:
    """What is known of a product: brand, choices, specifications, by their labels."""
    options = {option.label: ", ".join(value.label for value in option.values) for option in product.options}
    specifications = {label: str(value) for _code, label, value in product.specifications}
    return ({_("Brand"): product.brand} if product.brand else {}) | options | specifications


def _offered(found: Sequence[ProductPage], slugs: list[str]) -> tuple[tuple[str, str], ...]:
    """Names and addresses of others that can stand beside these: what resembles the first."""
    if not found or len(found) >= MOST_COMPARED:
        return ()
    first, session = found[0], shop_session()
    own = tokens(first.brand_slug, first.values)
    near = [i for i in related(session, first.id, first.category_id, own) if i not in {p.id for p in found}]
    others = cards(session, near[:OFFERED], current_language(), currency(), root())
    return tuple((card.name, _address([*slugs, card.url.rpartition("/")[2]])) for card in others)


def _address(slugs: Sequence[str]) -> str:
    query = urlencode([("p", slug) for slug in slugs])
    return f"{root()}/compare?{query}" if query else f"{root()}/compare"
