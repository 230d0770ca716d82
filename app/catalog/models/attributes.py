"""Product types and their typed attributes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, pk


class ProductType(Stamped, Base):
    """A kind of product: decides which attributes apply and which of them make variants."""

    __tablename__ = "catalog_product_type"

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    variant_attributes: Mapped[list[str]] = mapped_column(JsonB, server_default="[]")
    """Codes of the attributes a customer chooses by, in the order they are shown."""
    attributes: Mapped[list[Attribute]] = relationship(
        secondary="catalog_type_attribute", order_by="catalog_type_attribute.c.position", viewonly=True
    )

    def __str__(self) -> str:
        return self.name


class Attribute(Stamped, Base):
    """A typed property of products. `unit` follows the value ("16 GB")."""

    __tablename__ = "catalog_attribute"
    __table_args__ = (CheckConstraint("kind IN ('text','number','boolean','option')", name="kind"),)

    id: Mapped[int] = pk()
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text, server_default="")
    is_filter: Mapped[bool] = mapped_column(Boolean, server_default="false")
    is_variant: Mapped[bool] = mapped_column(Boolean, server_default="false")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    options: Mapped[list[AttributeOption]] = relationship(
        back_populates="attribute", order_by="AttributeOption.position, AttributeOption.id"
    )

    def __str__(self) -> str:
        return self.name


class TypeAttribute(Base):
    """An attribute that products of a type may have."""

    __tablename__ = "catalog_type_attribute"

    type_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_product_type.id", ondelete="CASCADE"), primary_key=True
    )
    attribute_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_attribute.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    is_required: Mapped[bool] = mapped_column(Boolean, server_default="false")
    position: Mapped[int] = mapped_column(Integer, server_default="0")


class AttributeOption(Base):
    """A value one may choose for an attribute. `swatch` is a CSS colour such as "#a3b18a"."""

    __tablename__ = "catalog_attribute_option"
    __table_args__ = (UniqueConstraint("attribute_id", "value"),)

    id: Mapped[int] = pk()
    attribute_id: Mapped[int] = mapped_column(ForeignKey("catalog_attribute.id", ondelete="CASCADE"))
    value: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    swatch: Mapped[str] = mapped_column(Text, server_default="")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    attribute: Mapped[Attribute] = relationship(back_populates="options")

    def __str__(self) -> str:
        return self.label
