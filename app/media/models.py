"""The table of stored pictures. The files themselves lie in the media folder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk
from app.core.i18n import DEFAULT_LANGUAGE, translated
from app.media.rules import ImageSet, image_set


class Image(Base):
    """One picture. `renditions` names the files that exist: {"webp": [160, 320], "jpg": [640]}.

    `key` comes from the content, so the same picture stored twice is one row. `colour` stands for it
    until it is loaded; `alt` says what it shows, in the default language. `is_kept` pictures stay
    although nothing refers to them.
    """

    __tablename__ = "media_image"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index("ix_media_image_without_avif", "id", postgresql_where=text("NOT renditions ? 'avif'")),
    )

    id: Mapped[int] = pk()
    key: Mapped[str] = mapped_column(Text, unique=True)
    filename: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(Text, index=True)
    renditions: Mapped[dict[str, Any]] = mapped_column(JsonB)
    colour: Mapped[str] = mapped_column(Text, server_default="")
    alt: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    is_kept: Mapped[bool] = mapped_column(Boolean, server_default="false")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())

    @property
    def itself(self) -> Image:
        """The row, for lists that show the picture in a column."""
        return self

    def image_set(self, alt: str = "", language: str = DEFAULT_LANGUAGE) -> ImageSet:
        """What a template needs to show this picture; `alt` goes before the picture's own text."""
        words = alt or translated(self, "alt", language)
        return image_set(self.key, self.width, self.height, self.renditions, words, self.colour)

    def __str__(self) -> str:
        return self.filename
