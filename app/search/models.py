"""Tables of the search index, which `flask search reindex` builds again; with those of what search learns."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    Numeric,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, Stamped, Timestamp, pk
from app.search.learning import models as learning  # noqa: F401

BIG = BigInteger()
WORDS = Text()


class SearchDocument(Base):
    """What lists filter, count and sort by: one narrow row for each product that is on show.

    `categories` holds every category of the product and all above them; `facets` are "code=value".
    The price is the lowest of the product's variants, in the base currency.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        Index("ix_search_document_categories", "categories", postgresql_using="gin"),
        Index("ix_search_document_facets", "facets", postgresql_using="gin"),
        Index("ix_search_document_popular", text("available DESC"), text("popularity DESC"), text("product_id DESC")),
        Index("ix_search_document_newest", text("published_at DESC"), text("product_id DESC")),
        Index("ix_search_document_price", "price", "product_id"),
    )  # fmt: skip

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    categories: Mapped[list[int]] = mapped_column(ARRAY(BIG), server_default="{}")
    facets: Mapped[list[str]] = mapped_column(ARRAY(WORDS), server_default="{}")
    price: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    available: Mapped[bool] = mapped_column(Boolean, server_default="false")
    popularity: Mapped[int] = mapped_column(Integer, server_default="0")
    published_at: Mapped[datetime] = mapped_column(Timestamp)


class SearchText(Base):
    """What queries look in: one row a product, a column of stemmed words for each language.

    A language in which the product has no texts of its own is empty: the default language speaks for
    it. `codes` are SKUs, EANs and part numbers without punctuation; `names` are the keys names are
    sorted by, default language first, in the order of the languages of the shop.
    """

    __tablename__ = "search_text"
    __table_args__ = (
        Index("ix_search_text_codes", "codes", postgresql_using="gin"),
        *(Index(f"ix_search_text_{lang}", lang, postgresql_using="gin") for lang in ("en", "fr", "nl", "de", "es")),
    )  # fmt: skip

    product_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    codes: Mapped[list[str]] = mapped_column(ARRAY(WORDS), server_default="{}")
    names: Mapped[list[str | None]] = mapped_column(ARRAY(WORDS), server_default="{}")
    en: Mapped[str | None] = mapped_column(TSVECTOR)
    fr: Mapped[str | None] = mapped_column(TSVECTOR)
    nl: Mapped[str | None] = mapped_column(TSVECTOR)
    de: Mapped[str | None] = mapped_column(TSVECTOR)
    es: Mapped[str | None] = mapped_column(TSVECTOR)


class SearchWord(Base):
    """A word of the catalogue, for spelling and completion.

    `deletions` are the word with up to two letters left out (of its first seven): two words that are
    close to each other share one, so that a GIN index finds candidates without any extension.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_deletions", "deletions", postgresql_using="gin"),
        Index("ix_search_word_prefix", "lang", text("word text_pattern_ops")),
    )

    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    frequency: Mapped[int] = mapped_column(Integer, server_default="1")
    deletions: Mapped[list[str]] = mapped_column(ARRAY(WORDS), server_default="{}")


class Synonym(Stamped, Base):
    """Words that mean the same: whoever looks for one of them finds the others too."""

    __tablename__ = "search_synonym"
    __table_args__ = (CheckConstraint("length(words) <= 1000", name="words"),)

    id: Mapped[int] = pk()
    lang: Mapped[str] = mapped_column(Text, server_default="en", index=True)
    words: Mapped[str] = mapped_column(Text)
    is_one_way: Mapped[bool] = mapped_column(Boolean, server_default="false")

    def __str__(self) -> str:
        return self.words


class QueryCount(Base):
    """How often something was looked for on a day, and what it found. Nobody's name stands beside it."""

    __tablename__ = "search_query_count"
    __table_args__ = (Index("ix_search_query_count_lang", "lang", text("query text_pattern_ops")),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    lang: Mapped[str] = mapped_column(Text, primary_key=True)
    query: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    times: Mapped[int] = mapped_column(Integer, server_default="0")
    hits: Mapped[int] = mapped_column(Integer, server_default="0")
    """Products found the last time."""
