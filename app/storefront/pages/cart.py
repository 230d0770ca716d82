"""The cart page and the drawer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.storefront.pages.catalog import Card
from app.storefront.pages.shell import Availability, ImageSet, Meta, Money, Notice


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line. `options` is "Oak · Large". `id` goes into POST /cart/lines/<id>.

    `changed_from` is the price last seen when it moved since. `problem` says why the
    line stops the order ("Only 2 left"), "" when it does not.
    """

    id: str
    name: str
    url: str
    sku: str
    options: str
    image: ImageSet | None
    quantity: int
    unit_price: Money
    total: Money
    availability: Availability
    max_quantity: int = 99
    compare_at: Money | None = None
    changed_from: Money | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """One printed row above the total: subtotal, discount, shipping, VAT included."""

    label: str
    amount: Money | None
    text: str = ""
    kind: Literal["plain", "discount", "tax"] = "plain"


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums. A row with `amount` None prints its `text` ("Free", "At checkout")."""

    rows: tuple[TotalsRow, ...]
    total: Money
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A code in force, with what it does in words."""

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FreeShipping:
    """How far free shipping is: `missing` None means reached; `percent` is 0 to 100."""

    percent: int
    missing: Money | None = None


@dataclass(frozen=True, slots=True)
class CartView:
    """The cart, for `shop/cart.html`, `shop/parts/cart_body.html` and `shop/cart_drawer.html`.

    `count` is the number of pieces, saved ones left out. `can_checkout` is False while
    a line has a problem. `coupon_value` and `coupon_error` keep a refused code in place.
    """

    meta: Meta
    lines: tuple[CartLine, ...]
    count: int
    totals: Totals | None = None
    saved: tuple[CartLine, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    coupon_value: str = ""
    coupon_error: str = ""
    free_shipping: FreeShipping | None = None
    notices: tuple[Notice, ...] = ()
    can_checkout: bool = True
    delivery: str = ""
    returns: str = ""
    suggestions: tuple[Card, ...] = ()
