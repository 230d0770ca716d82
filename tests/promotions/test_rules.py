"""What rules and coupons take off, in which order, and the words when a code does not count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core.money import Money
from app.pricing.rules import Quote
from app.promotions.rules import CouponRow, RuleRow, email_key
from tests.pricing.wares import (
    NOW,
    D,
    conversion,
    line,
    method,
    money,
    promotions_table,
    quoted,
    shipping_table,
)

HOUR = timedelta(hours=1)


def coupon(code: str = "TEN", kind: str = "percent", value: str = "10", **values: Any) -> CouponRow:
    return CouponRow(1, code, kind, D(value), **values)


def rule(
    number: int = 1, scope: str = "line", kind: str = "percent", value: str = "10", **values: Any
) -> RuleRow:
    return RuleRow(number, f"Rule {number}", scope, kind, D(value), **values)


def with_coupon(found: CouponRow | None, *lines: Any, code: str = "TEN", **values: Any) -> Quote:
    promos = promotions_table(coupons=[found] if found else [])
    return quoted(*(lines or (line(money(40)),)), promos=promos, coupon_codes=(code,), **values)


def test_three_lines_share_ten_euro_to_the_cent() -> None:
    three = [line(money("33.33")), line(money("33.33")), line(money("33.34"))]
    quote = with_coupon(coupon(kind="fixed", currency="EUR"), *three)
    assert [one.discount for one in quote.lines] == [money("3.33"), money("3.33"), money("3.34")]
    assert quote.discount == money(10)


def test_codes_are_read_kindly() -> None:
    assert with_coupon(coupon(), code=" ten ").discount == money(4)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "no such code"), (coupon(is_active=False), "not valid any more"),
        (coupon(starts_at=NOW + HOUR), "not valid yet"), (coupon(ends_at=NOW), "expired"),
        (coupon(limit_total=3, used=3), "used up"), (coupon(limit_per_customer=1, used_by_buyer=1), "already used"),
        (coupon(minimum=D("40.01")), "at least 40.01 EUR"),
        (coupon(kind="fixed", currency="USD"), "only for orders in USD"),
    ],
)  # fmt: skip
def test_refusals_say_why(found: CouponRow | None, words: str) -> None:
    quote = with_coupon(found)
    assert words in quote.refused_coupons["TEN"]
    assert not quote.discount and quote.discounts == ()


@pytest.mark.parametrize(
    "found",
    [
        coupon(starts_at=NOW, ends_at=NOW + HOUR), coupon(minimum=D(40)), coupon(limit_total=3, used=2),
        coupon(limit_per_customer=2, used_by_buyer=1),
    ],
)  # fmt: skip
def test_bounds_that_just_hold(found: CouponRow) -> None:
    quote = with_coupon(found)
    assert (quote.discount, dict(quote.refused_coupons)) == (money(4), {})


def test_nothing_left_to_lower() -> None:
    both = promotions_table(coupons=[coupon("ALL", value="100"), coupon("TEN")])
    quote = quoted(line(money(5)), promos=both, coupon_codes=("ALL", "TEN"))
    assert quote.goods == money(0) and "nothing left" in quote.refused_coupons["TEN"]


def test_amounts_of_the_base_currency_are_converted() -> None:
    promos = promotions_table(coupons=[coupon(kind="fixed")], known=conversion(USD="step:0.05"))
    quote = quoted(line(money(40, "USD")), promos=promos, coupon_codes=("TEN",))
    assert quote.discount == money("11.25", "USD")
    yen = quoted(
        line(money(5000, "JPY")),
        promos=promotions_table(coupons=[coupon(kind="fixed")]),
        coupon_codes=("TEN",),
    )
    assert yen.discount == money(1634, "JPY")


def test_free_shipping_by_code() -> None:
    ships = shipping_table(method(price=D("4.95")))
    quote = with_coupon(coupon("SHIP", "free_shipping", "0"), code="ship", ships=ships)
    assert (quote.shipping_total, quote.free_shipping, quote.discount) == (money(0), "SHIP", money(0))
    assert [(d.code, d.amount) for d in quote.discounts] == [("SHIP", money(0))]
    assert quote.shipping and quote.shipping.steps[-1].rule == "shipping.coupon"


def test_line_rules_for_categories_quantities_and_minimums() -> None:
    lamps = rule(category_ids=frozenset([7]), minimum_quantity=2, minimum=D(20))
    fits = line(money(10), 2, category_ids=frozenset([7, 9]))
    others = [
        line(money(10), 2, category_ids=frozenset([9])), line(money(30), 1, category_ids=frozenset([7])),
        line(money("9.99"), 2, category_ids=frozenset([7])),
    ]  # fmt: skip
    quote = quoted(fits, *others, promos=promotions_table(lamps))
    assert [one.discount.amount for one in quote.lines] == [2, 0, 0, 0]
    chosen = rule(product_ids=frozenset([fits.product_id]), kind="fixed", value="3", currency="EUR")
    assert quoted(fits, promos=promotions_table(chosen)).discount == money(6)  # 3 off each piece


def test_rules_by_priority_and_the_last_one() -> None:
    first, last, never = rule(1, priority=5), rule(2, priority=6, is_stackable=False), rule(3, priority=7)
    quote = quoted(line(money(100)), promos=promotions_table(never, last, first))
    assert [step.rule for step in quote.lines[0].steps] == [
        "list_price", "promotions.rule:1", "promotions.rule:2",
    ]  # fmt: skip
    assert quote.goods == money(81)
    cart = rule(4, scope="cart", priority=1)
    closed = quoted(
        line(money(100), category_ids=frozenset([1])), line(money(50)),
        promos=promotions_table(rule(2, category_ids=frozenset([1]), is_stackable=False), cart),
    )  # fmt: skip
    assert [one.discount.amount for one in closed.lines] == [10, 5]


def test_cart_rule_takes_its_part_of_fitting_lines_only() -> None:
    cart = rule(
        scope="cart", kind="fixed", value="1", currency="EUR", category_ids=frozenset([1]), minimum_quantity=3
    )
    goods = [line(money(1), 1, category_ids=frozenset([1])) for _ in range(3)]
    quote = quoted(*goods, line(money(500)), promos=promotions_table(cart))
    assert [one.discount for one in quote.lines] == [money("0.34"), money("0.33"), money("0.33"), money(0)]
    assert quoted(*goods[:2], promos=promotions_table(cart)).discount == money(0)
    dear = rule(scope="cart", kind="fixed", value="1000", currency="EUR")
    assert quoted(*goods, promos=promotions_table(dear)).goods == money(0)
    early = rule(scope="cart", starts_at=NOW + HOUR)
    assert quoted(*goods, promos=promotions_table(early)).discount == Money.zero("EUR")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (" Ada.Lovelace+shop@GMail.com ", "adalovelace@gmail.com"), ("adalovelace@googlemail.com", "adalovelace@gmail.com"),
        ("Ada.L+x@example.org", "ada.l@example.org"), ("+@example.org", "+@example.org"), ("", None), (None, None),
        ("nobody", None),
    ],
)  # fmt: skip
def test_addresses_are_compared_without_disguise(given: str | None, key: str | None) -> None:
    assert email_key(given) == key
