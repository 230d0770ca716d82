"""Products, variants and their pictures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.attributes import ProductType
from app.catalog.models.tree import Brand, Category
from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, lacks_sql
from app.media.models import Image

TRANSLATED = ("name", "slug", "description")
"""Columns of a product with texts in the other languages."""


class Product(Stamped, Versioned, Base):
    """What a customer finds in the shop; what is bought is one of its variants.

    `name`, `slug` and `description` are in the default language, `translations` holds the others.
    `specifications` is {attribute code: value}; numbers are kept as plain decimal text.
    """

    __tablename__ = "catalog_product"
    __table_args__ = (
        CheckConstraint("state IN ('draft','published','archived')", name="state"),
        CheckConstraint("tax_class IN ('standard','reduced','intermediate','zero')", name="tax_class"),
        CheckConstraint("published_until IS NULL OR published_until > published_from", name="window"),
        Index("ix_catalog_product_window", "published_from", postgresql_where=text("state = 'published'")),
        *(
            Index(
                f"ix_catalog_product_lacks_{code}",
                "id",
                postgresql_where=text(f"{lacks_sql(TRANSLATED, code)} AND state <> 'archived'"),
            )
            for code in LANGUAGES
            if code != DEFAULT_LANGUAGE
        ),
    )

    id: Mapped[int] = pk()
    type_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_product_type.id", ondelete="RESTRICT"), index=True
    )
    brand_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalog_brand.id", ondelete="RESTRICT"), index=True
    )
    category_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_category.id", ondelete="RESTRICT"), index=True
    )
    seller_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(Text)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    description: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    is_available: Mapped[bool] = mapped_column(Boolean, server_default="true")
    published_from: Mapped[datetime | None] = mapped_column(Timestamp)
    published_until: Mapped[datetime | None] = mapped_column(Timestamp)
    first_published_at: Mapped[datetime | None] = mapped_column(Timestamp)
    tax_class: Mapped[str] = mapped_column(Text, server_default="standard")
    specifications: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    rating_average: Mapped[Decimal] = mapped_column(Numeric(3, 2), server_default="0")
    rating_count: Mapped[int] = mapped_column(Integer, server_default="0")
    popularity: Mapped[int] = mapped_column(Integer, server_default="0")

    type: Mapped[ProductType] = relationship()
    brand: Mapped[Brand | None] = relationship()
    category: Mapped[Category] = relationship()
    variants: Mapped[list[Variant]] = relationship(
        back_populates="product", order_by="Variant.position, Variant.id", passive_deletes="all"
    )
    images: Mapped[list[ProductImage]] = relationship(
        order_by="ProductImage.position, ProductImage.id", passive_deletes="all"
    )

    @property
    def picture(self) -> Image | None:
        """The first picture."""
        return self.images[0].image if self.images else None

    def __str__(self) -> str:
        return self.name


class ProductCategory(Base):
    """A category a product is shown in, its primary one included."""

    __tablename__ = "catalog_product_category"

    product_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_product.id", ondelete="CASCADE"), primary_key=True
    )
    category_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_category.id", ondelete="RESTRICT"), primary_key=True, index=True
    )


class Variant(Stamped, Base):
    """One thing that can be bought: its own SKU, price and stock.

    `options` is {attribute code: option value}; `option_key` is its canonical text, so that the
    database itself refuses the same combination twice.
    """

    __tablename__ = "catalog_variant"
    __table_args__ = (
        UniqueConstraint("product_id", "option_key"),
        CheckConstraint("weight_g >= 0", name="weight"),
        CheckConstraint("length_mm >= 0 AND width_mm >= 0 AND height_mm >= 0", name="size"),
    )

    id: Mapped[int] = pk()
    product_id: Mapped[int] = mapped_column(ForeignKey("catalog_product.id", ondelete="CASCADE"))
    sku: Mapped[str] = mapped_column(Text, unique=True)
    ean: Mapped[str | None] = mapped_column(Text, index=True)
    options: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    option_key: Mapped[str] = mapped_column(Text, server_default="")
    name: Mapped[str] = mapped_column(Text, server_default="")
    weight_g: Mapped[int] = mapped_column(Integer, server_default="0")
    length_mm: Mapped[int] = mapped_column(Integer, server_default="0")
    width_mm: Mapped[int] = mapped_column(Integer, server_default="0")
    height_mm: Mapped[int] = mapped_column(Integer, server_default="0")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    is_active: Mapped[bool] = mapped_column(Boolean, server_default="true")

    product: Mapped[Product] = relationship(back_populates="variants")

    def __str__(self) -> str:
        return self.sku


class ProductImage(Base):
    """A picture of a product, or of one of its variants, at its place in the row."""

    __tablename__ = "catalog_product_image"
    __table_args__ = (Index("ix_catalog_product_image_product", "product_id", "position", "id"),)

    id: Mapped[int] = pk()
    product_id: Mapped[int] = mapped_column(ForeignKey("catalog_product.id", ondelete="CASCADE"))
    variant_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalog_variant.id", ondelete="SET NULL"), index=True
    )
    image_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("media_image.id", ondelete="RESTRICT"), index=True
    )
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    alt: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")

    image: Mapped[Image] = relationship()
