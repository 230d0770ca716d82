"""Table of the back office itself: saved views and chosen columns of lists."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Stamped, pk


class SavedView(Stamped, Base):
    """A list as somebody wants to see it again: search, filters, order (`query`) and columns.

    `kind` "view" is a tab above the list; "columns" is one person's choice of columns for the list.
    """

    __tablename__ = "core_saved_view"
    __table_args__ = (
        CheckConstraint("kind IN ('view', 'columns')", name="kind"),
        Index("ix_core_saved_view_entity_user", "entity", "user_id"),
        Index(
            "uq_core_saved_view_columns",
            "entity",
            "user_id",
            unique=True,
            postgresql_where=text("kind = 'columns'"),
        ),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text, server_default="view")
    entity: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text, server_default="")
    query: Mapped[str] = mapped_column(Text, server_default="")
    columns: Mapped[list[str] | None] = mapped_column(JsonB)
    is_shared: Mapped[bool] = mapped_column(Boolean, server_default="false")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
