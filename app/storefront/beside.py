"""What stands beside products: chosen by hand first, then what the shop has learned. Nothing stands there twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.catalog.queries import ProductCard, ProductPage, product_cards, shown_links
from app.core import slots
from app.core.i18n import current_language
from app.inventory.rules import Availability as Stock
from app.pricing.rules import VariantPrice
from app.search.queries import related, tokens
from app.storefront.cards import cards, priced_cards
from app.storefront.pages import Card, CardRow
from app.storefront.shell import currency, root

HAND = ("upsell", "related")
"""The rows of a product's page that are chosen by hand, in their order on it."""
MOST = 12
LEARNED = 8
OFFERED = 8
"""Cards below the bag."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Products beside one whose prices and stock are still to be read: by hand in their rows, then learned ones."""

    rows: tuple[tuple[str, tuple[ProductCard, ...]], ...]
    learned: tuple[ProductCard, ...]
    title: str

    @property
    def products(self) -> list[ProductCard]:
        """All of them."""
        return [*(card for _kind, row in self.rows for card in row), *self.learned]

    def priced(
        self, prices: dict[int, VariantPrice], stocks: dict[int, Stock]
    ) -> tuple[tuple[CardRow, ...], tuple[Card, ...]]:
        """Rows by hand without what cannot be bought now, and what is learned; each product once."""
        titles = {"upsell": _("A step up"), "related": _("Goes well with it")}
        made: list[CardRow] = []
        seen: set[int] = set()
        for kind, row in self.rows:
            found = priced_cards(row, prices, stocks, root())
            shown = [c for c in found if c.availability.is_buyable and c.product_id not in seen][:MOST]
            seen |= {card.product_id for card in shown}
            if shown:
                made.append(CardRow(kind, titles[kind], tuple(shown)))
        rest = priced_cards(self.learned, prices, stocks, root())
        return tuple(made), tuple(card for card in rest if card.product_id not in seen)[:LEARNED]


def beside(session: Session, product: ProductPage) -> Beside:
    """What stands beside a product: one statement for what is chosen, one for what is learned, one for the cards."""
    chosen = shown_links(session, [product.id], current_language(), HAND)
    ids = {kind: [one.id for one in chosen[kind]] for kind in HAND}
    taken = {i for row in ids.values() for i in row}
    learned, title = _learned(session, product, len(taken))
    wanted = list(dict.fromkeys([*(i for kind in HAND for i in ids[kind]), *learned]))
    found = {card.id: card for card in product_cards(session, wanted, current_language())}
    rows = tuple((kind, tuple(found[i] for i in ids[kind] if i in found)) for kind in HAND)
    return Beside(rows, tuple(found[i] for i in learned if i in found), title)


def _learned(session: Session, product: ProductPage, more: int) -> tuple[Sequence[int], str]:
    """Products that go with this one, and what they are called together.

    What a feature knows comes first (slot of values "product.alike": ids and a title), else what resembles it. None
    where a feature fills the place with HTML of its own.
    """
    if slots.is_filled("product.related"):
        return (), ""
    for slot in slots.filling("product.alike"):
        values: Any = slot.render(session=session, product_id=product.id)
        known, title = values
        if known:
            return known, title
    own = tokens(product.brand_slug, product.values, *(variant.options for variant in product.variants))
    return related(session, product.id, product.category_id, own, LEARNED + more), ""


def for_bag(session: Session, product_ids: Sequence[int]) -> tuple[Card, ...]:
    """What somebody chose to offer beside what lies in a bag, without what cannot be bought. One statement if nothing."""
    if not product_ids:
        return ()
    chosen = shown_links(session, product_ids, current_language(), ("cross_sell",))["cross_sell"]
    if not chosen:
        return ()
    ids = [one.id for one in chosen[: 3 * OFFERED]]
    found = cards(session, ids, current_language(), currency(), root())
    return tuple(card for card in found if card.availability.is_buyable)[:OFFERED]
