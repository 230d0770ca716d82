"""Product cards: what a grid shows, put together from catalogue, prices and stock in three statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.catalog.queries import ProductCard, product_cards
from app.core.clock import utcnow
from app.inventory.queries import availability
from app.inventory.rules import Availability as Stock
from app.pricing.queries import prices_for
from app.pricing.rules import VariantPrice
from app.storefront.pages import Availability, Card, Swatch

NEW_FOR = timedelta(days=21)
SWATCHES = 4
_BEST = {"in": 0, "low": 1, "backorder": 2, "out": 3}


def stock_words(stock: Stock | None, is_available: bool = True) -> Availability:
    """Whether something can be bought now, in words."""
    if not is_available:
        return Availability("off", _("Not sold at the moment"), 0)
    if stock is None or stock.state == "out":
        return Availability("out", _("Sold out"), 0)
    left = stock.available + stock.backorder
    if stock.state == "low":
        return Availability("low", _("Only %(left)s left", left=stock.available), left)
    if stock.state == "backorder":
        when = stock.ships_from
        words = _("Ships from %(day)s", day=f"{when:%d/%m/%Y}") if when else _("Available on order")
        return Availability("backorder", words, left)
    return Availability("in", _("In stock"), left)


def cards(
    session: Session, product_ids: Sequence[int], language: str, currency: str, root: str
) -> tuple[Card, ...]:
    """Cards of these products, in this order. A product without a price is left out: it cannot be sold."""
    found = product_cards(session, product_ids, language)
    variant_ids = variants_of(found)
    prices = prices_for(session, variant_ids, currency)
    return priced_cards(found, prices, availability(session, variant_ids), root)


def variants_of(products: Iterable[ProductCard]) -> list[int]:
    """Whose prices and stock these cards need."""
    return [variant_id for product in products for variant_id in product.variant_ids]


def priced_cards(
    products: Iterable[ProductCard], prices: dict[int, VariantPrice], stocks: dict[int, Stock], root: str
) -> tuple[Card, ...]:
    """Cards from what was read already, for pages that read prices and stock for more than their cards."""
    made = (_card(product, prices, stocks, root) for product in products)
    return tuple(card for card in made if card is not None)


def _card(
    product: ProductCard, prices: dict[int, VariantPrice], stocks: dict[int, Stock], root: str
) -> Card | None:
    known = [prices[variant_id] for variant_id in product.variant_ids if variant_id in prices]
    if not known:
        return None
    cheapest = min(known, key=lambda price: price.price.amount)
    return Card(
        name=product.name,
        url=f"{root}/p/{product.slug}",
        image=product.image,
        price=cheapest.price,
        availability=stock_words(best(stocks.get(v) for v in product.variant_ids), product.is_available),
        compare_at=cheapest.compare_at,
        has_price_range=any(price.price != cheapest.price for price in known),
        rating_average=product.rating_average,
        rating_count=product.rating_count,
        swatches=tuple(Swatch(label, color) for label, color in product.swatches[:SWATCHES]),
        more_swatches=max(0, len(product.swatches) - SWATCHES),
        brand=product.brand,
        badge=_badge(product, cheapest),
        product_id=product.id,
    )


def best(stocks: Iterable[Stock | None]) -> Stock | None:
    """The most buyable of several stocks: one variant in stock is enough for "in stock"."""
    known = [stock for stock in stocks if stock is not None]
    return min(known, key=lambda stock: _BEST.get(stock.state, 9)) if known else None


def _badge(product: ProductCard, price: VariantPrice) -> str:
    if price.compare_at is not None:
        return _("On sale")
    first = product.first_published_at
    return _("New") if first is not None and utcnow() - first < NEW_FOR else ""
