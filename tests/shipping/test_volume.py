"""Volume as a criterion: bounds, volumetric weight, and a reason for every row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.shipping.rules import (
    MethodRow,
    Parcel,
    ZoneRow,
    explain,
    fitting,
    overlapping,
    rates,
    volume_cm3,
    volumetric_weight,
)
from tests.pricing.wares import D, line, method, money, quoted, shipping_table

BE = ZoneRow("be", "Belgium", frozenset(["BE"]))
GHENT = ZoneRow("ghent", "Ghent", frozenset(["BE"]), ("90",))
WORLD = ZoneRow("world", "World", frozenset(["*"]))


@pytest.mark.parametrize(
    ("volume", "divisor", "grams"), [(0, 5000, 0), (12_000, 5000, 2400), (1, 5000, 1), (5000, 4000, 1250), (4, 3, 1334)]
)  # fmt: skip
def test_volumetric_weight_in_figures(volume: int, divisor: int, grams: int) -> None:
    assert volumetric_weight(volume, divisor) == grams


def test_begun_cubic_centimetres_count_whole() -> None:
    assert [volume_cm3(mm3) for mm3 in (0, 1, 1000, 1001)] == [0, 1, 1, 2]


def test_bulky_goods_weigh_the_room_they_take() -> None:
    """A lampshade of 400 × 300 × 200 mm weighs 900 g and counts for 24,000 / 5 = 4800 g."""
    table = shipping_table(
        method(zone=BE, max_weight=2000, price=D(5), volume_divisor=5000),
        method(zone=BE, min_weight=2000, price=D(9), volume_divisor=5000),
    )
    (won,) = rates(table, Parcel(900, money(10), "BE", "", volume_cm3(400 * 300 * 200)))
    assert (won.price, won.why) == (money(9), "be: BE, 4800 g (24000 cm³ / 5000)")
    plain = shipping_table(method(zone=BE, max_weight=2000, price=D(5)))
    (real,) = rates(plain, Parcel(900, money(10), "BE", "", 24_000))
    assert (real.price, real.why) == (money(5), "be: BE, 900 g"), "without a divisor the real weight decides"


@pytest.mark.parametrize(("volume", "price"), [(0, 1), (999, 1), (1000, 2), (4999, 2), (5000, None)])
def test_bounds_hold_below_and_not_above(volume: int, price: int | None) -> None:
    table = shipping_table(
        method(max_volume=1000, price=D(1)), method(min_volume=1000, max_volume=5000, price=D(2))
    )
    found = rates(table, Parcel(1, money(1), "BE", "", volume))
    assert [int(rate.price.amount) for rate in found] == ([] if price is None else [price])


def test_rows_apart_by_volume_do_not_overlap() -> None:
    assert overlapping([method(max_volume=10), method(min_volume=10)]) == []
    assert len(overlapping([method(max_volume=11), method(min_volume=10)])) == 1


def test_every_row_gets_a_reason() -> None:
    far, near = method(zone=WORLD), method(zone=GHENT, position=1)
    rows = {
        "won": near, "farther": far, "later": method(zone=GHENT, position=2), "heavy": method(zone=GHENT, max_weight=5),
        "light": method(zone=GHENT, min_weight=500), "big": method(zone=GHENT, max_volume=5),
        "small": method(zone=GHENT, min_volume=500), "dear": method(zone=GHENT, max_value=D(5)),
        "cheap": method(zone=GHENT, min_value=D(500)),
        "elsewhere": method(zone=ZoneRow("fr", "France", frozenset(["FR"]))),
    }  # fmt: skip
    verdicts = explain(
        shipping_table(*rows.values()), Parcel(100, money(50), "BE", "9000", 100), [method(position=99)]
    )
    assert {verdict.row.id: verdict.reason for verdict in verdicts if verdict.reason != "off"} == {
        row.id: reason for reason, row in rows.items()
    }
    assert [v.reason for v in verdicts].count("off") == 1 and verdicts[0].won
    assert {v.reason: v.other for v in verdicts if v.other} == {"farther": near, "later": near}


ZONES = st.sampled_from([BE, GHENT, WORLD])
NUMBERS = st.integers(0, 6)
ROWS = st.builds(
    lambda zone, code, low, room, position, divisor: method(
        code, zone=zone, min_weight=low, min_volume=room, position=position, volume_divisor=divisor
    ),
    ZONES, st.sampled_from(["a", "b"]), NUMBERS, NUMBERS, NUMBERS, st.sampled_from([None, 1000, 5000]),
)  # fmt: skip


@given(st.lists(ROWS, min_size=1, max_size=8), NUMBERS, NUMBERS, st.sampled_from(["9000", "1000", ""]))
def test_the_reasons_name_the_winners_that_customers_get(
    rows: list[MethodRow], weight: int, volume: int, postcode: str
) -> None:
    table, parcel = shipping_table(*rows), Parcel(weight, money(1), "BE", postcode, volume)
    verdicts = explain(table, parcel)
    assert len(verdicts) == len(rows)
    assert {v.row.id for v in verdicts if v.won} == {row.id for row in fitting(table, parcel)}


def test_a_quote_counts_the_room_of_every_piece() -> None:
    table = shipping_table(method(max_volume=3), method(min_volume=3, price=D(7)))
    found = quoted(line(money(10), 2, volume_mm3=1250), ships=table)
    assert [rate.price for rate in found.methods] == [money(7)], "2 × 1250 mm³ begin a third cm³"
    assert found.shipping is not None and found.shipping.steps[0].note.endswith("1000 g")
