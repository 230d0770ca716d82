"""Which ways to ship fit a basket and a destination, and which one wins where they overlap. Pure.

For each method code the nearest zone decides, alone: a matching postcode prefix (the longer the
nearer) beats the country, the country beats "*". If no row of the nearest zone fits weight, volume and
value, the method is not offered. Where several rows of that zone fit, the first by position wins, then
the cheaper, then the older one. `explain` says the same of every row, in reasons.

A row with a `volume_divisor` (cm³ that count as one kilogram; carriers of parcels use 5000) is asked
with the greater of real and volumetric weight, in whole grams, rounded up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.core.money import Money
from app.pricing.rules import Conversion, Rate

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """Some countries, narrowed to postcodes that begin with one of the prefixes."""

    code: str
    name: str
    countries: frozenset[str]
    prefixes: tuple[str, ...] = ()

    def nearness(self, country: str, postcode: str) -> int:
        """0: does not match; 1: everywhere; 2: the country; above: 2 + length of the matching prefix."""
        if country in self.countries:
            near = 2
        elif EVERYWHERE in self.countries:
            near = 1
        else:
            return 0
        if not self.prefixes:
            return near
        plain = plain_postcode(postcode)
        matching = [len(prefix) for prefix in self.prefixes if plain.startswith(prefix)]
        return 2 + max(matching) if matching and plain else 0


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One way to ship into one zone. Amounts in the base currency; bounds [from, to)."""

    id: int
    code: str
    name: str
    kind: str
    zone: ZoneRow
    price: Decimal
    min_weight: int = 0
    max_weight: int | None = None
    min_volume: int = 0
    max_volume: int | None = None
    volume_divisor: int | None = None
    min_value: Decimal = Decimal(0)
    max_value: Decimal | None = None
    free_over: Decimal | None = None
    days_min: int = 1
    days_max: int = 3
    position: int = 100
    names: Mapping[str, str] = field(default_factory=dict)

    def charged_weight(self, parcel: Parcel) -> int:
        """The weight in grams that this row goes by: the real one, or that of the room it takes."""
        if self.volume_divisor is None:
            return parcel.weight_g
        return max(parcel.weight_g, volumetric_weight(parcel.volume_cm3, self.volume_divisor))

    def carries(self, weight_g: int) -> bool:
        """True for a weight inside the bounds."""
        return self.min_weight <= weight_g and (self.max_weight is None or weight_g < self.max_weight)

    def holds(self, volume_cm3: int) -> bool:
        """True for a volume inside the bounds."""
        return self.min_volume <= volume_cm3 and (self.max_volume is None or volume_cm3 < self.max_volume)

    def fits_value(self, value: Money, conversion: Conversion) -> bool:
        """True for a goods value inside the bounds, told in the currency of the value."""
        low = conversion.price(self.min_value, value.currency)
        if value < low:
            return False
        return self.max_value is None or value < conversion.price(self.max_value, value.currency)


@dataclass(frozen=True, slots=True)
class ShippingTable:
    """Every active method with its zone, and how base amounts become others."""

    home: str
    methods: tuple[MethodRow, ...]
    conversion: Conversion


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is to be shipped: weight and room of everything, value of the goods after discounts, where to."""

    weight_g: int
    value: Money
    country: str
    postcode: str = ""
    volume_cm3: int = 0


def plain_postcode(postcode: str) -> str:
    """A postcode as prefixes are compared: capitals, without blanks and hyphens."""
    return "".join(letter for letter in postcode.upper() if letter.isalnum())


def volume_cm3(mm3: int) -> int:
    """Cubic centimetres of a volume, begun ones counted whole."""
    return -(-mm3 // 1000)


def volumetric_weight(volume_cm3: int, divisor: int) -> int:
    """Grams that a volume counts for: 12,000 cm³ at 5000 cm³ a kilogram are 2400 g. Rounded up."""
    return -(-volume_cm3 * 1000 // divisor)


def _nearest(methods: Sequence[MethodRow], parcel: Parcel) -> dict[str, tuple[int, list[MethodRow]]]:
    """How near the nearest zone of each code is, and its rows."""
    near: dict[str, tuple[int, list[MethodRow]]] = {}
    for method in methods:
        nearness = method.zone.nearness(parcel.country, parcel.postcode)
        best, rows = near.get(method.code, (0, []))
        if nearness and nearness > best:
            near[method.code] = (nearness, [method])
        elif nearness and nearness == best:
            rows.append(method)
    return near


def misfit(row: MethodRow, parcel: Parcel, conversion: Conversion) -> str:
    """Which bound of a row the parcel breaks: "light", "heavy", "small", "big", "cheap", "dear"; "" if none."""
    weight = row.charged_weight(parcel)
    if not row.carries(weight):
        return "light" if weight < row.min_weight else "heavy"
    if not row.holds(parcel.volume_cm3):
        return "small" if parcel.volume_cm3 < row.min_volume else "big"
    if not row.fits_value(parcel.value, conversion):
        return "cheap" if parcel.value < conversion.price(row.min_value, parcel.value.currency) else "dear"
    return ""


def fitting(table: ShippingTable, parcel: Parcel) -> list[MethodRow]:
    """The winning row of each method code that fits, in the order they are offered."""
    winners = []
    for _nearness, rows in _nearest(table.methods, parcel).values():
        fits = [row for row in rows if not misfit(row, parcel, table.conversion)]
        if fits:
            winners.append(min(fits, key=_order))
    return sorted(winners, key=_order)


def _order(row: MethodRow) -> tuple[int, Decimal, int]:
    return row.position, row.price, row.id


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one row for a parcel, and why.

    `reason`: "won"; "elsewhere" (the zone does not reach there), "farther" (another zone of this code is
    nearer: `other`), a `misfit`, "later" (`other` fits too and comes first), or "off".
    """

    row: MethodRow
    reason: str
    other: MethodRow | None = None

    @property
    def won(self) -> bool:
        """True for the row that the customer is offered."""
        return self.reason == "won"


