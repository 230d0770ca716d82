"""The product page: one variant chosen, the others beside it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.queries import PageVariant, ProductPage, product_page
from app.core import settings
from app.core.clock import today
from app.core.errors import ShopError
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language
from app.core.money import Money
from app.core.web import absolute, shop_session
from app.identity.sessions import current_actor
from app.inventory.queries import availability
from app.media.rules import ImageSet
from app.pricing.queries import prices_for
from app.pricing.rules import VariantPrice
from app.reviews import queries as reviews
from app.reviews.rules import Rating
from app.storefront.beside import beside
from app.storefront.cards import stock_words, variants_of
from app.storefront.money import money
from app.storefront.pages import (
    Availability,
    Crumb,
    OptionGroup,
    OptionValue,
    ProductView,
    Specification,
    SpecificationGroup,
)
from app.storefront.reviews import AT_PRODUCT, markup, part_of
from app.storefront.settings import ShopSettings
from app.storefront.shell import currency, meta, page, root, same_for_all
from app.tax.queries import load_tax_table
from app.tax.rules import without_tax
from app.tax.settings import TaxSettings

blueprint = Blueprint("product", __name__)
_SENTENCE = re.compile(r"(?<=[.!?])\s")


@blueprint.get("/p/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """A product; unknown is 404, archived is 410, an old address redirects."""
    preview = "preview" in request.args and current_actor().is_staff
    if not preview:
        same_for_all()
    product = product_page(shop_session(), slug, current_language(), preview)
    if product.is_moved:
        g.pop("shared_page", None)
        return redirect(_address(product, request.args.to_dict()), 301)
    g.localized_paths = {
        code: f"/p/{product.slugs.get(code, product.slugs[DEFAULT_LANGUAGE])}" for code in LANGUAGES
    }
    return page("product", _view(product))


def _address(product: ProductPage, query: dict[str, str]) -> str:
    plain = url_for("product.show", slug=product.slug)
    return f"{plain}?{urlencode(query)}" if query else plain


def chosen_variant(
    product: ProductPage, wanted: dict[str, str], stocks: dict[int, Any]
) -> PageVariant | None:
    """The variant for the options in the address; without any, the first that can be bought."""
    if wanted:
        return next(
            (v for v in product.variants if all(v.options.get(c) == x for c, x in wanted.items())), None
        )
    buyable = [v for v in product.variants if stocks[v.id].state != "out"]
    return next(iter(buyable or product.variants), None)


def _wanted(product: ProductPage) -> dict[str, str]:
    codes = [option.code for option in product.options]
    found = {code: request.args.get(f"option.{code}") or request.args.get(code) for code in codes}
    if any(found.values()):
        return {code: value for code, value in found.items() if value}
    sku = request.args.get("sku")
    return next((dict(v.options) for v in product.variants if sku and v.sku == sku), {})


def _groups(product: ProductPage, chosen: dict[str, str], stocks: dict[int, Any]) -> tuple[OptionGroup, ...]:
    return tuple(
        OptionGroup(
            code=option.code,
            label=option.label,
            values=tuple(_value(product, chosen, stocks, option.code, value) for value in option.values),
            kind="swatch" if any(value.swatch for value in option.values) else "text",
        )
        for option in product.options
    )


def _value(
    product: ProductPage, chosen: dict[str, str], stocks: dict[int, Any], code: str, value: Any
) -> OptionValue:
    wanted = {**chosen, code: value.value}
    fitting = [v for v in product.variants if all(v.options.get(c) == x for c, x in wanted.items())]
    return OptionValue(
        value=value.value,
        label=value.label,
        url=_address(product, wanted),
        selected=chosen.get(code) == value.value,
        exists=bool(fitting),
        is_available=any(stocks[v.id].state != "out" for v in fitting),
        swatch=value.swatch,
    )


def _view(product: ProductPage) -> ProductView:
    session = shop_session()
    others = beside(session, product)
    ids = [variant.id for variant in product.variants] + variants_of(others.products)
    prices, stocks = prices_for(session, ids, currency()), availability(session, ids)
    opinions = _opinions(product)
    wanted = _wanted(product)
    variant = chosen_variant(product, wanted, stocks)
    priced = (
        variant
        if variant and variant.id in prices
        else next((v for v in product.variants if v.id in prices), None)
    )
    if priced is None:
        raise _Priceless()
    price = prices[priced.id]
    stock = stocks[variant.id] if variant else None
    shown = stock_words(stock, product.is_available)
    if variant is not None and variant.id not in prices:
        shown = Availability("off", _("Not sold at the moment"), 0)
    chosen = dict(variant.options) if variant else wanted
    by_hand, learned = others.priced(prices, stocks)
    own = settings.get(session, ShopSettings)
    images = _images(product, variant)
    summary = _SENTENCE.split(product.description.strip(), maxsplit=1)[0]
    return ProductView(
        meta=meta(
            product.name, description=product.description, image_url=absolute(images[0].src) if images else ""
        ),
        product_id=product.id,
        slug=product.slug,
        url=_address(product, {}),
        name=product.name,
        sku=variant.sku if variant else "",
        price=price.price,
        availability=shown,
        images=images,
        compare_at=price.compare_at,
        saving_percent=_saving(price),
        tax_note=_tax_note(product, price.price),
        brand=product.brand,
        brand_url=f"{root()}/search?{urlencode({'brand': product.brand_slug})}" if product.brand else "",
        summary=summary if len(summary) < 220 else "",
        description=product.description,
        crumbs=_crumbs(product),
        options=_groups(product, chosen, stocks),
        max_quantity=min(99, max(1, shown.left)),
        delivery=_("Delivered in 2 to 4 working days"),
        returns=_("%(days)s days to send it back", days=own.return_days),
        specifications=_specifications(product),
        rating_average=float(product.rating_average),
        rating_count=product.rating_count,
        rows=by_hand,
        related=learned,
        related_title=others.title,
        reviews=part_of(product.slug, opinions),
        json_ld=_json_ld(product, variant, price, shown, images) | markup(opinions),
        is_preview=product.is_preview,
    )


def _images(product: ProductPage, variant: PageVariant | None) -> tuple[ImageSet, ...]:
    """The pictures, that of the chosen variant first."""
    first = variant.image if variant else None
    if first is None:
        return product.images
    return (product.images[first], *(image for i, image in enumerate(product.images) if i != first))


def _saving(price: VariantPrice) -> int:
    """How much less than before, in whole percent."""
    if not price.compare_at or not price.compare_at.amount:
        return 0
    return max(0, int(100 * (price.compare_at.amount - price.price.amount) / price.compare_at.amount))


def _opinions(product: ProductPage) -> reviews.Shown:
    """The stars and the newest reviews; a product without any is not asked about."""
    if not product.rating_count:
        return reviews.Shown(Rating(), ())
    return reviews.shown(shop_session(), product.id, limit=AT_PRODUCT)


class _Priceless(ShopError):
    """No variant has a price: the product cannot be shown as one that can be bought."""

    status = 404
    code = "not_found"


def _tax_note(product: ProductPage, gross: Money) -> str:
    """That VAT is in the price and, where the shop wants it, what is left without it."""
    session = shop_session()
    if not settings.get(session, TaxSettings).show_net:
        return _("VAT included")
    table = load_tax_table(session)
    net = without_tax(gross, table.rate(None, product.tax_class, today()))
    return _("VAT included, %(amount)s without", amount=money(net))


def _crumbs(product: ProductPage) -> tuple[Crumb, ...]:
    up = tuple(Crumb(node.name, f"{root()}/c/{node.path}") for node in product.crumbs)
    return (Crumb(_("Home"), f"{root()}/"), *up, Crumb(product.name))


def _specifications(product: ProductPage) -> tuple[SpecificationGroup, ...]:
    rows = tuple(Specification(label, value) for _code, label, value in product.specifications)
    return (SpecificationGroup("", rows),) if rows else ()


def _json_ld(
    product: ProductPage, variant: PageVariant | None, price: Any, shown: Availability, images: Any
) -> dict[str, Any]:
    """Product markup (schema.org/Product with one Offer)."""
    states = {"in": "InStock", "low": "LimitedAvailability", "backorder": "BackOrder"}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.name,
        "description": product.description,
        "image": [absolute(image.src) for image in images],
        "offers": {
            "@type": "Offer",
            "url": absolute(_address(product, {})),
            "price": str(price.price.amount),
            "priceCurrency": price.price.currency,
            "availability": f"https://schema.org/{states.get(shown.state, 'OutOfStock')}",
        },
    }
    if variant:
        data["sku"] = variant.sku
        if variant.ean:
            data["gtin"] = variant.ean
    if product.brand:
        data["brand"] = {"@type": "Brand", "name": product.brand}
    return data
