"""What must always be true of regions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.regions import queries
from app.regions.models import Currency


def enabled_currencies_have_rates(session: Session) -> list[str]:
    """Every currency that is offered can be converted into."""
    usable = set(queries.enabled_currencies(session))
    wanted = session.scalars(select(Currency.code).where(Currency.is_enabled))
    return [f"{code} is switched on, but has no exchange rate" for code in wanted if code not in usable]
