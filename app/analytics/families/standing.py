"""What every answer says of itself: time zone, currency, and up to when it knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.analytics.models import State
from app.analytics.settings import AnalyticsSettings
from app.core import settings
from app.core.clock import utcnow
from app.core.money import Money
from app.core.outbox import OutboxRow
from app.regions.queries import base_currency

SHARED = "analytics.standing"
HANDLER = "app.analytics.handlers.record_order"


@dataclass(frozen=True, slots=True)
class Standing:
    """How the facts stand now."""

    timezone: str
    base: str
    as_of: datetime


@contextmanager
def at_one_moment(session: Session) -> Iterator[None]:
    """All answers given inside stand as the first of them does: how the facts stand is read once."""
    session.info[SHARED] = None
    try:
        yield
    finally:
        session.info.pop(SHARED, None)


def standing(session: Session) -> Standing:
    """The time zone facts are counted in, the base currency, and the moment up to which all is known: now, or when
    the oldest announcement was made that has not been taken in yet (index ix_core_outbox_due)."""
    shared: Standing | None = session.info.get(SHARED)
    if shared is None:
        shared = _read(session)
        if SHARED in session.info:
            session.info[SHARED] = shared
    return shared


def _read(session: Session) -> Standing:
    waiting = (
        select(func.min(OutboxRow.created_at))
        .where(OutboxRow.handler == HANDLER, OutboxRow.done_at.is_(None), ~OutboxRow.dead)
        .scalar_subquery()
    )
    zone = select(State.timezone).where(State.id == 1).scalar_subquery()
    oldest, known = session.execute(select(waiting, zone)).one()
    return Standing(
        known or settings.get(session, AnalyticsSettings).timezone, base_currency(session), oldest or utcnow()
    )


def rounded(value: Decimal, currency: str) -> Decimal:
    """An amount at the decimals of its currency, half up."""
    return Money.rounded(value, currency).amount
