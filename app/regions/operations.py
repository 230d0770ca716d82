"""The verbs of regions: import rates, set one by hand, enable currencies and countries."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.core import audit, caching, locks
from app.core.actor import Actor
from app.core.clock import today, utcnow
from app.core.errors import Invalid
from app.core.i18n import _l
from app.core.money import MoneyError, exponent
from app.core.outbox import publish
from app.core.unit_of_work import after_commit, unit_of_work
from app.events.regions import RatesChanged, RegionsChanged
from app.regions import queries
from app.regions.errors import BadRates, UnknownCountry, UnknownCurrency
from app.regions.models import Country, Currency, ExchangeRate
from app.regions.rules import DayRate, UnreadableRates, read_rates


def _changed(session: Session, *currencies: str) -> None:
    after_commit(session, lambda: caching.purge(queries.OWNER))
    if currencies:
        publish(session, RatesChanged(tuple(sorted(set(currencies))), utcnow()))


def _offered(session: Session, code: str) -> None:
    after_commit(session, lambda: caching.purge(queries.OWNER))
    publish(session, RegionsChanged((code,)))


def import_rates(session: Session, *, data: bytes, actor: Actor) -> int:
    """Take in a file of the European Central Bank (XML or CSV). Returns how many rates were kept.

    Only currencies the shop knows are kept; a rate for the same day is replaced. Rates are against
    the euro, so the base currency has to be the euro.

    Raises:
        BadRates: when the file cannot be read; nothing changes then.
    """
    try:
        found = read_rates(data)
    except UnreadableRates as wrong:
        raise BadRates(problem=str(wrong)) from wrong
    with unit_of_work(session):
        if queries.base_currency(session) != "EUR":
            raise BadRates(problem="EUR")
        known = set(session.scalars(select(Currency.code)))
        kept = {(r.currency, r.on): r for r in found if r.currency in known and r.on <= today()}
        _store(session, list(kept.values()))
        _changed(session, *{r.currency for r in kept.values()})
        audit.record(
            session, actor=actor, action="rates.import", entity="regions_rate", entity_id="ecb",
            after={"rates": len(kept), "newest": max((r.on for r in kept.values()), default=None)},
        )  # fmt: skip
    return len(kept)


_STORE = text(
    """INSERT INTO regions_rate (currency, date, rate, manual)
       SELECT c, d, r, false FROM unnest(CAST(:currencies AS text[]), CAST(:days AS date[]),
                                         CAST(:rates AS numeric[])) AS n (c, d, r)
       ON CONFLICT (currency, date, manual) DO UPDATE SET rate = excluded.rate"""
)


def _store(session: Session, rates: list[DayRate]) -> None:
    """Twenty-seven years of rates are some 150,000 rows: three arrays a statement, not a value list."""
    for start in range(0, len(rates), 20_000):
        batch = rates[start : start + 20_000]
        values = {
            "currencies": [r.currency for r in batch], "days": [r.on for r in batch], "rates": [r.rate for r in batch],
        }  # fmt: skip
        session.execute(_STORE, values)


def set_manual_rate(session: Session, *, currency: str, rate: Decimal | None, actor: Actor) -> None:
    """Fix a rate by hand; it wins over imported ones until it is removed with None.

    Raises:
        UnknownCurrency, Invalid: nothing changes then.
    """
    if rate is not None and not (rate.is_finite() and Decimal("0.00000001") <= rate < Decimal(1_000_000_000)):
        raise Invalid(_l("Please enter a rate above zero."), field="rate")
    with unit_of_work(session):
        if session.get(Currency, currency) is None or currency == queries.base_currency(session):
            raise UnknownCurrency()
        before = session.scalar(
            select(ExchangeRate.rate).where(ExchangeRate.currency == currency, ExchangeRate.manual)
        )
        session.execute(delete(ExchangeRate).where(ExchangeRate.currency == currency, ExchangeRate.manual))
        if rate is not None:
            session.add(ExchangeRate(currency=currency, date=today(), rate=rate, manual=True))
        _changed(session, currency)
        audit.record(
            session, actor=actor, action="rates.manual", entity="regions_rate", entity_id=currency,
            before={"rate": before}, after={"rate": rate},
        )  # fmt: skip


def put_manual_rate(
    session: Session, *, currency: str | None, rate: Decimal | None, actor: Actor
) -> ExchangeRate:
    """Fix a rate by hand from a form.

    Raises:
        UnknownCurrency, Invalid: nothing changes then.
    """
    if rate is None:
        raise Invalid(_l("Please enter a rate above zero."), field="rate")
    with unit_of_work(session):
        set_manual_rate(session, currency=currency or "", rate=rate, actor=actor)
        query = select(ExchangeRate).where(ExchangeRate.currency == currency, ExchangeRate.manual)
        return session.scalars(query).one()


def drop_manual_rate(session: Session, *, rate_id: int, actor: Actor) -> None:
    """Remove a rate that was set by hand; the newest imported one counts again.

    Raises:
        NotFound: there is none. Invalid: it was imported; those stay as a record.
    """
    with unit_of_work(session):
        row = locks.row(session, ExchangeRate, rate_id)
        if not row.manual:
            raise Invalid(_l("Imported rates stay. Only one that was set by hand can be removed."))
        set_manual_rate(session, currency=row.currency, rate=None, actor=actor)


def set_currency(
    session: Session, *, code: str, is_enabled: bool, actor: Actor, position: int | None = None
) -> None:
    """Offer a currency to customers, or stop offering it. The base currency stays enabled.

    Raises:
        UnknownCurrency: for anything that is not in ISO 4217.
    """
    try:
        decimals = exponent(code)
    except (MoneyError, TypeError) as wrong:
        raise UnknownCurrency() from wrong
    with unit_of_work(session):
        if not is_enabled and code == queries.base_currency(session):
            raise Invalid(_l("The base currency cannot be switched off."), field="is_enabled")
        row = session.get(Currency, code, with_for_update=True)
        before = {"is_enabled": row.is_enabled} if row else None
        if row is None:
            row = Currency(code=code, exponent=decimals)
            session.add(row)
        row.is_enabled = is_enabled
        if position is not None:
            row.position = position
        _offered(session, code)
        audit.record(
            session, actor=actor, action="currency.set", entity="regions_currency", entity_id=code,
            before=before, after={"is_enabled": is_enabled},
        )  # fmt: skip


def set_country(session: Session, *, code: str, is_enabled: bool, actor: Actor) -> None:
    """Serve a country, or stop serving it.

    Raises:
        UnknownCountry: when there is no such code.
    """
    with unit_of_work(session):
        row = session.get(Country, code, with_for_update=True) if len(code) == 2 else None
        if row is None:
            raise UnknownCountry()
        before, row.is_enabled = row.is_enabled, is_enabled
        _offered(session, code)
        audit.record(
            session, actor=actor, action="country.set", entity="regions_country", entity_id=code,
            before={"is_enabled": before}, after={"is_enabled": is_enabled},
        )  # fmt: skip
