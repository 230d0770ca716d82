"""Row locks, taken in one order everywhere, so that two transactions can never wait for each other.

Order of kinds (a transaction that needs several takes them in this order): cart, order, payment,
stock (by id), coupon, series. Inside one kind: ascending id.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound

R = TypeVar("R")


def row(session: Session, model: type[R], row_id: int) -> R:
    """Lock one row for update and read it afresh.

    Raises:
        NotFound: when it does not exist.
    """
    found = session.get(model, row_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound()
    return found


def rows(session: Session, model: type[R], row_ids: Iterable[int]) -> dict[int, R]:
    """Lock several rows in ascending id order and read them afresh; missing ids are left out."""
    ids = sorted(set(row_ids))
    if not ids:
        return {}
    key = model.id  # type: ignore[attr-defined]
    query = select(model).where(key.in_(ids)).order_by(key).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    return {item.id: item for item in found}  # type: ignore[attr-defined]


def advisory(session: Session, name: str) -> None:
    """Serialise a named piece of work until the end of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def try_advisory(session: Session, name: str) -> bool:
    """Like `advisory`, but answers False at once when somebody else holds it."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(name, 0)))))
