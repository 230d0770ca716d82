"""Categories, articles, what is searched in them, and what readers think of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, JsonB, Stamped, Timestamp, Versioned, pk


class HelpCategory(Versioned, Stamped, Base):
    """A shelf of help articles; names in other languages are in `translations`."""

    __tablename__ = "support_help_category"

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")

    def __str__(self) -> str:
        return self.title


class HelpArticle(Versioned, Stamped, Base):
    """A question and its answer at `/help/<slug>`. `body` is cleaned HTML; other languages are in `translations`."""

    __tablename__ = "support_help_article"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published')", name="state"),
        CheckConstraint("helpful >= 0 AND unhelpful >= 0", name="votes"),
        Index("ix_support_help_article_category", "category_id", "position"),
    )

    id: Mapped[int] = pk()
    slug: Mapped[str] = mapped_column(Text, unique=True)
    category_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_help_category.id", ondelete="RESTRICT")
    )
    state: Mapped[str] = mapped_column(Text, server_default="draft")
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text, server_default="")
    body: Mapped[str] = mapped_column(Text, server_default="")
    translations: Mapped[dict[str, Any]] = mapped_column(JsonB, server_default="{}")
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    helpful: Mapped[int] = mapped_column(Integer, server_default="0")
    unhelpful: Mapped[int] = mapped_column(Integer, server_default="0")

    category: Mapped[HelpCategory] = relationship()

    def __str__(self) -> str:
        return self.title


class HelpWords(Base):
    """The words of an article in one language, as they are searched; written with the article."""

    __tablename__ = "support_help_words"
    __table_args__ = (Index("ix_support_help_words_document", "document", postgresql_using="gin"),)

    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_help_article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )  # fmt: skip
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    document: Mapped[Any] = mapped_column(TSVECTOR)


class HelpVote(Base):
    """That somebody found an article helpful or not. `voter` is a keyed hash of the day: it names nobody."""

    __tablename__ = "support_help_vote"

    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("support_help_article.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )  # fmt: skip
    voter: Mapped[str] = mapped_column(Text, primary_key=True)
    is_helpful: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)
