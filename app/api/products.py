"""Products and categories, as the shop shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.api import questions, shapes
from app.api.door import Call, door
from app.api.paging import read_on
from app.catalog.queries import (
    CategoryNode,
    CategoryTree,
    category_page,
    category_tree,
    product_cards,
    product_page,
    shown_links,
    variant_cards,
)
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.money import Money
from app.core.web import absolute
from app.inventory.queries import availability
from app.inventory.rules import Availability
from app.pricing.queries import prices_for
from app.pricing.rules import VariantPrice
from app.search.queries import SORTS, Listing, ListingPage, listing, sort_of

KNOWN = frozenset({"q", "category", "sort", "limit", "cursor", "price_min", "price_max", "lang", "currency"})
_NAN = re.compile(r"\s*[+-]?s?nan\d*\s*", re.IGNORECASE)


def money(value: Money | None) -> dict[str, str] | None:
    """Money as JSON."""
    return value.as_json() if value is not None else None


def _picture(image: Any) -> dict[str, Any] | None:
    if image is None:
        return None
    return {
        "src": image.src, "alt": image.alt, "width": image.width, "height": image.height,
        "webp": image.webp, "avif": image.avif,
    }  # fmt: skip


def _plain(values: list[str]) -> Iterator[str]:
    """The values without "NaN", which Decimal reads as a number that cannot be sorted."""
    return (value for value in values if not _NAN.fullmatch(value))


def _bound(call: Call, name: str) -> Decimal | None:
    text = call.query[name]
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value < 10**12:
        raise InvalidFields({name: _l("This is not an amount.")})
    return value


@door(
    "GET",
    "/products",
    summary="List products",
    tag="catalogue",
    query=questions.ProductQuery,
    answer=shapes.ProductsShape,
)
def list_products(call: Call) -> dict[str, Any]:
    """Search, filter and sort. Parameters named like an attribute filter by it; several values add up."""
    asked = call.query
    limit = asked["limit"]
    if asked["sort"] and asked["sort"] not in SORTS:
        raise InvalidFields({"sort": _l("There is no such order.")})
    category = (
        category_page(call.session, asked["category"], call.language).node.id if asked["category"] else None
    )
    facets = {k: tuple(_plain(request.args.getlist(k))) for k in request.args if k not in KNOWN}
    low, high = _bound(call, "price_min"), _bound(call, "price_max")

    def fetch(number: int, cursor: str | None = None) -> ListingPage:
        return listing(
            call.session,
            Listing(
                query=asked["q"], category_id=category, facets=facets, price_min=low, price_max=high,
                sort=asked["sort"], page=number, per_page=limit, cursor=cursor, currency=call.currency, lang=call.language,
            ),
        )  # fmt: skip

    ids: Sequence[int]
    if sort_of(asked["sort"], bool(asked["q"])) == "relevance":
        found, ids, following = read_on(fetch, limit, asked["cursor"])
    else:
        found = fetch(1, asked["cursor"] or "")
        ids, following = found.product_ids, found.next
    return {
        "items": _items(call, ids),
        "next": following,
        "total": found.total,
        "facets": [
            {
                "code": facet.code,
                "label": facet.label or _("Brand"),
                "values": [{"value": v.value, "label": v.label, "count": v.count} for v in facet.values],
            }
            for facet in found.facets
        ],
    }


def _items(call: Call, product_ids: Any) -> list[dict[str, Any]]:
    cards = product_cards(call.session, list(product_ids), call.language)
    ids = [variant for card in cards for variant in card.variant_ids]
    variants = variant_cards(call.session, ids, call.language) if ids else {}
    prices, stock = prices_for(call.session, ids, call.currency), availability(call.session, ids)
    made = []
    for card in cards:
        shown = [
            _variant(variants[i].sku, variants[i].options, variants[i].ean, prices.get(i), stock.get(i))
            for i in card.variant_ids
            if i in variants
        ]
        made.append(
            _product(card.slug, card.name, card.brand, card.image, shown, _cheapest(card.variant_ids, prices))
        )
    return made


def _cheapest(ids: Any, prices: dict[int, VariantPrice]) -> VariantPrice | None:
    return min((prices[i] for i in ids if i in prices), key=lambda p: p.price.amount, default=None)


def _variant(
    sku: str, options: Any, ean: str | None, price: VariantPrice | None, stock: Availability | None
) -> dict[str, Any]:
    return {
        "sku": sku,
        "options": dict(options),
        "ean": ean,
        "price": money(price.price) if price else None,
        "compare_at": money(price.compare_at) if price else None,
        "available": stock.sellable if stock else 0,
    }


def _product(
    slug: str, name: str, brand: str, image: Any, variants: list[dict[str, Any]], price: VariantPrice | None
) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": name,
        "brand": brand,
        "image": _picture(image),
        "price": money(price.price) if price else None,
        "compare_at": money(price.compare_at) if price else None,
        "available": sum(variant["available"] for variant in variants),
        "variants": variants,
    }


@door("GET", "/products/<slug>", summary="One product", tag="catalogue", answer=shapes.ProductPageShape)
def get_product(call: Call, slug: str) -> dict[str, Any]:
    """Everything the product's page shows. An old address gives the product under its present one."""
    found = product_page(call.session, slug, call.language)
    ids = [variant.id for variant in found.variants]
    prices, stock = prices_for(call.session, ids, call.currency), availability(call.session, ids)
    variants = [_variant(v.sku, v.options, v.ean, prices.get(v.id), stock.get(v.id)) for v in found.variants]
    image = found.images[0] if found.images else None
    return {
        **_product(found.slug, found.name, found.brand, image, variants, _cheapest(ids, prices)),
        "description": found.description,
        "url": absolute(url_for("product.show", slug=found.slug)),
        "images": [_picture(picture) for picture in found.images],
        "categories": [node.path for node in found.crumbs],
        "specifications": [{"code": c, "label": n, "value": v} for c, n, v in found.specifications],
        "links": {
            kind: [one.slug for one in row]
            for kind, row in shown_links(call.session, [found.id], call.language).items()
        },
    }


@door("GET", "/categories", summary="The category tree", tag="catalogue", answer=shapes.CategoriesShape)
def list_categories(call: Call) -> dict[str, Any]:
    """All departments with everything below them."""
    tree = category_tree(call.session, call.language)
    items = [_category(tree, node) for node in tree.children()]
    return {"items": items, "next": None, "total": len(items)}


def _category(tree: CategoryTree, node: CategoryNode) -> dict[str, Any]:
    return {
        "path": node.path,
        "name": node.name,
        "description": node.description,
        "products": node.product_count,
        "children": [_category(tree, child) for child in tree.children(node.id)],
    }
