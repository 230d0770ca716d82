"""Pure rules of stock figures: what lies there is worth, how long it lasts, what does not sell.

They add up what PostgreSQL counted of each article in each warehouse (`shelves`). Nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

YEAR_DAYS = 365
DAY = timedelta(days=1)
NO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spans:
    """The days figures look at: the period (until today), and how far back demand and dead stock look."""

    start: date
    end: date
    demand_days: int = 30
    dead_days: int = 90
    whole_until: date | None = None
    """The last day that is over; today is not."""

    @property
    def whole_end(self) -> date:
        """The last day of the period that is over."""
        return min(self.end, self.whole_until or self.end)

    @property
    def demand_from(self) -> date:
        """The first day whose sales count as demand."""
        return self.end - timedelta(days=self.demand_days - 1)

    @property
    def dead_from(self) -> date:
        """What has not sold from this day on is dead."""
        return self.end - timedelta(days=self.dead_days - 1)


class Counted(NamedTuple):
    """What is counted of one article in one warehouse over some days.

    `units` lay there at the end of the last day, `units_before` before the first. `sold` is sales less returns in the
    days, `demand` the same in the days of demand, `taken_in` what came otherwise. `cost` is that of a piece on the last
    day, None where it is not known; `value_days` the sum of the values at the ends of all days, in which unknown costs
    count nothing; `empty_days` those with nothing from midnight to midnight. `last_sale` is the day of the latest sale
    until the last day.
    """

    units: int
    units_before: int = 0
    sold: int = 0
    demand: int = 0
    taken_in: int = 0
    cost: Decimal | None = None
    value_days: Decimal = NO
    cost_of_sales: Decimal = NO
    empty_days: int = 0
    last_sale: date | None = None


@dataclass(slots=True)
class Place:
    """One article in one warehouse, as it is now, with what is counted of it over some days.

    `keys` names it in each dimension, `since` is the day of its first movement ever.
    """

    variant_id: int
    keys: Mapping[str, str]
    price: Decimal | None = None
    is_sold: bool = True
    is_low: bool = False
    is_out: bool = False
    stock_id: int = 0
    since: date | None = None
    counts: dict[Spans, Counted] = field(default_factory=dict)


@dataclass(slots=True)
class Sums:
    """What is added up over the places of a group; figures are made from these."""

    units: int = 0
    value: Decimal = NO
    retail: Decimal = NO
    value_days: Decimal = NO
    cost_of_sales: Decimal = NO
    sold: int = 0
    offered: int = 0
    demand: int = 0
    covered: int = 0
    dead_value: Decimal = NO
    low: int = 0
    out: int = 0
    empty_days: int = 0
    without_cost: set[int] = field(default_factory=set)


def add_up(places: Iterable[Place], spans: Spans, by: str = "") -> dict[str, Sums]:
    """Sums of the places by a dimension ("" for all of them together, under the key "")."""
    every = [(place, place.counts[spans]) for place in places]
    selling = {place.variant_id for place, counted in every if counted.demand > 0}
    dead = _dead(every, spans.dead_from)
    groups: dict[str, Sums] = {}
    for place, counted in every:
        key = place.keys[by] if by else ""
        sums = groups.get(key) or groups.setdefault(key, Sums())
        _add(sums, place, counted, is_selling=place.variant_id in selling, is_dead=place.variant_id in dead)
    return groups


def _add(sums: Sums, place: Place, counted: Counted, *, is_selling: bool, is_dead: bool) -> None:
    units, cost = counted.units, counted.cost
    sums.units += units
    if units:
        sums.value += NO if cost is None else cost * units
        sums.retail += NO if place.price is None else place.price * units
    sums.value_days += counted.value_days
    sums.cost_of_sales += counted.cost_of_sales
    sums.sold += counted.sold
    sums.offered += counted.units_before + counted.taken_in
    sums.low += place.is_low
    sums.out += place.is_out
    sums.empty_days += counted.empty_days
    if is_selling:
        sums.demand += counted.demand
        sums.covered += units
    if is_dead and cost is not None:
        sums.dead_value += cost * units
    if units and cost is None:
        sums.without_cost.add(place.variant_id)


def _dead(every: Iterable[tuple[Place, Counted]], dead_from: date) -> set[int]:
    """Articles that were there before the dead days began and sold nothing in them, in no warehouse."""
    there, sold = set(), set()
    for place, counted in every:
        if place.since is not None and place.since < dead_from:
            there.add(place.variant_id)
        if counted.last_sale is not None and counted.last_sale >= dead_from:
            sold.add(place.variant_id)
    return there - sold


def cover(units: int, demand: int, days: int) -> Decimal:
    """Days that the pieces last: on hand divided by the mean daily demand of so many days; zero without demand.

    40 pieces, 20 sold in 30 days: 40 / (20 / 30) = 60 days.
    """
    return _rounded(Decimal(units) * days / demand, 1) if demand > 0 else NO


def turnover(cost_of_sales: Decimal, value_days: Decimal) -> Decimal:
    """Turns of the stock in a year: cost of goods sold divided by the mean stock value, times 365 over the days.

    The mean value is that of the ends of all days of the period (`value_days` is their sum), so the days cancel out.
    Inventory turnover as in Horngren, Datar, Rajan: Cost Accounting, chapter on inventory management; goods at cost.
    300 sold at cost over 30 days, mean value 1,000: 300 / 1,000 x 365 / 30 = 3.65 turns.
    """
    return _rounded(cost_of_sales * YEAR_DAYS / value_days, 2) if value_days > 0 else NO


def sell_through(sold: int, offered: int) -> Decimal:
    """Percent sold of what was there at the start and came in: 30 of 40 + 60 are 30 %."""
    return _rounded(Decimal(100 * sold) / offered, 1) if offered > 0 else NO


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def bucket(day: date, step: str) -> str:
    """The key of a day, week (its Monday) or month."""
    if step == "month":
        return f"{day:%Y-%m}"
    return (day - timedelta(days=day.weekday()) if step == "week" else day).isoformat()


@dataclass(frozen=True, slots=True)
class AtEnd:
    """What lay there at the end of a day."""

    units: int
    value: Decimal
    retail: Decimal


def ends_of(start: date, end: date, step: str) -> dict[str, date]:
    """The last day of each day, week or month of a period, by its key, in order."""
    days = (start + timedelta(days=number) for number in range((end - start).days + 1))
    return {bucket(day, step): day for day in days}


@dataclass(frozen=True, slots=True)
class ArticleNow:
    """An article over all its places: pieces, their value, the days they last, and since when nothing sold."""

    variant_id: int
    stock_id: int
    units: int
    value: Decimal | None
    cover: Decimal | None
    idle_days: int | None
    is_dead: bool


def articles(places: Iterable[Place], spans: Spans) -> list[ArticleNow]:
    """Every article of which something lies there at the end of the days.

    `cover` is None without sales, `value` None without a cost. `idle_days` counts from the last sale, or from the
    first movement of what never sold.
    """
    every = [(place, place.counts[spans]) for place in places]
    dead = _dead(every, spans.dead_from)
    by_article: dict[int, list[tuple[Place, Counted]]] = {}
    for place, counted in every:
        by_article.setdefault(place.variant_id, []).append((place, counted))
    return [
        _article(variant_id, mine, spans, variant_id in dead)
        for variant_id, mine in by_article.items()
        if sum(counted.units for _place, counted in mine) > 0
    ]


def _article(
    variant_id: int, mine: Sequence[tuple[Place, Counted]], spans: Spans, is_dead: bool
) -> ArticleNow:
    place, counted = mine[0]
    units, cost = sum(one.units for _place, one in mine), counted.cost
    demand = sum(one.demand for _place, one in mine)
    sales = [one.last_sale for _place, one in mine if one.last_sale is not None]
    first = [one.since for one, _counted in mine if one.since is not None]
    known = max(sales) if sales else min(first, default=None)
    return ArticleNow(
        variant_id, place.stock_id, units, None if cost is None else cost * units,
        cover(units, demand, spans.demand_days) if demand > 0 else None,
        (spans.end - known).days if known else None, is_dead,
    )  # fmt: skip


BANDS = (7, 14, 30, 60, 90)
"""Days of cover up to which articles are counted together; then those that last longer, then those without sales."""


def bands(found: Iterable[ArticleNow]) -> list[tuple[int | None, int, Decimal]]:
    """Articles and their value by days of cover: (up to these days, articles, value).

    -1 stands for longer than the last band, None for articles that sold nothing.
    """
    counted: dict[int | None, tuple[int, Decimal]] = dict.fromkeys((*BANDS, -1, None), (0, NO))
    for article in found:
        band = next((b for b in BANDS if article.cover is not None and article.cover <= b), -1)
        key = None if article.cover is None else band
        number, value = counted[key]
        counted[key] = (number + 1, value + (article.value or NO))
    return [(band, *counts) for band, counts in counted.items()]
