"""What a cart costs, against figures worked out by hand, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.cart import operations, queries
from app.cart.models import Cart
from app.cart.quoting import STEPS, load_books, quote
from app.core import caching
from app.core.actor import GUEST
from app.core.money import Money
from app.core.unit_of_work import unit_of_work
from app.pricing.models import Price
from app.pricing.rules import Basket, BuyingContext, Quote
from app.promotions.models import Coupon
from tests.counting import counted
from tests.inventory.shelves import Article

Make = Callable[..., Article]


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def coupon(session: Session, code: str, **values: Any) -> None:
    with unit_of_work(session):
        session.execute(
            insert(Coupon).values(**({"code": code, "kind": "percent", "value": Decimal(10)} | values))
        )


def add(session: Session, cart: Cart, goods: Article, quantity: int) -> None:
    operations.add_line(session, cart_id=cart.id, sku=goods.sku, quantity=quantity, actor=GUEST)


def of(session: Session, cart: Cart, country: str | None = None, currency: str = "EUR") -> queries.QuotedCart:
    return queries.quoted(session, cart, language="en", currency=currency, country=country)


@pytest.fixture
def filled(session: Session, cart: Cart, make: Make) -> Cart:
    """Two lamps at 12.50 (21 %), one book at 10.00 instead of 15.00 (6 %), a coupon for 10 %."""
    lamp, book = make(price="12.50"), make(price=None, tax_class="reduced")
    with unit_of_work(session):
        session.add(
            Price(variant_id=book.variant_id, currency="EUR", amount=Decimal("10"), compare_at=Decimal("15"))
        )
    coupon(session, "TEN")
    add(session, cart, lamp, 2)
    add(session, cart, book, 1)
    operations.apply_coupon(session, cart_id=cart.id, code=" ten ", actor=GUEST)
    return cart


def test_the_order_of_calculation_stands_in_one_place() -> None:
    names = [f"{step.__module__.split('.')[1]}.{step.__name__}" for step in STEPS]
    assert names == [
        "pricing.list_price", "pricing.sale_price", "promotions.line_rules", "promotions.cart_rules",
        "shipping.chosen_rate", "shipping.free_over", "tax.per_line", "tax.shipping",
    ]  # fmt: skip


def test_a_cart_at_home(session: Session, filled: Cart) -> None:
    """35.00 less 10 % is 31.50; 22.50 holds 3.90 and 9.00 holds 0.51 of VAT; 4.95 of shipping 0.86."""
    operations.set_shipping_method(session, cart_id=filled.id, code="standard", actor=GUEST)
    found = of(session, filled).quote
    assert [line.unit for line in found.lines] == [eur("12.50"), eur("10.00")]
    assert (found.subtotal, found.discount, found.goods) == (eur("35.00"), eur("3.50"), eur("31.50"))
    assert [line.discount for line in found.lines] == [eur("2.50"), eur("1.00")]
    assert [line.tax.tax for line in found.lines if line.tax] == [eur("3.90"), eur("0.51")]
    assert found.shipping is not None and found.shipping.tax is not None
    assert (found.shipping_total, found.shipping.tax.tax) == (eur("4.95"), eur("0.86"))
    assert (found.total, found.tax, found.net) == (eur("36.45"), eur("5.27"), eur("31.18"))
    assert [(band.rate, band.gross) for band in found.tax_bands] == [(21, eur("27.45")), (6, eur("9.00"))]
    assert [step.rule for step in found.lines[1].steps][:2] == ["list_price", "sale_price"]


def test_a_cart_that_leaves_the_union(session: Session, filled: Cart) -> None:
    """2 x 10.33 less 2.07, 9.43 less 0.94, shipping 24.95 / 1.21: all without VAT."""
    operations.set_shipping_method(session, cart_id=filled.id, code="standard", actor=GUEST)
    found = of(session, filled, country="US").quote
    assert [line.total for line in found.lines] == [eur("18.59"), eur("8.49")]
    assert (found.shipping_total, found.tax, found.total) == (eur("20.62"), eur("0.00"), eur("47.70"))
    assert found.is_export


def test_the_destination_of_the_cart_counts_until_another_is_asked_for(
    session: Session, filled: Cart
) -> None:
    address = {"name": "A", "line1": "Dam 1", "postcode": "1012 JS", "city": "Amsterdam", "country": "NL"}
    operations.set_addresses(
        session, cart_id=filled.id, email="a@example.com", shipping=address, billing=None, actor=GUEST
    )
    there = of(session, filled)
    assert (there.context.country, there.context.postcode, there.context.email) == (
        "NL",
        "1012 JS",
        "a@example.com",
    )
    assert [line.tax.rate for line in there.quote.lines if line.tax] == [21, 9]
    assert there.quote.total == of(session, filled, country="BE").quote.total, (
        "the same gross price in the union"
    )
    elsewhere = of(session, filled, country="DE")
    assert (elsewhere.context.country, elsewhere.context.postcode) == ("DE", "")


def test_a_method_that_does_not_fit_is_not_chosen(session: Session, filled: Cart) -> None:
    operations.set_shipping_method(session, cart_id=filled.id, code="balloon", actor=GUEST)
    found = of(session, filled)
    assert found.quote.shipping is None
    assert {"standard", "express"} <= {rate.code for rate in found.quote.methods}
    assert found.quote.total == eur("31.50")


def test_another_currency(session: Session, cart: Cart, make: Make) -> None:
    add(session, cart, make(price="10.00", USD="12.00"), 2)
    found = of(session, cart, currency="USD")
    assert found.quote.total == Money(Decimal("24.00"), "USD")
    assert found.contents.lines[0].changed_from is None, "another currency is no change of price"


def test_only_what_can_be_bought_counts(session: Session, cart: Cart, make: Make) -> None:
    from tests.inventory.shelves import put

    lamp, chair = make(price="10.00"), make(price="20.00")
    add(session, cart, lamp, 1)
    add(session, cart, chair, 1)
    put(session, chair, 0)
    found = of(session, cart)
    assert (len(found.contents.lines), len(found.contents.problems), found.quote.total) == (
        2,
        1,
        eur("10.00"),
    )


def test_an_empty_cart_costs_nothing(session: Session, cart: Cart) -> None:
    found = of(session, cart)
    assert (found.quote.total, found.quote.methods) == (eur("0.00"), ())
    assert found.basket == Basket((), "EUR")


def test_the_same_values_give_the_same_quote(session: Session, filled: Cart) -> None:
    found = of(session, filled)
    books = load_books(session, found.basket, found.context)
    assert (
        quote(found.basket, found.context, books) == quote(found.basket, found.context, books) == found.quote
    )
    assert isinstance(found.context, BuyingContext) and isinstance(found.quote, Quote)


def test_a_change_with_the_quoted_cart_costs_eight_statements(
    session: Session, cart: Cart, make: Make, engine: Any
) -> None:
    goods = [make() for _ in range(6)]
    for one in goods[:5]:
        add(session, cart, one, 1)
    of(session, cart)  # rates, zones and rules are kept from here on
    key = cart.public_id
    session.rollback()
    session.expunge_all()
    with counted(engine) as seen:
        found = queries.find_open(session, public_id=key)
        assert found is not None
        add(session, found, goods[5], 2)
        assert len(of(session, found).quote.lines) == 6
    assert len(seen) <= 8, "\n".join(seen)
    line_id = found.lines[0].public_id
    session.rollback()
    session.expunge_all()
    with counted(engine) as seen:
        found = queries.find_open(session, public_id=key)
        assert found is not None
        operations.set_quantity(session, cart_id=found.id, line_id=line_id, quantity=3, actor=GUEST)
        of(session, found)
    assert len(seen) <= 8, "\n".join(seen)


def test_a_long_cart_costs_what_a_short_one_does(
    session: Session, cart: Cart, make: Make, engine: Any
) -> None:
    def cost() -> int:
        of(session, cart)
        with counted(engine) as seen:
            of(session, cart)
        return len(seen)

    add(session, cart, make(), 1)
    short = cost()
    for _ in range(12):
        add(session, cart, make(), 1)
    caching.forget_local()
    assert cost() == short <= 4
