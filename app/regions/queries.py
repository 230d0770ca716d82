"""Reads of countries, currencies and rates. Small tables, cached until they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import caching, settings
from app.core.clock import today
from app.regions.errors import NoRate
from app.regions.models import Country, Currency
from app.regions.rules import CountryChoice, RateInfo, alphabetical, country_name
from app.regions.settings import RegionSettings

OWNER = "regions"


@dataclass(frozen=True, slots=True)
class _StoredRate:
    rate: Decimal
    on: date
    manual: bool


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Everything in this package's tables that a page needs, loaded at once."""

    countries: tuple[tuple[str, bool], ...]
    currencies: tuple[str, ...]
    rates: Mapping[str, _StoredRate]


_LATEST = text(
    """SELECT DISTINCT ON (currency) currency, rate, date, manual FROM regions_rate
        ORDER BY currency, manual DESC, date DESC"""
)


def table(session: Session) -> RegionTable:
    """The cached table; purged by every operation of this package."""
    return caching.cached(OWNER, "table", lambda: _load(session), ttl=300)


def _load(session: Session) -> RegionTable:
    countries = session.execute(
        select(Country.code, Country.in_eu).where(Country.is_enabled).order_by(Country.code)
    )
    currencies = session.scalars(
        select(Currency.code).where(Currency.is_enabled).order_by(Currency.position, Currency.code)
    )
    rates = {row.currency: _StoredRate(row.rate, row.date, row.manual) for row in session.execute(_LATEST)}
    return RegionTable(tuple((c, eu) for c, eu in countries), tuple(currencies), rates)


def base_currency(session: Session) -> str:
    """The currency prices are kept in."""
    return settings.get(session, RegionSettings).base_currency


def enabled_currencies(session: Session) -> list[str]:
    """Currencies a customer may choose, in the order they are offered; at least the base currency.

    A currency without a rate is left out: a price in it could not be told.
    """
    base, found = base_currency(session), table(session)
    usable = [code for code in found.currencies if code == base or code in found.rates]
    return usable or [base]


def countries(session: Session, language: str = "en") -> list[CountryChoice]:
    """Countries the shop serves, with names in a language and in its alphabetical order."""
    return list(_named(table(session).countries, language))


@lru_cache(maxsize=32)
def _named(served: tuple[tuple[str, bool], ...], language: str) -> tuple[CountryChoice, ...]:
    found = [CountryChoice(code, country_name(code, language), eu) for code, eu in served]
    return tuple(sorted(found, key=lambda choice: alphabetical(choice.name)))


def is_known(session: Session, country: str) -> bool:
    """True for a country there is, whether the shop serves it or not."""
    return session.scalar(select(Country.code).where(Country.code == country)) is not None


def is_served(session: Session, country: str) -> bool:
    """True for a country an order may go to."""
    return any(code == country for code, _eu in table(session).countries)


def is_eu(session: Session, country: str) -> bool:
    """True for a member state of the EU that the shop serves."""
    return any(code == country and eu for code, eu in table(session).countries)


def rate_info(session: Session, currency: str) -> RateInfo:
    """The rate in use now: a manual one if there is one, else the newest; flagged when stale.

    Raises:
        NoRate: when none is known.
    """
    mine = settings.get(session, RegionSettings)
    if currency == mine.base_currency:
        return RateInfo(currency, Decimal(1), today(), False, False)
    stored = table(session).rates.get(currency)
    if stored is None:
        raise NoRate(currency=currency)
    stale = not stored.manual and stored.on < today() - timedelta(days=mine.stale_days)
    return RateInfo(currency, stored.rate, stored.on, stored.manual, stale)


def rate(session: Session, currency: str) -> Decimal:
    """Units of `currency` for one unit of the base currency.

    Raises:
        NoRate: when none is known.
    """
    return rate_info(session, currency).rate


def stale_currencies(session: Session) -> list[RateInfo]:
    """Enabled currencies whose rate is older than it should be; for the back office."""
    infos = [rate_info(session, code) for code in enabled_currencies(session)]
    return [info for info in infos if info.is_stale]


def is_fetch_due(session: Session) -> bool:
    """True when an enabled currency has no imported rate of today; the bank publishes at 16:00 CET."""
    stored, base = table(session).rates, base_currency(session)
    return any(
        code != base and not (code in stored and (stored[code].manual or stored[code].on >= today()))
        for code in table(session).currencies
    )
