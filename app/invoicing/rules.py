"""Pure rules of invoices: journals and numbers, VAT by rate, how a refund spreads over the rates.

Sources: Directive 2006/112/EC articles 219, 220, 226 and 230; Belgian Royal Decree no. 1, article 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.core.i18n import _l
from app.core.money import Money, MoneyError, TaxedMoney, allocate, total
from app.regions.rules import EU

ZONE = ZoneInfo("Europe/Brussels")
"""Where the seller is: the date of an invoice, and the year of its number, are those of its own clock."""
UNIT_DECIMALS = Decimal("0.0001")
"""A price without VAT is rarely whole cents: four decimals let quantity times price be read again."""


class Kind(StrEnum):
    """What a document is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


JOURNALS = {Kind.INVOICE: "INV", Kind.CREDIT_NOTE: "CN"}
"""The journal of each kind, which is also how its numbers begin; each counts from 1 every year."""
KIND_LABELS = {Kind.INVOICE: _l("Invoice"), Kind.CREDIT_NOTE: _l("Credit note")}


@dataclass(frozen=True, slots=True)
class Band:
    """VAT of one rate; what is taxed differently never stands in one band."""

    rate: Decimal
    net: Money
    tax: Money
    gross: Money

    @classmethod
    def of(cls, rate: Decimal, net: Money, tax: Money) -> Band:
        """Net and VAT of a rate."""
        return cls(rate, net, tax, net + tax)


def number(journal: str, year: int, count: int) -> str:
    """The number of a document: journal, year and six digits ("INV-2026-000123"), more if needed."""
    return f"{journal}-{year}-{count:06d}"


def series(journal: str) -> str:
    """The name of a journal's series of numbers."""
    return f"invoicing:{journal}"


def local_day(moment: datetime) -> date:
    """The date of a moment by the seller's clock: 31 December 23:30 UTC is New Year in Brussels."""
    return moment.astimezone(ZONE).date()


def due_on(issued: date, is_paid: bool, days: int) -> date:
    """When the money is due: at once where it is there already."""
    return issued if is_paid else issued + timedelta(days=days)


def unit_net(price: Decimal, rate: Decimal, includes_tax: bool) -> Decimal:
    """The price of a piece without VAT: 12.10 with 21 % in it is 10.0000, 9.99 is 8.2562."""
    plain = price * 100 / (100 + rate) if includes_tax else price
    return plain.quantize(UNIT_DECIMALS, rounding=ROUND_HALF_UP)


def summary(parts: Iterable[TaxedMoney]) -> list[Band]:
    """VAT by rate, highest rate first: the parts of each rate added up, so nothing is rounded again."""
    found: dict[Decimal, list[TaxedMoney]] = {}
    for part in parts:
        found.setdefault(part.rate.normalize(), []).append(part)
    return [
        Band.of(
            rate,
            total([part.net for part in same], same[0].net.currency),
            total([part.tax for part in same], same[0].tax.currency),
        )
        for rate, same in sorted(found.items(), reverse=True)
    ]


def credit(amount: Money, left: Sequence[Band]) -> list[Band]:
    """Spread a refund over the rates in proportion to what of each is not credited yet.

    The parts add up to the amount. Each part's VAT is taken out of it at its rate and kept between
    what net and VAT have left, so that crediting everything, in however many steps, ends with nothing
    left of either. Figures: 10.00 over 60.00 at 21 % and 40.00 at 6 % is 6.00 (VAT 1.04) and 4.00
    (VAT 0.23).

    Raises:
        MoneyError: nothing is left, or less than the amount.
    """
    whole = total([band.gross for band in left], amount.currency)
    if amount > whole:
        raise MoneyError(f"{amount} is more than the {whole} that is left")
    parts = allocate(amount, [band.gross for band in left])
    return [_taken(part, band) for part, band in zip(parts, left, strict=True) if part]


def _taken(part: Money, band: Band) -> Band:
    usual = TaxedMoney.from_gross(part, band.rate).tax
    tax = min(max(usual, part - band.net), band.tax)
    return Band.of(band.rate, part - tax, tax)


def remaining(bands: Sequence[Band], credited: Iterable[Band]) -> list[Band]:
    """What is left of each rate of an invoice after its credit notes."""
    gone: dict[Decimal, tuple[Money, Money]] = {}
    for band in credited:
        net, tax = gone.get(band.rate.normalize(), (band.net - band.net, band.tax - band.tax))
        gone[band.rate.normalize()] = (net + band.net, tax + band.tax)
    return [
        Band.of(band.rate, band.net - net, band.tax - tax)
        for band in bands
        for net, tax in [gone.get(band.rate.normalize(), (band.net - band.net, band.tax - band.tax))]
    ]


def creditable(refund: Money, *, refunded: Money, captured: Money, gross: Money, credited: Money) -> Money:
    """How much of a refund is a credit on the invoice; what was paid too much only goes back.

    `refunded` and `captured` are the order's sums, `credited` what its credit notes say so far.
    Figures: an invoice of 50, paid twice (100), 60 sent back: 10 are credited.
    """
    zero = Money.zero(gross.currency)
    surplus = max(zero, captured - gross)
    return max(zero, min(refund, refunded - surplus - credited, gross - credited))


def in_euro(amount: Money, rate: Decimal) -> Money:
    """An amount in euro at the order's rate (units of its currency for one euro); article 230."""
    return amount if amount.currency == "EUR" else Money.rounded(amount.amount / rate, "EUR")


def mentions(bands: Iterable[Band], country: str) -> list[str]:
    """Codes of the sentences that VAT of nothing asks for (article 226, 11): goods that leave the EU."""
    is_untaxed = any(band.gross and not band.rate for band in bands)
    return ["export"] if is_untaxed and country not in EU else []
