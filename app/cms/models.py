"""Pages, banners, menu links and redirects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.media.models import Image


class Page(Versioned, Stamped, Base):
    """A page of text at `/pages/<slug>`. `body` is cleaned HTML; other languages are in `translations`."""

    __tablename__ = "cms_page"
    __table_args__ = (CheckConstraint("state IN ('draft', 'published')", name="state"),)

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, server_default="")
    body: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    published_from: Mapped[datetime | None] = mapped_column(Timestamp)
    published_until: Mapped[datetime | None] = mapped_column(Timestamp)

    def __str__(self) -> str:
        return self.title


class Banner(Versioned, Stamped, Base):
    """A picture with words and one link at a place of the home page, for a time."""

    __tablename__ = "cms_banner"
    __table_args__ = (CheckConstraint("place IN ('hero', 'editorial')", name="place"),)

    id: Mapped[int] = pk()
    place: Mapped[str] = mapped_column(Text, server_default="hero")
    title: Mapped[str] = mapped_column(Text)
    eyebrow: Mapped[str] = mapped_column(Text, server_default="")
    text: Mapped[str] = mapped_column(Text, server_default="")
    action: Mapped[str] = mapped_column(Text, server_default="")
    url: Mapped[str] = mapped_column(Text)
    image_id: Mapped[int | None] = mapped_column(ForeignKey("media_image.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    starts_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ends_at: Mapped[datetime | None] = mapped_column(Timestamp)
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")

    image: Mapped[Image | None] = relationship()

    def __str__(self) -> str:
        return self.title


class MenuLink(Versioned, Stamped, Base):
    """A link in a menu of the shop: beside the departments, or in a column of the footer."""

    __tablename__ = "cms_menu_link"
    __table_args__ = (
        CheckConstraint("place IN ('main', 'help', 'legal')", name="place"),
        Index("ix_cms_menu_link_place", "place", "position"),
    )

    id: Mapped[int] = pk()
    place: Mapped[str] = mapped_column(Text, server_default="help")
    label: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")

    def __str__(self) -> str:
        return self.label


class Redirect(Versioned, Stamped, Base):
    """An address that is gone, and the one that took its place."""

    __tablename__ = "cms_redirect"

    id: Mapped[int] = pk()
    source: Mapped[str] = mapped_column(Text, unique=True)
    target: Mapped[str] = mapped_column(Text)

    def __str__(self) -> str:
        return self.source
