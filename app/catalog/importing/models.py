"""Addresses of pictures that sources name. Nothing is fetched unless somebody asks for it."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ImportImage(Base):
    """A picture's address as a source gave it; `image_id` is set once it has been fetched."""

    __tablename__ = "catalog_import_image"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    external_id: Mapped[str] = mapped_column(Text, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("catalog_product.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str] = mapped_column(Text)
    image_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("media_image.id", ondelete="SET NULL"), index=True
    )
    problem: Mapped[str | None] = mapped_column(Text)
