"""Tables: searches people saw and what they chose, versions of what was learnt, and what each version says."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    func,
    text,
)  # fmt: skip
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk


class Showing(Base):
    """The first page of results a visitor saw for some words, in its order: once a visit. It goes with the visit."""

    __tablename__ = "search_showing"
    __table_args__ = (Index("uq_search_showing_visit", "visit_id", "lang", "query", unique=True),)

    id: Mapped[int] = pk()
    visit_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("analytics_visit.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Timestamp, index=True)
    lang: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text(collation="C"))
    shown: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))


class Choice(Base):
    """A product opened out of results, and whether it was then put into the bag and bought."""

    __tablename__ = "search_choice"
    __table_args__ = (CheckConstraint("place > 0", name="place"),)

    showing_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("search_showing.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(SmallInteger)
    clicked_at: Mapped[datetime] = mapped_column(Timestamp)
    added_at: Mapped[datetime | None] = mapped_column(Timestamp)
    bought_at: Mapped[datetime | None] = mapped_column(Timestamp)


class Ranking(Base):
    """One version of what was learnt: how it did on searches held back, how in shadow, and whether it ranks.

    At most one ranks (`champion`) and one waits in shadow. The table itself refuses a version that ranks, or ever
    did, without both tests passed. `judged_from` is the end of what it learnt from.
    """

    __tablename__ = "search_ranking"
    __table_args__ = (
        CheckConstraint("state IN ('shadow','champion','retired','refused')", name="state"),
        CheckConstraint("state = 'refused' OR passed_at IS NOT NULL", name="passed_offline"),
        CheckConstraint("state IN ('shadow','refused') OR proven_at IS NOT NULL", name="passed_shadow"),
        Index("uq_search_ranking_champion", "state", unique=True, postgresql_where=text("state = 'champion'")),
        Index("uq_search_ranking_shadow", "state", unique=True, postgresql_where=text("state = 'shadow'")),
    )  # fmt: skip

    id: Mapped[int] = pk()
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    recipe: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    offline: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    shadow: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    data: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    job_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    judged_from: Mapped[datetime | None] = mapped_column(Timestamp)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    passed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    proven_at: Mapped[datetime | None] = mapped_column(Timestamp)
    promoted_at: Mapped[datetime | None] = mapped_column(Timestamp)
    retired_at: Mapped[datetime | None] = mapped_column(Timestamp)

    def __str__(self) -> str:
        return str(self.id)


class Boost(Base):
    """In one version: how far a product moves for these words, and the counts that say why. Nobody is in it."""

    __tablename__ = "search_boost"

    ranking_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("search_ranking.id", ondelete="CASCADE"), primary_key=True
    )
    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    query: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    boost: Mapped[float] = mapped_column(Double)
    shown: Mapped[int] = mapped_column(Integer, server_default="0")
    clicked: Mapped[int] = mapped_column(Integer, server_default="0")
    added: Mapped[int] = mapped_column(Integer, server_default="0")
    bought: Mapped[int] = mapped_column(Integer, server_default="0")
    expected: Mapped[float] = mapped_column(REAL, server_default="0")
