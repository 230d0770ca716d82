"""Whatever is in the basket: nothing is lost, nothing is negative, and each cent explains itself."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.money import Money, exponent, total
from app.pricing.rules import Quote
from app.promotions.rules import CouponRow, RuleRow
from tests.pricing.wares import D, line, method, money, promotions_table, quoted, shipping_table

CURRENCIES = ("EUR", "JPY", "KWD", "USD")
COUNTRIES = (None, "BE", "FR", "DE", "US", "JP", "MC")
CLASSES = ("standard", "reduced", "intermediate", "zero")


@st.composite
def lines(draw: Any) -> list[Any]:
    currency = draw(st.sampled_from(CURRENCIES))
    small = st.integers(0, 20 * 10 ** exponent(currency))
    large = st.integers(0, 10_000_000 * 10 ** exponent(currency))
    found = []
    for _ in range(draw(st.integers(1, 6))):
        price = Money.of_minor(draw(st.one_of(small, large)), currency)
        more = draw(st.one_of(st.none(), st.integers(1, 10_000)))
        found.append(
            line(
                price, draw(st.integers(1, 12)), tax_class=draw(st.sampled_from(CLASSES)),
                compare_at=None if more is None else price + Money.of_minor(more, currency),
                weight_g=draw(st.integers(0, 5_000)),
                category_ids=frozenset(draw(st.sets(st.integers(1, 3)))),
            )
        )  # fmt: skip
    return found


@st.composite
def rules(draw: Any) -> list[RuleRow]:
    return [
        RuleRow(
            number, f"Rule {number}", draw(st.sampled_from(("line", "cart"))), kind,
            D(draw(st.integers(1, 10_000))) / 100, "EUR" if kind == "fixed" else None,
            minimum=D(draw(st.integers(0, 40))), minimum_quantity=draw(st.integers(1, 3)),
            category_ids=frozenset(draw(st.sets(st.integers(1, 3), max_size=1))),
            priority=draw(st.integers(1, 3)), is_stackable=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 4)))
        for kind in [draw(st.sampled_from(("percent", "fixed")))]
    ]  # fmt: skip


coupons = st.lists(
    st.sampled_from(
        [
            CouponRow(1, "TEN", "percent", D(10)), CouponRow(2, "FIVE", "fixed", D(5), "EUR"),
            CouponRow(3, "SHIP", "free_shipping"), CouponRow(4, "ALL", "percent", D(100)),
            CouponRow(5, "ODD", "percent", D("33.3333")), CouponRow(6, "YEN", "fixed", D(700), "JPY"),
        ]
    ),
    unique_by=lambda c: c.code, max_size=3,
)  # fmt: skip


def agrees(quote: Quote) -> None:
    """What must be true of any quote that went through all steps."""
    for one in quote.lines:
        assert one.tax is not None and one.tax.gross == one.total and one.tax.net + one.tax.tax == one.total
        assert one.amount == one.unit * one.item.quantity
        assert quote.zero <= one.discount <= one.amount
        assert total([step.amount for step in one.steps], quote.currency) == one.total
        assert quote.zero <= one.tax.net and quote.zero <= one.tax.tax
    assert total([d.amount for d in quote.discounts], quote.currency) == quote.discount
    assert quote.subtotal - quote.discount == quote.goods >= quote.zero
    assert quote.net + quote.tax == quote.total == quote.goods + quote.shipping_total
    bands = quote.tax_bands
    assert total([band.gross for band in bands], quote.currency) == quote.total
    assert total([band.tax for band in bands], quote.currency) == quote.tax
    shipping = quote.shipping
    assert shipping is not None and shipping.tax is not None
    assert (
        total([step.amount for step in shipping.steps], quote.currency)
        == shipping.total
        == shipping.tax.gross
    )
    if quote.is_export:
        assert not quote.tax


@settings(max_examples=400, deadline=None)
@given(
    lines(), rules(), coupons, st.sampled_from(COUNTRIES),
    st.sampled_from((None, "0", "50", "100000")), st.sampled_from(("0", "4.95", "39.99")),
)  # fmt: skip
def test_every_quote_agrees(
    given_lines: list[Any], given_rules: list[RuleRow], given_coupons: list[CouponRow], country: str | None,
    free_over: str | None, price: str,
) -> None:  # fmt: skip
    quote = quoted(
        *given_lines,
        promos=promotions_table(*given_rules, coupons=given_coupons),
        ships=shipping_table(method(price=D(price), free_over=None if free_over is None else D(free_over))),
        country=country,
        coupon_codes=tuple(coupon.code for coupon in given_coupons),
    )
    agrees(quote)
    used = {d.code for d in quote.discounts if d.code} | set(quote.refused_coupons)
    assert used == {coupon.code for coupon in given_coupons}


@settings(max_examples=100, deadline=None)
@given(lines(), rules())
def test_the_same_values_give_the_same_quote(given_lines: list[Any], given_rules: list[RuleRow]) -> None:
    promos = promotions_table(*given_rules)
    ships = shipping_table()
    assert quoted(*given_lines, promos=promos, ships=ships) == quoted(
        *given_lines, promos=promos, ships=ships
    )


@settings(max_examples=100, deadline=None)
@given(lines())
def test_europe_pays_the_same_gross_and_exports_the_net(given_lines: list[Any]) -> None:
    home, france, away = (quoted(*given_lines, country=country) for country in ("BE", "FR", "US"))
    assert home.goods == france.goods
    assert away.goods <= home.goods and not away.tax
    free = [one for one in away.lines if one.item.tax_class == "zero"]
    assert all(one.total == one.item.price * one.item.quantity for one in free)


def test_worked_example() -> None:
    """The figures of docs/pricing-and-tax.md."""
    lamp = line(money("49.90"), 2, compare_at=money("59.90"))
    book = line(money("18.50"), 1, tax_class="reduced")
    promos = promotions_table(coupons=[CouponRow(1, "WELCOME10", "percent", D(10))])
    quote = quoted(lamp, book, promos=promos, country="BE", coupon_codes=("welcome10",))
    agrees(quote)
    assert [(str(s.rule), str(s.amount.amount)) for s in quote.lines[0].steps] == [
        ("list_price", "119.80"), ("sale_price", "-20.00"), ("promotions.coupon:1", "-9.98"),
    ]  # fmt: skip
    assert (quote.subtotal, quote.discount, quote.goods) == (money("118.30"), money("11.83"), money("106.47"))
    assert quote.shipping_total == money(0)  # 4.95, free over 50
    assert [(b.rate, b.net, b.tax, b.gross) for b in quote.tax_bands] == [
        (D(21), money("74.23"), money("15.59"), money("89.82")),
        (D(6), money("15.71"), money("0.94"), money("16.65")),
    ]  # fmt: skip
    france = quoted(lamp, book, promos=promos, country="FR", coupon_codes=("WELCOME10",))
    assert (france.total, france.tax) == (money("106.47"), money("14.97") + money("0.87"))
    away = quoted(lamp, book, promos=promos, country="US", coupon_codes=("WELCOME10",))
    agrees(away)
    assert [one.unit for one in away.lines] == [money("41.24"), money("17.45")]
    assert (away.total, away.tax, away.is_export) == (money("89.93"), money(0), True)
