"""Reviews, and the stars of products they add up to."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models import Product
from app.core.db import Base, Stamped, Timestamp, Versioned, pk
from app.identity.models import User
from app.orders.models import OrderLine
from app.reviews.rules import LONGEST_ANSWER, LONGEST_BODY, LONGEST_REASON, LONGEST_TITLE, Rating, public_name
from app.reviews.states import REVIEW

SHOWN = "state = 'approved'"


class Review(Versioned, Stamped, Base):
    """A customer's opinion of a product. `order_line_id` is the line that proves the purchase.

    Texts are plain, never HTML. `reason` tells the customer why it is not shown; `answer` is the shop's.
    """

    __tablename__ = "reviews_review"
    __table_args__ = (
        UniqueConstraint("user_id", "product_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(REVIEW.check_sql(), name="state"),
        CheckConstraint(
            f"length(title) <= {LONGEST_TITLE} AND length(body) <= {LONGEST_BODY}"
            f" AND length(reason) <= {LONGEST_REASON} AND length(answer) <= {LONGEST_ANSWER}",
            name="lengths",
        ),
        Index("ix_reviews_review_newest", "product_id", "created_at", "id", postgresql_where=text(SHOWN)),
        Index("ix_reviews_review_stars", "product_id", "rating", "created_at", "id", postgresql_where=text(SHOWN)),
        Index("ix_reviews_review_state", "state", "id"),
    )  # fmt: skip

    id: Mapped[int] = pk()
    public_id: Mapped[uuid.UUID] = mapped_column(Uuid, unique=True, server_default=func.gen_random_uuid())
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("catalog_product.id", ondelete="RESTRICT"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("ab_user.id", ondelete="SET NULL"))
    order_line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("orders_line.id", ondelete="RESTRICT"), index=True
    )
    rating: Mapped[int] = mapped_column(SmallInteger)
    title: Mapped[str] = mapped_column(Text, server_default="")
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=REVIEW.start)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    answer: Mapped[str] = mapped_column(Text, server_default="")
    answered_at: Mapped[datetime | None] = mapped_column(Timestamp)
    decided_at: Mapped[datetime | None] = mapped_column(Timestamp)

    product: Mapped[Product] = relationship()
    user: Mapped[User | None] = relationship()
    line: Mapped[OrderLine] = relationship()

    @property
    def author(self) -> str:
        """The customer as others read the name; "" once the account is gone."""
        return public_name(self.user.first_name, self.user.last_name) if self.user else ""

    @property
    def shown_rating(self) -> int | None:
        """The stars it adds to its product: none while it is not shown."""
        return self.rating if self.state == "approved" else None

    def __str__(self) -> str:
        return self.title or self.body[:60]


class ProductRating(Base):
    """How often a product got one, two, three, four and five stars; the database adds them up itself.

    Written by the operations with the review that counts, in one transaction.
    """

    __tablename__ = "reviews_rating"
    __table_args__ = (
        CheckConstraint(
            "stars_1 >= 0 AND stars_2 >= 0 AND stars_3 >= 0 AND stars_4 >= 0 AND stars_5 >= 0", name="stars"
        ),
    )

    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("catalog_product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )  # fmt: skip
    stars_1: Mapped[int] = mapped_column(Integer, server_default="0")
    stars_2: Mapped[int] = mapped_column(Integer, server_default="0")
    stars_3: Mapped[int] = mapped_column(Integer, server_default="0")
    stars_4: Mapped[int] = mapped_column(Integer, server_default="0")
    stars_5: Mapped[int] = mapped_column(Integer, server_default="0")
    count: Mapped[int] = mapped_column(
        Integer, Computed("stars_1 + stars_2 + stars_3 + stars_4 + stars_5", persisted=True)
    )
    total: Mapped[int] = mapped_column(
        Integer, Computed("stars_1 + 2 * stars_2 + 3 * stars_3 + 4 * stars_4 + 5 * stars_5", persisted=True)
    )

    @property
    def rating(self) -> Rating:
        """The same as a value."""
        return Rating((self.stars_1, self.stars_2, self.stars_3, self.stars_4, self.stars_5))
