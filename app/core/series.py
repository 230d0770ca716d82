"""Gapless numbers (orders, invoices): a row per series and year, locked until the commit.

Take the number as late as possible in the transaction: the next taker waits for this commit.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base
from app.core.unit_of_work import in_unit


class Series(Base):
    """The last number given out in one series and year."""

    __tablename__ = "core_series"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)


def take(session: Session, name: str, year: int) -> int:
    """The next number, starting at 1. A rolled back transaction gives its number back."""
    if not in_unit(session):
        raise RuntimeError("a number can only be taken inside a unit of work")
    statement = insert(Series).values(name=name, year=year, last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["name", "year"], set_={"last": Series.last + 1}
    )
    return int(session.scalars(statement.returning(Series.last)).one())


def take_many(session: Session, name: str, year: int, count: int) -> range:
    """The next `count` numbers at once, for what is written in bulk. Locked and given back as by `take`."""
    if not in_unit(session):
        raise RuntimeError("a number can only be taken inside a unit of work")
    statement = insert(Series).values(name=name, year=year, last=count)
    statement = statement.on_conflict_do_update(
        index_elements=["name", "year"], set_={"last": Series.last + count}
    )
    last = int(session.scalars(statement.returning(Series.last)).one())
    return range(last - count + 1, last + 1)
