"""Pure rules of stock figures: what lay where at the end of a day, what it was worth, how long it lasts.

The level of a past day is the level of now less everything that moved since, because levels are the sum of their
movements. Nothing here reads the database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

YEAR_DAYS = 365
DAY = timedelta(days=1)
NO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened to one stock row on one day.

    `sold` is sales less returns, `taken_in` what came otherwise, `has_sale` whether anything was sold at all.
    """

    day: date
    net: int
    sold: int = 0
    taken_in: int = 0
    has_sale: bool = False


@dataclass(frozen=True, slots=True)
class CostFrom:
    """What a piece costs from a day on."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Segment:
    """Days `start` to `end` (both included) at whose end the same number of pieces lay there at the same cost."""

    start: date
    end: date
    units: int
    cost: Decimal | None

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def value(self) -> Decimal:
        """What lay there was worth; nothing is known, and zero is said, without a cost."""
        return NO if self.cost is None else self.cost * self.units


@dataclass(frozen=True, slots=True)
class Place:
    """One article in one warehouse, as it is now, with what moved (by day) and what it costs.

    `keys` names it in each dimension. `since` is the day of its first movement, `last_sale` that of its latest sale
    before `moves` begin, where they were asked for.
    """

    variant_id: int
    keys: Mapping[str, str]
    on_hand: int
    moves: Sequence[Moved] = ()
    costs: Sequence[CostFrom] = ()
    price: Decimal | None = None
    is_sold: bool = True
    is_low: bool = False
    is_out: bool = False
    since: date | None = None
    last_sale: date | None = None
    stock_id: int = 0

    def cost_on(self, day: date) -> Decimal | None:
        """What a piece cost on a day; None where it is not known."""
        at = bisect_right(self.costs, day, key=lambda cost: cost.day)
        return self.costs[at - 1].amount if at else None

    def units_on(self, day: date) -> int:
        """Pieces at the end of a day."""
        return self.on_hand - sum(move.net for move in self.moves if move.day > day)

    def sold_between(self, start: date, end: date) -> int:
        """Pieces sold less pieces that came back, both days included."""
        return sum(move.sold for move in self.moves if start <= move.day <= end)

    def taken_in_between(self, start: date, end: date) -> int:
        """Pieces that came by delivery or count, both days included."""
        return sum(move.taken_in for move in self.moves if start <= move.day <= end)

    def cost_of_sales(self, start: date, end: date) -> Decimal:
        """What the pieces sold had cost, each at the cost of its day; unknown costs count nothing."""
        sold = ((move.sold, self.cost_on(move.day)) for move in self.moves if start <= move.day <= end)
        return sum((cost * pieces for pieces, cost in sold if cost is not None), NO)

    def sold_last(self, end: date) -> date | None:
        """The day of its latest sale until `end`; None where there was none."""
        days = [move.day for move in self.moves if move.has_sale and move.day <= end]
        return max(days) if days else self.last_sale

    def segments(self, start: date, end: date) -> Iterator[Segment]:
        """The days from `start` to `end` in stretches without change, in order."""
        turns = {move.day for move in self.moves} | {cost.day for cost in self.costs}
        starts = [start, *sorted(day for day in turns if start < day <= end)]
        nets = {move.day: 0 for move in self.moves}
        for move in self.moves:
            nets[move.day] += move.net
        units = self.units_on(start)
        for number, first in enumerate(starts):
            if number:
                units += nets.get(first, 0)
            last = starts[number + 1] - DAY if number + 1 < len(starts) else end
            yield Segment(first, last, units, self.cost_on(first))

    def empty_days(self, start: date, end: date) -> int:
        """Days from `start` to `end` on which nothing lay there from midnight to midnight, since its first movement."""
        if self.since is None or not self.is_sold:
            return 0
        first = max(start, self.since + DAY)
        if first > end:
            return 0
        moved = {move.day for move in self.moves}
        empty = (s for s in self.segments(first, end) if s.units == 0)
        return sum(segment.days - (1 if segment.start in moved else 0) for segment in empty)


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
    def days(self) -> int:
        """Days of the period."""
        return (self.end - self.start).days + 1

    @property
    def demand_from(self) -> date:
        """The first day whose sales count as demand."""
        return self.end - timedelta(days=self.demand_days - 1)

    @property
    def dead_from(self) -> date:
        """What has not sold from this day on is dead."""
        return self.end - timedelta(days=self.dead_days - 1)


def add_up(places: Iterable[Place], spans: Spans, by: str = "") -> dict[str, Sums]:
    """Sums of the places by a dimension ("" for all of them together, under the key "")."""
    every = list(places)
    selling = {p.variant_id for p in every if p.sold_between(spans.demand_from, spans.end) > 0}
    dead = dead_articles(every, spans)
    groups: dict[str, Sums] = {}
    for place in every:
        _add(groups.setdefault(place.keys[by] if by else "", Sums()), place, spans, selling, dead)
    return groups


def _add(sums: Sums, place: Place, spans: Spans, selling: set[int], dead: set[int]) -> None:
    units, cost = place.units_on(spans.end), place.cost_on(spans.end)
    sold = place.sold_between(spans.start, spans.end)
    sums.units += units
    sums.value += NO if cost is None else cost * units
    sums.retail += NO if place.price is None else place.price * units
    sums.value_days += sum((s.value * s.days for s in place.segments(spans.start, spans.end)), NO)
    sums.cost_of_sales += place.cost_of_sales(spans.start, spans.end)
    sums.sold += sold
    sums.offered += place.units_on(spans.start - DAY) + place.taken_in_between(spans.start, spans.end)
    sums.low += place.is_low
    sums.out += place.is_out
    sums.empty_days += place.empty_days(spans.start, min(spans.end, spans.whole_until or spans.end))
    if place.variant_id in selling:
        sums.demand += place.sold_between(spans.demand_from, spans.end)
        sums.covered += units
    if place.variant_id in dead and cost is not None:
        sums.dead_value += cost * units
    if units and cost is None:
        sums.without_cost.add(place.variant_id)


def dead_articles(places: Iterable[Place], spans: Spans) -> set[int]:
    """Articles that were there before the dead days began and sold nothing in them, in no warehouse."""
    there, sold = set(), set()
    for place in places:
        if place.since is not None and place.since < spans.dead_from:
            there.add(place.variant_id)
        last_sale = place.sold_last(spans.end)
        if last_sale is not None and last_sale >= spans.dead_from:
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
    return _rounded(Decimal(100 * sold) / offered, 2) if offered > 0 else NO


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


def over_time(places: Iterable[Place], start: date, end: date, step: str) -> dict[str, AtEnd]:
    """Units and values at the end of each day, or of the last day of each week or month, in order."""
    days = (end - start).days + 1
    units, value, retail = [0] * (days + 1), [NO] * (days + 1), [NO] * (days + 1)
    for place in places:
        price = place.price or NO
        for segment in place.segments(start, end):
            first, after = (segment.start - start).days, (segment.end - start).days + 1
            units[first] += segment.units
            units[after] -= segment.units
            value[first] += segment.value
            value[after] -= segment.value
            retail[first] += price * segment.units
            retail[after] -= price * segment.units
    found: dict[str, AtEnd] = {}
    now = AtEnd(0, NO, NO)
    for number in range(days):
        now = AtEnd(now.units + units[number], now.value + value[number], now.retail + retail[number])
        found[bucket(start + timedelta(days=number), step)] = now
    return found


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
    by_article: dict[int, list[Place]] = {}
    for place in places:
        by_article.setdefault(place.variant_id, []).append(place)
    dead = dead_articles((place for mine in by_article.values() for place in mine), spans)
    return [_article(v, mine, spans, v in dead) for v, mine in by_article.items() if _units(mine, spans) > 0]


def _units(mine: Sequence[Place], spans: Spans) -> int:
    return sum(place.units_on(spans.end) for place in mine)


def _article(variant_id: int, mine: Sequence[Place], spans: Spans, is_dead: bool) -> ArticleNow:
    units = _units(mine, spans)
    demand = sum(place.sold_between(spans.demand_from, spans.end) for place in mine)
    cost = mine[0].cost_on(spans.end)
    sales = [day for place in mine if (day := place.sold_last(spans.end)) is not None]
    first = [place.since for place in mine if place.since is not None]
    known = max(sales) if sales else min(first, default=None)
    return ArticleNow(
        variant_id, mine[0].stock_id, units, None if cost is None else cost * units,
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
