"""Which ways to ship fit a basket and a destination, and which one wins where they overlap. Pure.

For each method code the nearest zone decides, alone: a matching postcode prefix (the longer the
nearer) beats the country, the country beats "*". If no row of the nearest zone fits weight and value,
the method is not offered. Where several rows of that zone fit, the first by position wins, then the
cheaper, then the older one.
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
    min_value: Decimal = Decimal(0)
    max_value: Decimal | None = None
    free_over: Decimal | None = None
    days_min: int = 1
    days_max: int = 3
    position: int = 100
    names: Mapping[str, str] = field(default_factory=dict)

    def carries(self, weight_g: int) -> bool:
        """True for a weight inside the bounds."""
        return self.min_weight <= weight_g and (self.max_weight is None or weight_g < self.max_weight)

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
    """What is to be shipped: weight of everything, value of the goods after discounts, and where to."""

    weight_g: int
    value: Money
    country: str
    postcode: str = ""


def plain_postcode(postcode: str) -> str:
    """A postcode as prefixes are compared: capitals, without blanks and hyphens."""
    return "".join(letter for letter in postcode.upper() if letter.isalnum())


def fitting(table: ShippingTable, parcel: Parcel) -> list[MethodRow]:
    """The winning row of each method code that fits, in the order they are offered."""
    near: dict[str, tuple[int, list[MethodRow]]] = {}
    for method in table.methods:
        nearness = method.zone.nearness(parcel.country, parcel.postcode)
        best, rows = near.get(method.code, (0, []))
        if nearness and nearness > best:
            near[method.code] = (nearness, [method])
        elif nearness and nearness == best:
            rows.append(method)
    winners = []
    for _nearness, rows in near.values():
        fits = [
            row
            for row in rows
            if row.carries(parcel.weight_g) and row.fits_value(parcel.value, table.conversion)
        ]
        if fits:
            winners.append(min(fits, key=_order))
    return sorted(winners, key=_order)


def _order(row: MethodRow) -> tuple[int, Decimal, int]:
    return row.position, row.price, row.id


def why(row: MethodRow, parcel: Parcel) -> str:
    """Which rule won, for the explanation of a quote: "be: BE, 1200 g"."""
    return (
        f"{row.zone.code}: {parcel.country} {plain_postcode(parcel.postcode)}".rstrip()
        + f", {parcel.weight_g} g"
    )


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
        or apart(one.min_value, other.max_value)
        or apart(other.min_value, one.max_value)
    )
