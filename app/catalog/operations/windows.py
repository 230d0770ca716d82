"""Products whose publication window opened or closed: nobody wrote anything, yet the shop changes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.models import Mark, Product
from app.core import locks
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.catalog import ProductsChanged

MARK = "windows"
FIRST_LOOK = timedelta(days=1)
BATCH = 500


def announce_window_crossings(session: Session) -> int:
    """Announce published products whose window opened or closed since the last time. Returns how many.

    How far it came is written with the announcement, so that a moment is never missed and never
    announced twice, however late or often this runs.
    """
    with unit_of_work(session):
        locks.advisory(session, "catalog.windows")
        now = utcnow()
        since = session.scalar(select(Mark.at).where(Mark.name == MARK)) or now - FIRST_LOOK
        crossed = or_(
            and_(Product.published_from > since, Product.published_from <= now),
            and_(Product.published_until > since, Product.published_until <= now),
        )
        query = select(Product.id).where(Product.state == "published", crossed).order_by(Product.id)
        ids = list(session.scalars(query))
        for start in range(0, len(ids), BATCH):
            publish(session, ProductsChanged(tuple(ids[start : start + BATCH])))
        upsert = insert(Mark).values(name=MARK, at=now)
        session.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"at": now}))
    return len(ids)