def explain(table: ShippingTable, parcel: Parcel, off: Sequence[MethodRow] = ()) -> list[Verdict]:
    """Every row with its reason, winners as `fitting` finds them; `off` are rows that are not offered."""
    near = _nearest(table.methods, parcel)
    winners = {row.code: row for row in fitting(table, parcel)}

    def verdict(row: MethodRow) -> Verdict:
        nearness = row.zone.nearness(parcel.country, parcel.postcode)
        if not nearness:
            return Verdict(row, "elsewhere")
        best, rows = near[row.code]
        if nearness < best:
            return Verdict(row, "farther", rows[0])
        if problem := misfit(row, parcel, table.conversion):
            return Verdict(row, problem)
        winner = winners[row.code]
        return Verdict(row, "won") if row is winner else Verdict(row, "later", winner)

    found = [*map(verdict, table.methods), *(Verdict(row, "off") for row in off)]
    return sorted(found, key=lambda v: (v.row.code, not v.won, _order(v.row)))


def why(row: MethodRow, parcel: Parcel) -> str:
    """Which rule won, for the explanation of a quote: "be: BE, 1200 g"; volumetric weight is named."""
    place = f"{row.zone.code}: {parcel.country} {plain_postcode(parcel.postcode)}".rstrip()
    charged = row.charged_weight(parcel)
    by_volume = f" ({parcel.volume_cm3} cm³ / {row.volume_divisor})" if charged > parcel.weight_g else ""
    return f"{place}, {charged} g{by_volume}"


def rates(table: ShippingTable, parcel: Parcel, language: str = "en") -> tuple[Rate, ...]:
    """Everything that may be chosen for a parcel, priced in the currency of its value."""
    currency, known = parcel.value.currency, table.conversion
    if not known.knows(currency):
        return ()
    return tuple(
        Rate(
            code=row.code,
            name=row.names.get(language) or row.name,
            kind=row.kind,
            price=known.price(row.price, currency),
            free_over=None if row.free_over is None else known.price(row.free_over, currency),
            days_min=row.days_min,
            days_max=row.days_max,
            zone=row.zone.code,
            why=why(row, parcel),
        )
        for row in fitting(table, parcel)
    )


def overlapping(methods: Sequence[MethodRow]) -> list[tuple[MethodRow, MethodRow]]:
    """Pairs of rows of one code and zone whose bounds overlap; the first of each pair wins."""
    found = []
    ordered = sorted(methods, key=_order)
    for index, one in enumerate(ordered):
        for other in ordered[index + 1 :]:
            if one.code == other.code and one.zone.code == other.zone.code and _meet(one, other):
                found.append((one, other))
    return found


def _meet(one: MethodRow, other: MethodRow) -> bool:
    def apart(low: Decimal | int, high: Decimal | int | None) -> bool:
        return high is not None and high <= low

    return not (
        apart(one.min_weight, other.max_weight)
        or apart(other.min_weight, one.max_weight)
        or apart(one.min_volume, other.max_volume)
        or apart(other.min_volume, one.max_volume)
        or apart(one.min_value, other.max_value)
        or apart(other.min_value, one.max_value)
    )
