"""Tables of imports: one row for each uploaded table, one for each of its rows that was not taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Stamped, pk

STATES = ("new", "checking", "checked", "taking", "taken", "stopped")


class TableImport(Stamped, Base):
    """A table somebody uploaded for a screen, how its columns are meant, and how far it is taken.

    `line` is the last line of the file that was dealt with: an interrupted import goes on behind it.
    `mapping` holds the column's number for each field, `fixed` a value that is the same in every row.
    """

    __tablename__ = "core_import"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        Index("ix_core_import_user_id", "user_id"),
    )

    id: Mapped[int] = pk()
    entity: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(Text)
    stored: Mapped[str] = mapped_column(Text)
    encoding: Mapped[str] = mapped_column(Text, server_default="")
    separator: Mapped[str] = mapped_column(Text, server_default="")
    header: Mapped[list[str]] = mapped_column(JsonB)
    mapping: Mapped[dict[str, int]] = mapped_column(JsonB, server_default="{}")
    fixed: Mapped[dict[str, str]] = mapped_column(JsonB, server_default="{}")
    state: Mapped[str] = mapped_column(Text, server_default="new")
    problem: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    line: Mapped[int] = mapped_column(Integer, server_default="0")
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    same: Mapped[int] = mapped_column(Integer, server_default="0")
    wrong: Mapped[int] = mapped_column(Integer, server_default="0")
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    actor_label: Mapped[str] = mapped_column(Text, server_default="")

    @property
    def rows(self) -> int:
        """How many rows were dealt with."""
        return self.created + self.updated + self.same + self.wrong

    def __str__(self) -> str:
        return self.filename


class WrongRow(Base):
    """A row that was not taken: its line, its cells, and for each field what is wrong with it."""

    __tablename__ = "core_import_wrong"

    import_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("core_import.id", ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(Integer, primary_key=True)
    cells: Mapped[list[str]] = mapped_column(JsonB)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JsonB)
