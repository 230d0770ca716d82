"""Tables of the dashboards: boards that people compose, what is mailed when, reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.core.jobs import JobRow
from app.identity.models import User
from dashboards.rules import CHARTS, FORMATS, REPORTS, RHYTHMS


def _one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


class Board(Stamped, Versioned, Base):
    """A board of tiles: whose it is, who else sees it, which days it opens with.

    `roles` are the names of roles that may look; "" of `currency` is the shop's own. Every reader sees the figures that
    are theirs: a seller's are narrowed to own goods.
    """

    __tablename__ = "dashboards_board"
    __table_args__ = (Index("ix_dashboards_board_owner_id", "owner_id"),)

    id: Mapped[int] = pk()
    title: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    roles: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    period: Mapped[str] = mapped_column(Text, server_default="30_days")
    comparison: Mapped[str] = mapped_column(Text, server_default="previous")
    currency: Mapped[str] = mapped_column(String(3), server_default="")
    filters: Mapped[dict[str, list[str]]] = mapped_column(JsonB, server_default="{}")

    owner: Mapped[User] = relationship()
    tiles: Mapped[list[BoardTile]] = relationship(
        back_populates="board", order_by="BoardTile.position, BoardTile.id", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.title


class BoardTile(Versioned, Base):
    """One figure of a board: which, by what, drawn how, of what (`filters`: keys by dimension)."""

    __tablename__ = "dashboards_tile"
    __table_args__ = (
        _one_of("chart", CHARTS),
        CheckConstraint("span IN (1, 2)", name="span"),
        CheckConstraint("row_limit BETWEEN 1 AND 50", name="row_limit"),
        CheckConstraint("(chart = 'number') = (dimension = '')", name="dimension"),
        Index("ix_dashboards_tile_board_id", "board_id", "position"),
    )

    id: Mapped[int] = pk()
    board_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("dashboards_board.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    metric: Mapped[str] = mapped_column(Text)
    dimension: Mapped[str] = mapped_column(Text, server_default="")
    chart: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text, server_default="")
    filters: Mapped[dict[str, list[str]]] = mapped_column(JsonB, server_default="{}")
    row_limit: Mapped[int] = mapped_column(SmallInteger, server_default="10")
    span: Mapped[int] = mapped_column(SmallInteger, server_default="1")

    board: Mapped[Board] = relationship(back_populates="tiles")

    def __str__(self) -> str:
        return self.title or self.metric


class Mailing(Stamped, Versioned, Base):
    """A board or a report that is mailed by itself. `hour` is in the shop's time zone; `next_at` in UTC.

    `day` is the weekday (0 Monday) of a weekly, the day of the month (1 to 28) of a monthly mailing. `recipients` are
    numbers of staff accounts: each gets what they may see, as long as they may.
    """

    __tablename__ = "dashboards_mailing"
    __table_args__ = (
        _one_of("rhythm", RHYTHMS),
        CheckConstraint("(board_id IS NULL) <> (report IS NULL)", name="subject"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
        CheckConstraint(
            "rhythm = 'day' OR (rhythm = 'week' AND day BETWEEN 0 AND 6) OR (rhythm = 'month' AND day BETWEEN 1 AND 28)",
            name="day",
        ),
        Index("ix_dashboards_mailing_due", "next_at", postgresql_where=text("is_active")),
        Index("ix_dashboards_mailing_board_id", "board_id"),
        Index("ix_dashboards_mailing_owner_id", "owner_id"),
    )

    id: Mapped[int] = pk()
    board_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("dashboards_board.id", ondelete="CASCADE")
    )
    report: Mapped[str | None] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text, server_default="pdf")
    period: Mapped[str] = mapped_column(Text, server_default="30_days")
    currency: Mapped[str] = mapped_column(String(3), server_default="")
    owner_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    recipients: Mapped[list[int]] = mapped_column(JsonB, server_default="[]")
    rhythm: Mapped[str] = mapped_column(Text)
    day: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    hour: Mapped[int] = mapped_column(SmallInteger, server_default="7")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    next_at: Mapped[datetime] = mapped_column(Timestamp)
    sent_at: Mapped[datetime | None] = mapped_column(Timestamp)

    board: Mapped[Board | None] = relationship()
    owner: Mapped[User] = relationship()

    def __str__(self) -> str:
        return self.board.title if self.board is not None else str(self.report)


class Report(Base):
    """A report that somebody asked for: its job makes the file, which is kept for `KEPT_DAYS` days.

    `seller_id` narrows it to the goods of one seller. `rows` and `size` (bytes) are known once it is made.
    """

    __tablename__ = "dashboards_report"
    __table_args__ = (
        _one_of("kind", REPORTS),
        _one_of("format", FORMATS),
        Index("ix_dashboards_report_owner_id", "owner_id", "id"),
        Index("ix_dashboards_report_made_at", "made_at"),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    language: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    seller_id: Mapped[int | None] = mapped_column(Integer)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    stored: Mapped[str] = mapped_column(Text, server_default="")
    rows: Mapped[int | None] = mapped_column(Integer)
    size: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    made_at: Mapped[datetime | None] = mapped_column(Timestamp)

    owner: Mapped[User] = relationship()
    job: Mapped[JobRow | None] = relationship(
        primaryjoin="foreign(Report.job_id) == JobRow.id", viewonly=True
    )

    @property
    def is_ready(self) -> bool:
        """True while its file can be fetched."""
        return bool(self.stored)

    @property
    def is_open(self) -> bool:
        """True while its job waits or works."""
        return self.job is not None and self.job.state in ("queued", "running")

    @property
    def state(self) -> str:
        """How far it is: one of `REPORT_STATES`. What a later attempt does comes before the file of an earlier one."""
        if self.job is not None and self.is_open:
            return self.job.state
        if self.is_ready:
            return "done"
        if self.made_at is not None:
            return "expired"
        return "cancelled" if self.job is not None and self.job.state == "cancelled" else "failed"

    def __str__(self) -> str:
        return f"{self.kind}-{self.id}"
