"""The nearest zone decides; bounds, currencies and free shipping; overlapping rows have a winner."""

from __future__ import annotations

import pytest

from app.core.money import Money
from app.shipping.rules import Parcel, ZoneRow, fitting, overlapping, rates
from tests.pricing.wares import D, conversion, line, method, money, quoted, shipping_table

BE = ZoneRow("be", "Belgium", frozenset(["BE"]))
GHENT = ZoneRow("ghent", "Ghent", frozenset(["BE"]), ("90",))
CENTRE = ZoneRow("centre", "Centre of Ghent", frozenset(["BE"]), ("9000",))
WORLD = ZoneRow("world", "World", frozenset(["*"]))
ISLES = ZoneRow("isles", "Isles anywhere", frozenset(["*"]), ("IM",))


@pytest.mark.parametrize(
    ("country", "postcode", "zone"),
    [
        ("BE", "9000", "centre"), ("BE", "90 50", "ghent"), ("BE", "1000", "be"), ("BE", "", "be"),
        ("FR", "9000", "world"), ("GB", "im1 1aa", "isles"), ("GB", "SW1", "world"),
    ],
)  # fmt: skip
def test_nearest_zone_wins(country: str, postcode: str, zone: str) -> None:
    table = shipping_table(*[method(zone=z) for z in (WORLD, BE, GHENT, CENTRE, ISLES)])
    (won,) = rates(table, Parcel(100, money(10), country, postcode))
    assert won.zone == zone and won.why.startswith(f"{zone}: {country}")


def test_a_farther_zone_does_not_step_in() -> None:
    """Too heavy for the nearest zone: the method is not offered, whatever the world would say."""
    table = shipping_table(
        method(zone=BE, max_weight=1000), method(zone=WORLD), method("express", zone=WORLD)
    )
    found = rates(table, Parcel(1000, money(10), "BE"))
    assert [rate.code for rate in found] == ["express"]


@pytest.mark.parametrize(
    ("weight", "value", "price"),
    [
        (0, "10", 1),
        (999, "10", 1),
        (1000, "10", 2),
        (4999, "99.99", 2),
        (4999, "100", 3),
        (5000, "100", None),
    ],
)
def test_bounds_hold_below_and_not_above(weight: int, value: str, price: int | None) -> None:
    table = shipping_table(
        method(max_weight=1000, price=D(1)),
        method(min_weight=1000, max_weight=5000, max_value=D(100), price=D(2)),
        method(min_weight=1000, max_weight=5000, min_value=D(100), price=D(3)),
    )
    found = rates(table, Parcel(weight, money(value), "BE"))
    assert [int(rate.price.amount) for rate in found] == ([] if price is None else [price])


def test_overlapping_rows_have_a_winner() -> None:
    late = method(position=20, price=D(1))
    dear, cheap = method(position=10, price=D(5)), method(position=10, price=D(4))
    other = method("express", position=5, price=D(9))
    apart = method(min_weight=10**6)
    table = shipping_table(late, dear, cheap, other, apart)
    found = fitting(table, Parcel(1, money(1), "BE"))
    assert found == [other, cheap]
    assert (cheap, dear) in overlapping(table.methods) and len(overlapping(table.methods)) == 6
    assert overlapping([method(max_weight=10), method(min_weight=10)]) == []


def test_amounts_are_converted_and_rounded_like_prices() -> None:
    known = conversion(USD="ending:0.99", JPY="step:10")
    table = shipping_table(method(price=D("4.95"), free_over=D(50), min_value=D(10)), known=known)
    (dollars,) = rates(table, Parcel(1, money("20", "USD"), "BE"))
    assert (dollars.price, dollars.free_over) == (money("5.99", "USD"), money("55.99", "USD"))
    assert rates(table, Parcel(1, money("10.98", "USD"), "BE")) == ()  # 10 EUR are 10.99
    (yen,) = rates(table, Parcel(1, money("8170", "JPY"), "BE"))
    assert (yen.price, yen.free_over) == (money(810, "JPY"), money(8170, "JPY"))
    assert rates(table, Parcel(1, Money.zero("CHF"), "BE")) == ()


def test_names_in_the_readers_language() -> None:
    table = shipping_table(method(names={"fr": "Livraison"}))
    for language, name in (("fr", "Livraison"), ("nl", "Standard")):
        assert rates(table, Parcel(1, money(1), "BE"), language)[0].name == name


def test_free_from_a_value_of_goods_after_discounts() -> None:
    ships = shipping_table(method(price=D("4.95"), free_over=D(50)))
    below = quoted(line(money("49.99")), ships=ships)
    reached = quoted(line(money("25"), 2), ships=ships)
    assert (below.shipping_total, reached.shipping_total) == (money("4.95"), money(0))
    assert reached.shipping and [(s.rule, s.amount) for s in reached.shipping.steps] == [
        ("shipping.chosen_rate", money("4.95")), ("shipping.free_over", money("-4.95")),
    ]  # fmt: skip


def test_a_choice_that_does_not_fit_is_no_choice() -> None:
    ships = shipping_table(method("express", zone=BE), method(zone=WORLD))
    at_home = quoted(line(money(5)), ships=ships, shipping_method="express")
    away = quoted(line(money(5)), ships=ships, shipping_method="express", country="US")
    assert at_home.shipping and at_home.shipping.rate.code == "express"
    assert away.shipping is None and [m.code for m in away.methods] == ["standard"]
    assert quoted(ships=ships).methods == ()
