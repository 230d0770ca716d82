"""What readers see of help: the shelves, an article, what answers a question. Kept until somebody saves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.orm import Session, joinedload

from app.core import caching
from app.core.i18n import DEFAULT_LANGUAGE, translated
from app.support.help import rules
from app.support.help.models import HelpArticle, HelpCategory, HelpWords

OWNER = "support.help"
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article in one language, or in English where that has no text (`language` says which)."""

    id: int
    slug: str
    category: str
    category_slug: str
    title: str
    summary: str
    body: str
    language: str
    updated_at: datetime

    @property
    def words(self) -> str:
        """The text without tags."""
        return rules.words_alone(self.body)


def _text(row: HelpArticle, language: str) -> ArticleText:
    own = bool((row.translations or {}).get(language, {}).get("body"))
    return ArticleText(
        row.id, row.slug, translated(row.category, "title", language), row.category.slug,
        translated(row, "title", language), translated(row, "summary", language), translated(row, "body", language),
        language if own or language == DEFAULT_LANGUAGE else DEFAULT_LANGUAGE, row.updated_at,
    )  # fmt: skip


def articles(session: Session, language: str) -> tuple[ArticleText, ...]:
    """The published articles in the order of their shelves; one statement while not kept."""

    def load() -> tuple[ArticleText, ...]:
        query = (
            select(HelpArticle)
            .join(HelpCategory)
            .where(HelpArticle.state == "published")
            .options(joinedload(HelpArticle.category))
            .order_by(HelpCategory.position, HelpCategory.id, HelpArticle.position, HelpArticle.id)
        )
        return tuple(_text(row, language) for row in session.scalars(query))

    return caching.cached(OWNER, f"articles:{language}", load)


def by_slug(session: Session, slug: str, language: str) -> ArticleText | None:
    """A published article."""
    return next((article for article in articles(session, language) if article.slug == slug), None)


def draft(session: Session, slug: str, language: str) -> ArticleText | None:
    """An article whatever its state, for the people who write it."""
    row = session.scalar(select(HelpArticle).where(HelpArticle.slug == slug))
    return _text(row, language) if row is not None else None


def popular(session: Session, language: str, limit: int = 5) -> list[ArticleText]:
    """The articles that stand first on their shelves, one of each in turn."""
    shelves: dict[str, list[ArticleText]] = {}
    for article in articles(session, language):
        shelves.setdefault(article.category_slug, []).append(article)
    found = [shelf[n] for n in range(limit) for shelf in shelves.values() if n < len(shelf)]
    return found[:limit]


def search(session: Session, typed: str, language: str, *, whole: bool = False) -> list[ArticleText]:
    """Published articles that answer a question, best first (ix_support_help_words_document).

    Any word of it may be found, in the reader's language or, where that has no text, in English; more and
    earlier words count more. The last word may be only begun ("retour", "liefer"): where articles have it as a
    word, those come first; `whole` leaves out what it is only the beginning of. Nothing for a question without words.
    """
    words = rules.question_words(typed)
    if not words:
        return []
    both = (language, DEFAULT_LANGUAGE)
    document, asked = HelpWords.document, [_question(words, code) for code in both]
    begun = [] if whole else [_begun(words[-1], code) for code in both]
    own_fits, other_fits = (
        or_(document.op("@@")(one), document.op("@@")(two))
        for one, two in zip(asked, begun or asked, strict=True)
    )
    best: Any = func.greatest(*(func.ts_rank(document, one) for one in asked))
    if begun:
        most = func.greatest(*(func.ts_rank(document, one) for one in begun))
        best = best + most * _share(words[-1], both) / len(words)
    has_own = select(HelpWords.article_id).where(HelpWords.language == language)
    in_english = and_(
        other_fits, HelpWords.language == DEFAULT_LANGUAGE, HelpWords.article_id.not_in(has_own)
    )
    query = (
        select(HelpWords.article_id)
        .where(or_(and_(own_fits, HelpWords.language == language), in_english))
        .group_by(HelpWords.article_id)
        .order_by(func.max(best).desc(), HelpWords.article_id)
    )
    known = {article.id: article for article in articles(session, language)}
    return [known[i] for i in session.scalars(query.limit(MOST_FOUND * 2)) if i in known][:MOST_FOUND]


def _question(words: list[str], language: str) -> Any:
    """Any of the words, in the dictionary of a language; each is quoted, so that none is an operator."""
    kind = cast(rules.DICTIONARIES[language], REGCONFIG)
    return func.to_tsquery(kind, " | ".join(f"'{word}'" for word in words))


def _begun(word: str, language: str) -> Any:
    """A word as the beginning of others, as it is typed and by its stem, and what it is about to be an ending of.

    Documents hold stems: "lieferu" is on its way from the stem "liefer" to "Lieferung". All quoted as well.
    """
    kind, plain = cast(rules.DICTIONARIES[language], REGCONFIG), cast("simple", REGCONFIG)
    text = f"'{word}':*"
    typed = func.to_tsquery(plain, " | ".join([text, *(f"'{stem}'" for stem in rules.stems_before(word))]))
    if len(word) < rules.SHORTEST_STEM:
        return typed
    return typed.op("||", return_type=TSQUERY)(func.to_tsquery(kind, text))


def _share(word: str, languages: tuple[str, str]) -> Any:
    """How much the beginning of a word counts: little where some article has it as a word, half where none has."""
    held = HelpWords.__table__.alias("held")
    known = [
        and_(held.c.language == code, held.c.document.op("@@")(_question([word], code)))
        for code in dict.fromkeys(languages)
    ]
    is_word = select(held.c.article_id).where(or_(*known)).exists()
    return case((is_word, rules.BEGINNING_OF_KNOWN), else_=rules.BEGINNING)
