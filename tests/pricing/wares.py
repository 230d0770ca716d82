"""Products, baskets and books for tests of prices, tax, shipping and promotions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import operations as catalog
from app.catalog.models import Category, Product, ProductType, Variant
from app.catalog.rules import NewVariant
from app.core.actor import SYSTEM
from app.core.money import Money
from app.pricing import steps as pricing
from app.pricing.rules import Basket, BasketLine, Books, BuyingContext, Conversion, Quote
from app.promotions import steps as promotions
from app.promotions.rules import Promotions
from app.shipping import steps as shipping
from app.shipping.rules import MethodRow, ShippingTable, ZoneRow
from app.tax import steps as tax
from app.tax.rules import Period, TaxTable

D = Decimal
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = date(1996, 1, 1)
STEPS = (
    pricing.list_price, pricing.sale_price, promotions.line_rules, promotions.cart_rules,
    shipping.chosen_rate, shipping.free_over, tax.per_line, tax.shipping,
)  # fmt: skip
RATES = {"USD": D("1.1252"), "GBP": D("0.8477"), "JPY": D("163.36"), "KWD": D("0.3461")}
_numbers = count(1)


def money(amount: str | int | Decimal, currency: str = "EUR") -> Money:
    return Money(D(amount), currency)


def conversion(**rounding: str) -> Conversion:
    return Conversion("EUR", RATES, rounding)


def tax_table() -> TaxTable:
    """BE 21, 12, 6, 0; FR 20 and 5.5; DE 19; the rest of the EU is left out on purpose."""
    rates = {
        ("BE", "standard"): "21", ("BE", "intermediate"): "12", ("BE", "reduced"): "6", ("BE", "zero"): "0",
        ("FR", "standard"): "20", ("FR", "reduced"): "5.5", ("DE", "standard"): "19", ("ES", "standard"): "21",
    }  # fmt: skip
    periods = {key: (Period(D(rate), LONG_AGO),) for key, rate in rates.items()}
    return TaxTable("BE", frozenset(["BE", "FR", "DE", "ES", "LU"]), periods)


def method(code: str = "standard", **values: Any) -> MethodRow:
    zone = values.pop("zone", ZoneRow("world", "World", frozenset(["*"])))
    given = {"id": next(_numbers), "name": code.title(), "kind": "standard", "price": D("4.95")} | values
    return MethodRow(code=code, zone=zone, **given)


def shipping_table(*methods: MethodRow, known: Conversion | None = None) -> ShippingTable:
    return ShippingTable("BE", methods or (method(free_over=D(50)),), known or conversion())


def promotions_table(*rules: Any, coupons: Sequence[Any] = (), known: Conversion | None = None) -> Promotions:
    return Promotions(NOW, known or conversion(), tuple(rules), {c.code: c for c in coupons})


def line(price: Money, quantity: int = 1, **values: Any) -> BasketLine:
    number = next(_numbers)
    given = {
        "key": f"line-{number}", "variant_id": number, "product_id": number, "sku": f"SKU-{number}",
        "name": "Lamp", "tax_class": "standard", "weight_g": 500,
    } | values  # fmt: skip
    return BasketLine(quantity=quantity, price=price, **given)


def context(currency: str = "EUR", **values: Any) -> BuyingContext:
    return BuyingContext(currency, DAY, **({"shipping_method": "standard"} | values))


def quoted(
    *lines: BasketLine,
    promos: Promotions | None = None,
    ships: ShippingTable | None = None,
    taxes: TaxTable | None = None,
    **values: Any,
) -> Quote:
    """A basket through every step, in the order of the shop."""
    currency = lines[0].price.currency if lines else "EUR"
    books = Books(taxes or tax_table(), ships or shipping_table(), promos or promotions_table())
    made = Quote.start(Basket(tuple(lines), currency))
    for step in STEPS:
        made = step(made, context(currency, **values), books)
    return made


def product(session: Session, *skus: str, price: str | None = "12.90", publish: bool = False) -> Product:
    """A product with variants; with `price` None they have none."""
    number = next(_numbers)
    kind = session.scalar(select(ProductType).where(ProductType.code == "plain"))
    kind = kind or catalog.create_product_type(session, actor=SYSTEM, code="plain", name="Plain")
    place = session.scalar(select(Category).where(Category.name == "Lamps"))
    place = place or catalog.create_category(session, actor=SYSTEM, name="Lamps")
    names = skus or (f"SKU-{number}",)
    parts = {"prices": {sku: {"EUR": price} for sku in names}} if price is not None else {}
    return catalog.create_product(
        session, actor=SYSTEM, name=f"Lamp {number}", type_id=kind.id, category_id=place.id,
        variants=[NewVariant(sku, weight_g=500) for sku in names], parts=parts, publish_now=publish,
    )  # fmt: skip


def variant_ids(session: Session, *skus: str) -> list[int]:
    found = dict(session.execute(select(Variant.sku, Variant.id)).all())
    return [found[sku] for sku in skus]


__all__ = [
    "D", "DAY", "NOW", "context", "conversion", "line", "method", "money", "product", "promotions_table", "quoted",
    "replace", "shipping_table", "tax_table", "variant_ids",
]  # fmt: skip
