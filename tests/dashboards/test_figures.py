"""Charts are valid for Plotly, hold every number as it is, and no text of people is markup."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from app.analytics.rules import Unit
from dashboards import wording
from dashboards.figures import LONGEST_LABEL, Plot, Series, figure, short, ticks
from dashboards.pages import Kind

EVIL = '<a href="javascript:alert(1)">Lamp</a> & co'
DRAWN = [kind for kind in Kind if kind is not Kind.TABLE]


def plot(kind: Kind, count: int = 5, series: int = 1, *, with_before: bool = False, **more: Any) -> Plot:
    """A plot of some rows; the first is named by somebody with bad intentions."""
    labels = [EVIL, *(f"Row {n}" for n in range(1, count))][:count]

    def one(name: str) -> Series:
        values = [Decimal(n * 10) + Decimal("0.10") for n in range(count)]
        return Series(name, values, [f"€{value}" for value in values])

    before = one("Before") if with_before else None
    return Plot(
        kind,
        labels,
        [one(f"S{n}") for n in range(series)],
        lambda v: f"€{v}",
        before=before,
        before_labels=labels,
        **more,
    )


@pytest.mark.parametrize("with_before", [True, False])
@pytest.mark.parametrize("count", [1, 2, 7, 40, 400])
@pytest.mark.parametrize("kind", DRAWN)
def test_plotly_takes_every_kind(kind: Kind, count: int, with_before: bool) -> None:
    import plotly.graph_objects as go

    made = figure(plot(kind, count, 3 if kind in (Kind.STACK, Kind.HEAT) else 1, with_before=with_before))
    assert json.loads(json.dumps(made)) == made, "it travels as JSON"
    go.Figure(made)


@pytest.mark.parametrize("kind", DRAWN)
def test_a_wrong_figure_would_be_found(kind: Kind) -> None:
    import plotly.graph_objects as go

    made = figure(plot(kind))
    made["data"][0]["no_such_thing"] = 1
    with pytest.raises(ValueError, match="no_such_thing"):
        go.Figure(made)


@pytest.mark.parametrize("kind", DRAWN)
def test_text_of_people_is_no_markup(kind: Kind) -> None:
    said = json.dumps(figure(plot(kind, series=2, with_before=True)))
    assert "<a href" not in said
    assert "&lt;a href" in said


def test_numbers_stay_decimal() -> None:
    values = [Decimal("12345678901234.56"), Decimal("0.01"), Decimal("1E+3")]
    made = figure(Plot(Kind.BARS, ["a", "b", "c"], [Series("s", values, ["", "", ""])], str))
    assert made["data"][0]["x"] == ["12345678901234.56", "0.01", "1000"]


def test_a_gap_stays_a_gap() -> None:
    made = figure(Plot(Kind.HEAT, ["a"], [Series("s", [None], ["–"]), Series("t", [Decimal(1)], ["1"])], str))
    assert made["data"][0]["z"] == [[None, "1"]]


def test_chosen_rows_stand_out() -> None:
    made = figure(plot(Kind.BARS, 3, chosen=frozenset({1})))
    assert made["data"][0]["marker"]["opacity"] == [0.35, 1, 0.35]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("0", "0", ["0", "1"]),
        ("0", "7", ["0", "2", "4", "6", "8"]),
        ("0", "1000", ["0", "250", "500", "750", "1000"]),
        ("-12", "30", ["-20", "0", "20", "40"]),
        ("0", "0.03", ["0", "0.01", "0.02", "0.03"]),
    ],
)
def test_marks_at_an_axis_are_round(low: str, high: str, expected: list[str]) -> None:
    assert ticks(Decimal(low), Decimal(high)) == [Decimal(mark) for mark in expected]


@pytest.mark.parametrize("high", ["1", "3.7", "99", "123456.78", "0.001", "98765432109876"])
def test_marks_enclose_what_is_drawn(high: str) -> None:
    marks = ticks(Decimal(0), Decimal(high))
    assert marks[0] == 0 and marks[-1] >= Decimal(high)
    assert 2 <= len(marks) <= 7


def test_long_names_are_cut() -> None:
    assert len(short("x" * 100)) == LONGEST_LABEL
    assert short("Lamp") == "Lamp"


def test_a_change_too_small_to_say_has_no_arrow() -> None:
    moved = wording.change(Decimal("999.96"), Decimal(1000), Unit.MONEY, "EUR", less_is_better=False)
    assert (moved.direction, moved.feeling) == ("flat", "flat") and "0%" not in moved.text
