"""Categories, brands, the history of addresses and the memory of imports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, JsonB, Stamped, Timestamp, pk


class Category(Stamped, Base):
    """A node of the tree. `path` is its address in the default language, `lineage` root to self."""

    __tablename__ = "catalog_category"
    __table_args__ = (
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="own_parent"),
        Index("ix_catalog_category_lineage", "lineage", postgresql_using="gin"),
    )

    id: Mapped[int] = pk()
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalog_category.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text, unique=True)
    lineage: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    description: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    image_id: Mapped[int | None] = mapped_column(ForeignKey("media_image.id", ondelete="SET NULL"))
    is_visible: Mapped[bool] = mapped_column(Boolean, server_default="true")
    product_count: Mapped[int] = mapped_column(Integer, server_default="0")

    def __str__(self) -> str:
        return self.name


class Brand(Stamped, Base):
    """Who makes a product."""

    __tablename__ = "catalog_brand"

    id: Mapped[int] = pk()
    name: Mapped[str] = mapped_column(Text, unique=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)

    def __str__(self) -> str:
        return self.name


class Slug(Base):
    """Every address a product or category ever had, by language. Old ones redirect to the new one.

    An address belongs to one target for ever: a later product with the same name gets a number.
    """

    __tablename__ = "catalog_slug"
    __table_args__ = (
        CheckConstraint("kind IN ('product','category')", name="kind"),
        Index("ix_catalog_slug_target", "kind", "target_id"),
        Index("uq_catalog_slug_kind_slug_lang", "kind", "slug", "lang", unique=True),
        Index(
            "uq_catalog_slug_current", "kind", "target_id", "lang",
            unique=True, postgresql_where=text("is_current"),
        ),
    )  # fmt: skip

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text)
    lang: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text(collation="C"))
    target_id: Mapped[int] = mapped_column(BigInteger)
    is_current: Mapped[bool] = mapped_column(Boolean, server_default="true")


class ImportRef(Base):
    """Which product came from which record of which source, and what the record looked like."""

    __tablename__ = "catalog_import_ref"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    external_id: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("catalog_product.id", ondelete="CASCADE"), index=True)
    content_hash: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())


class Mark(Base):
    """How far work that comes round by itself has come, by the name of the work."""

    __tablename__ = "catalog_mark"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime] = mapped_column(Timestamp)
