"""The verbs of tax: set a dated rate, end it, take a wrong one away."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import audit, caching, locks, settings
from app.core.actor import Actor
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import after_commit, unit_of_work
from app.events.tax import TaxRatesChanged
from app.regions.models import Country
from app.regions.settings import RegionSettings
from app.tax import queries
from app.tax.errors import LastHomeRate, OverlappingRates
from app.tax.models import TAX_CLASSES, TaxRate


def _changed(session: Session, *countries: str) -> None:
    after_commit(session, lambda: caching.purge(queries.OWNER))
    publish(session, TaxRatesChanged(tuple(sorted(set(countries)))))


def _values(row: TaxRate) -> dict[str, Any]:
    return {
        "country": row.country, "tax_class": row.tax_class, "rate": row.rate,
        "valid_from": row.valid_from, "valid_until": row.valid_until,
    }  # fmt: skip


def set_rate(
    session: Session,
    *,
    country: str,
    tax_class: str,
    rate: Decimal,
    valid_from: date,
    valid_until: date | None = None,
    rate_id: int | None = None,
    actor: Actor,
) -> TaxRate:
    """Add a rate in percent, or change the one with `rate_id`; both days are included.

    Raises:
        InvalidFields: naming each wrong field. OverlappingRates: another rate holds in this time.
        LastHomeRate: the change would leave the home country without a standard rate.
    """
    _check(session, country, tax_class, rate, valid_from, valid_until)
    with unit_of_work(session):
        locks.advisory(session, "tax.rates")
        row = locks.row(session, TaxRate, rate_id) if rate_id is not None else TaxRate()
        before = _values(row) if rate_id is not None else None
        _refuse_overlap(session, rate_id, country, tax_class, valid_from, valid_until)
        was = row.country
        row.country, row.tax_class, row.rate = country, tax_class, rate
        row.valid_from, row.valid_until = valid_from, valid_until
        session.add(row)
        session.flush()
        _refuse_nothing_at_home(session)
        _changed(session, *{country, was or country})
        audit.record(
            session, actor=actor, action="tax.set", entity="tax_rate", entity_id=row.id,
            before=before, after=_values(row),
        )  # fmt: skip
    return row


def remove_rate(session: Session, *, rate_id: int, actor: Actor) -> None:
    """Take away a rate that was a mistake. To end one, give it a last day instead.

    Raises:
        NotFound: there is none. LastHomeRate: nothing changes then.
    """
    with unit_of_work(session):
        locks.advisory(session, "tax.rates")
        row = locks.row(session, TaxRate, rate_id)
        before = _values(row)
        session.delete(row)
        session.flush()
        _refuse_nothing_at_home(session)
        _changed(session, before["country"])
        audit.record(
            session, actor=actor, action="tax.remove", entity="tax_rate", entity_id=rate_id, before=before
        )


def _check(
    session: Session,
    country: str | None,
    tax_class: str,
    rate: Decimal | None,
    valid_from: date | None,
    valid_until: date | None,
) -> None:
    errors: dict[str, Any] = {}
    if country is None or len(country) != 2 or session.get(Country, country) is None:
        errors["country"] = _l("Please choose a country from the list.")
    if tax_class not in TAX_CLASSES:
        errors["tax_class"] = _l("Please choose a tax class.")
    if rate is None or not rate.is_finite() or not 0 <= rate < 100 or rate != round(rate, 3):
        errors["rate"] = _l("Please enter a percentage from 0 to 99.999.")
    if valid_from is None:
        errors["valid_from"] = _l("Please enter a day.")
    elif valid_until is not None and valid_until < valid_from:
        errors["valid_until"] = _l("The last day must not be before the first.")
    if errors:
        raise InvalidFields(errors)


def _refuse_overlap(
    session: Session, rate_id: int | None, country: str, tax_class: str, start: date, end: date | None
) -> None:
    query = select(TaxRate).where(
        TaxRate.country == country,
        TaxRate.tax_class == tax_class,
        or_(TaxRate.valid_until.is_(None), TaxRate.valid_until >= start),
    )
    if end is not None:
        query = query.where(TaxRate.valid_from <= end)
    if rate_id is not None:
        query = query.where(TaxRate.id != rate_id)
    other = session.scalar(query.limit(1))
    if other is not None:
        raise OverlappingRates(rate=f"{other.rate.normalize():f}", start=other.valid_from.isoformat())


def _refuse_nothing_at_home(session: Session) -> None:
    home = settings.get(session, RegionSettings).home_country
    query = select(TaxRate.id).where(
        TaxRate.country == home, TaxRate.tax_class == "standard", TaxRate.valid_until.is_(None)
    )
    if session.scalar(query.limit(1)) is None:
        raise LastHomeRate()
