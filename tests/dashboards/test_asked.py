"""What an address asks for, and what it does not get."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.analytics.rules import Metric, Period, Unit
from dashboards.asked import NOTHING, Asked, read
from dashboards.periods import Comparison, days_of, step_of

TODAY = date(2026, 3, 31)
SALES = Metric(
    "gross", "Gross", "", Unit.MONEY, "sales", "", "", frozenset({"day", "product", "seller", "country"})
)
REFUNDS = Metric("refunds", "Refunds", "", Unit.MONEY, "sales", "", "", frozenset({"day", "country"}))


@pytest.fixture(autouse=True)
def words(app: Any) -> Iterator[None]:
    """Sentences need a language."""
    with app.test_request_context():
        yield


def asked(*pairs: tuple[str, str], seller: str = "") -> Asked:
    """The reading of an address."""
    return read(
        MultiDict(pairs), today=TODAY, currencies=("EUR", "USD"), dimensions={"country", "product", "seller"}, path="/here", seller=seller
    )  # fmt: skip


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("today", "2026-03-31", "2026-03-31"),
        ("yesterday", "2026-03-30", "2026-03-30"),
        ("7_days", "2026-03-25", "2026-03-31"),
        ("30_days", "2026-03-02", "2026-03-31"),
        ("90_days", "2026-01-01", "2026-03-31"),
        ("this_month", "2026-03-01", "2026-03-31"),
        ("last_month", "2026-02-01", "2026-02-28"),
        ("this_year", "2026-01-01", "2026-03-31"),
        ("12_months", "2025-04-01", "2026-03-31"),
    ],
)
def test_presets(preset: str, start: str, end: str) -> None:
    found = asked(("period", preset))
    assert (found.period, found.problems) == (Period(date.fromisoformat(start), date.fromisoformat(end)), {})


def test_nothing_asks_for_thirty_days_against_the_thirty_before() -> None:
    found = asked()
    assert found.period.days == 30
    assert found.against == Period(date(2026, 1, 31), date(2026, 3, 1))
    assert found.url() == "/here"


def test_a_year_before_knows_leap_years() -> None:
    found = asked(("period", "own"), ("from", "2024-02-29"), ("to", "2024-03-31"), ("compare", "year"))
    assert found.against == Period(date(2023, 2, 28), date(2023, 3, 31))


def test_own_days_need_no_preset() -> None:
    assert asked(("from", "2026-01-05"), ("to", "2026-01-06")).period == Period(
        date(2026, 1, 5), date(2026, 1, 6)
    )


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        ((("period", "own"), ("from", "0001-01-01"), ("to", "2026-01-01")), "from"),
        ((("period", "own"), ("from", "2026-01-01"), ("to", "9999-12-31")), "to"),
        ((("period", "own"), ("from", "2026-02-30"), ("to", "2026-03-01")), "from"),
        ((("period", "own"), ("from", "x" * 10_000), ("to", "2026-03-01")), "from"),
        ((("period", "own"), ("from", "2026-01-01\x00"), ("to", "2026-03-01")), "from"),
        ((("period", "own"), ("from", "٢٠٢٦-٠١-٠١"), ("to", "2026-03-01")), "from"),
        ((("period", "own"), ("from", "2026-03-01")), "to"),
        ((("period", "own"), ("from", "2026-03-02"), ("to", "2026-03-01")), "to"),
        ((("period", "own"), ("from", "2001-01-01"), ("to", "2026-03-01")), "to"),
        ((("period", "fortnight"),), "period"),
        ((("period", "\ud800"),), "period"),
        ((("compare", "tomorrow"),), "compare"),
        ((("currency", "eur'--"),), "currency"),
        ((("currency", "GBP"),), "currency"),
        ((("f.country", "B\x00E"),), "filters"),
        ((("f.country", "B" * 10_000),), "filters"),
        ((("f.shoe_size", "43"),), "filters"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(pairs: tuple[tuple[str, str], ...], field: str) -> None:
    found = asked(*pairs)
    assert set(found.problems) == {field}
    assert found.period.days <= 3_660
    assert not found.filters and found.currency is None and found.comparison is Comparison.PREVIOUS
    assert "\x00" not in "".join(found.typed.values())


def test_an_address_holds_the_whole_state() -> None:
    pairs = [("period", "own"), ("from", "2026-01-01"), ("to", "2026-01-31"), ("compare", "year"), ("currency", "USD"),
             ("f.country", "BE"), ("f.country", "FR"), ("f.product", "7")]  # fmt: skip
    first = asked(*pairs)
    query = first.query()
    again = asked(*[tuple(pair.split("=")) for pair in query.split("&")])  # type: ignore[misc]
    assert (again.period, again.comparison, again.currency, again.filters) == (
        first.period, first.comparison, first.currency, first.filters,
    )  # fmt: skip


def test_a_row_is_chosen_and_given_up_by_the_same_turn() -> None:
    chosen = asked().turned("country", "BE")
    assert chosen.filters == {"country": ("BE",)}
    assert chosen.turned("country", "FR").filters == {"country": ("BE", "FR")}
    assert chosen.turned("country", "BE").filters == {}
    assert chosen.cleared().filters == {}


def test_a_question_leaves_out_what_a_figure_cannot_follow() -> None:
    found = asked(("f.country", "BE"), ("f.product", "7"))
    assert found.question(SALES).filters == {"country": ("BE",), "product": ("7",)}
    assert found.question(REFUNDS).filters == {"country": ("BE",)}
    assert found.ignored(REFUNDS) == ("product",)
    assert found.question(SALES, "product").filters == {"country": ("BE",)}, "the rows to choose from stay"


def test_filters_that_exclude_each_other_match_nothing() -> None:
    found = asked(("f.country", "BE"))
    assert found.question(SALES, filters={"country": ("FR",)}).filters == {"country": (NOTHING,)}
    assert found.question(SALES, filters={"country": ("FR", "BE")}).filters == {"country": ("BE",)}


def test_a_seller_cannot_ask_for_others() -> None:
    found = asked(("f.seller", "99"), ("f.country", "BE"), seller="7")
    assert found.question(SALES).filters == {"country": ("BE",), "seller": ("7",)}
    assert found.question(SALES, "seller", filters={"seller": ("99",)}).filters["seller"] == ("7",)
    assert found.may_ask(SALES) and not found.may_ask(REFUNDS)
    assert "seller" not in found.query()


@pytest.mark.parametrize(
    ("days", "step"), [(1, "day"), (92, "day"), (93, "week"), (190, "week"), (366, "month")]
)
def test_a_line_has_a_sensible_number_of_points(days: int, step: str) -> None:
    start = date(2025, 1, 1)
    assert step_of(Period(start, date.fromordinal(start.toordinal() + days - 1))) == step


@pytest.mark.parametrize(
    ("step", "key", "start", "end"),
    [
        ("day", "2026-03-05", "2026-03-05", "2026-03-05"),
        ("week", "2026-W10", "2026-03-02", "2026-03-08"),
        ("week", "2026-03-02", "2026-03-02", "2026-03-08"),
        ("month", "2026-02", "2026-02-01", "2026-02-28"),
    ],
)
def test_a_point_leads_to_its_days(step: str, key: str, start: str, end: str) -> None:
    assert days_of(step, key) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("step", "key"), [("day", "x"), ("week", "2026-W99"), ("month", "2026-13"), ("hour", "7")]
)
def test_a_point_that_is_no_day_leads_nowhere(step: str, key: str) -> None:
    assert days_of(step, key) is None


def test_more_values_of_a_filter_than_count_are_said() -> None:
    found = asked(*(("f.country", f"C{number}") for number in range(21)))
    assert len(found.filters["country"]) == 20 and "20" in found.problems["filters"]
    assert asked(*(("f.country", f"C{number}") for number in range(20))).problems == {}
