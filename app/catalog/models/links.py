"""Products that go with others, chosen by hand."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class ProductLink(Base):
    """A product (`target`) that stands beside another one, at its place in the row of its kind.

    `related`: goes with it; `upsell`: a better one in its place; `cross_sell`: offered when it lies in the bag.
    A target that is not on show stays linked and is not shown.
    """

    __tablename__ = "catalog_product_link"
    __table_args__ = (
        CheckConstraint("kind IN ('related','upsell','cross_sell')", name="kind"),
        CheckConstraint("target_id <> product_id", name="own_target"),
        CheckConstraint("position >= 0", name="position"),
    )

    product_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_product.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    target_id: Mapped[int] = mapped_column(
        ForeignKey("catalog_product.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(Integer)
