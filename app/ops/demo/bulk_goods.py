"""What is bought in a demo of very many orders: articles in every language and currency, priced and taxed once each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from sqlalchemy.orm import Session

from app.catalog.queries import VariantCard, attribute_book, variant_cards
from app.core.money import Money, TaxedMoney
from app.ops.demo.tastes import Tastes, liked
from app.orders.operations import PastLine, PastShipping
from app.pricing.queries import prices_for
from app.regions import queries as regions
from app.shipping.queries import load_shipping_table
from app.shipping.rules import Parcel, ShippingTable, rates, volume_cm3
from app.tax.queries import load_tax_table
from app.tax.rules import TaxTable, largest_share, untaxed, without_tax

LANGUAGES = ("en", "fr", "nl", "de", "es")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order goes; everything that prices and taxes depend on."""

    country: str
    postcode: str
    currency: str
    language: str


@dataclass
class Shelf:
    """The articles people like, and all it takes to sell them."""

    session: Session
    on: date
    tastes: Tastes = field(default_factory=Tastes)
    cards: dict[str, dict[int, VariantCard]] = field(default_factory=dict)
    prices: dict[str, dict[int, Money]] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(default_factory=dict)
    _lines: dict[tuple[int, int, str, str, bool, str], PastLine] = field(default_factory=dict)
    _shipping: dict[tuple[Place, int, int, Decimal, str], list[PastShipping]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        goods = liked(self.session)
        ids = [one.variant_id for one in goods]
        self.cards = {language: variant_cards(self.session, ids, language) for language in LANGUAGES}
        for currency in regions.enabled_currencies(self.session):
            found = prices_for(self.session, ids, currency)
            self.prices[currency] = {variant_id: known.price for variant_id, known in found.items()}
            self.rates[currency] = regions.rate(self.session, currency)
        priced = set.intersection(*(set(known) for known in self.prices.values()))
        self.tastes = Tastes.of(one for one in goods if one.variant_id in priced)

    @cached_property
    def taxes(self) -> TaxTable:
        """The shop's own table of VAT."""
        return load_tax_table(self.session)

    @cached_property
    def ways(self) -> ShippingTable:
        """The shop's own ways to ship."""
        return load_shipping_table(self.session)

    def line(self, variant_id: int, quantity: int, place: Place) -> PastLine:
        """A line as a quote makes it: VAT of where it goes, or the net price where it leaves the EU's VAT area."""
        is_export = self.taxes.is_export(place.country, place.postcode)
        key = (variant_id, quantity, place.country, place.currency, is_export, place.language)
        made = self._lines.get(key)
        if made is None:
            made = self._lines[key] = self._line(variant_id, quantity, place, is_export)
        return made

    def _line(self, variant_id: int, quantity: int, place: Place, is_export: bool) -> PastLine:
        card = self.cards[place.language][variant_id]
        unit = self.prices[place.currency][variant_id]
        if is_export:
            unit = without_tax(unit, self.taxes.rate(self.taxes.home, card.tax_class, self.on))
            taxed = untaxed(unit * quantity)
        else:
            rate = self.taxes.rate(place.country, card.tax_class, self.on)
            taxed = TaxedMoney.from_gross(unit * quantity, rate)
        return PastLine(
            card.product_id, variant_id, card.sku, card.name, quantity, unit.amount, card.tax_class, taxed.rate,
            taxed.net.amount, taxed.tax.amount, taxed.gross.amount, self._options(card, place.language), card.slug,
            None if card.image is None else json.dumps(asdict(card.image)), card.weight_g,
        )  # fmt: skip

    def _options(self, card: VariantCard, language: str) -> str:
        known = attribute_book(self.session).attributes
        codes = sorted((known[code].position, code) for code in card.options if code in known)
        said = {known[c].name_in(language): known[c].value_in(card.options[c], language) for _, c in codes}
        return json.dumps(said)

    def shipping(self, lines: tuple[PastLine, ...], place: Place) -> list[PastShipping]:
        """The ways an order can be sent, priced and taxed as a quote does it; none where nothing fits."""
        shown = self.cards[place.language]
        weight = sum(line.weight_g * line.quantity for line in lines)
        room = volume_cm3(sum(shown[line.variant_id].volume_mm3 * line.quantity for line in lines))
        goods = sum((line.gross for line in lines), Decimal(0))
        main = self._main(lines, place)
        # weight and room in steps, so that orders share their answers; never below what it is
        weight, room = -(-weight // 250) * 250, -(-room // 1000) * 1000
        key = (place, weight, room, goods, main)
        known = self._shipping.get(key)
        if known is None:
            if len(self._shipping) > 100_000:
                self._shipping.clear()
            parcel = Parcel(weight, Money(goods, place.currency), place.country, place.postcode, room)
            known = self._shipping[key] = self._ways(parcel, place, main)
        return known

    def _ways(self, parcel: Parcel, place: Place, main: str) -> list[PastShipping]:
        is_export = self.taxes.is_export(place.country, place.postcode)
        where = self.taxes.home if is_export else place.country
        rate = self.taxes.rate(where, main, self.on)
        found = []
        for way in rates(self.ways, parcel, place.language):
            is_free = way.free_over is not None and parcel.value >= way.free_over
            price = Money.zero(place.currency) if is_free else way.price
            cost = untaxed(without_tax(price, rate)) if is_export else TaxedMoney.from_gross(price, rate)
            amounts = (cost.net.amount, cost.tax.amount, cost.gross.amount, cost.rate)
            found.append(PastShipping(way.code, way.name, *amounts))
        return found

    def _main(self, lines: tuple[PastLine, ...], place: Place) -> str:
        """The class of goods with the largest share of the value: shipping is taxed like it."""
        classes = {line.tax_class for line in lines}
        if len(classes) == 1:
            return classes.pop()
        values: dict[str, Money] = {}
        for line in lines:
            before = values.get(line.tax_class, Money.zero(place.currency))
            values[line.tax_class] = before + Money(line.gross, place.currency)
        is_export = self.taxes.is_export(place.country, place.postcode)
        where = self.taxes.home if is_export else place.country
        return largest_share(values, {c: self.taxes.rate(where, c, self.on) for c in values}, place.currency)
