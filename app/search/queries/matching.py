"""How a query is understood: which words must be there, how they may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import caching
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES
from app.search import rules
from app.search.models import Synonym

OWNER = "search"
"""Owner of everything kept about lists; purged whenever the index changes."""


@dataclass(frozen=True, slots=True)
class Match:
    """A query ready for the index: tsquery text, article code, and how it was understood.

    `exact` are the whole words, by which hits are ranked: "desk" finds desktops too, after desks.
    """

    query: str
    code: str
    exact: str
    how: str = "all"
    corrected: str = ""
    words: str = ""
    """The words in one form, as a version of `app.search.learning` knows them: as they were mended, else as typed."""


def language_of(lang: str) -> str:
    """The language, or the shop's default for one it does not speak."""
    return lang if lang in LANGUAGES else DEFAULT_LANGUAGE


def condition(lang: str) -> str:
    """SQL: table `t` holds the words of :q or the code :code (indexes ix_search_text_<lang>, _codes)."""
    config = rules.LANGUAGE_CONFIGS
    if lang == DEFAULT_LANGUAGE:
        words = f"t.{lang} @@ to_tsquery('{config[lang]}', :q)"
    else:
        words = (
            f"t.{lang} @@ to_tsquery('{config[lang]}', :q) OR (t.{lang} IS NULL AND "
            f"t.{DEFAULT_LANGUAGE} @@ to_tsquery('{config[DEFAULT_LANGUAGE]}', :q))"
        )
    return f"({words} OR t.codes @> ARRAY[CAST(:code AS text)])"


def synonyms(session: Session, lang: str) -> dict[str, list[str]]:
    """The table of synonyms of a language (kept a minute)."""

    def load() -> dict[str, list[str]]:
        rows = session.execute(select(Synonym.words, Synonym.is_one_way).where(Synonym.lang == lang))
        return rules.synonym_table((row.words, row.is_one_way) for row in rows)

    return caching.cached(OWNER, f"synonyms:{lang}", load, ttl=60)


def understand(session: Session, query: str, lang: str) -> Match | None:
    """How a query is looked for; None when there is no word in it. One statement, kept."""
    terms = rules.terms_of(query)
    if not terms:
        return None
    code = rules.code_of(query)
    key = f"understood:{lang}:{' '.join(terms)}:{code}"
    return caching.cached(OWNER, key, lambda: _understand(session, terms, code, lang), ttl=300)


def _understand(session: Session, terms: Sequence[str], code: str, lang: str) -> Match:
    table = synonyms(session, lang)
    exact = rules.query_text(terms, table, "|", prefix=False)
    typed = " ".join(terms)
    strict = Match(rules.query_text(terms, table), code, exact, words=typed)
    if _finds(session, strict, lang):
        return strict
    meant = _respelled(session, terms, lang)
    if meant is not None:
        exact = rules.query_text(meant, table, "|", prefix=False)
        said = " ".join(meant)
        corrected = Match(rules.query_text(meant, table), code, exact, "spelling", said, said)
        if _finds(session, corrected, lang):
            return corrected
    words = meant or terms
    said = " ".join(words) if meant else ""
    for how, text_ in (("most", rules.most_of(words, table)), ("any", rules.query_text(words, table, "|"))):
        looser = Match(text_, code, exact, how, said, said or typed)
        if len(words) > 1 and _finds(session, looser, lang):
            return looser
    return Match(strict.query, code, exact, "none", "", typed)


def _finds(session: Session, match: Match, lang: str) -> bool:
    found = text(f"SELECT EXISTS (SELECT 1 FROM search_text t WHERE {condition(lang)})")
    return bool(session.scalar(found, {"q": match.query, "code": match.code}))


# primary key of search_word, and ix_search_word_deletions
_CANDIDATES = text(
    """SELECT word, sum(frequency) AS frequency FROM search_word
        WHERE lang = ANY(CAST(:langs AS text[]))
          AND (word = ANY(CAST(:words AS text[])) OR deletions && CAST(:deletions AS text[]))
        GROUP BY word ORDER BY 2 DESC LIMIT 400"""
)


def _respelled(session: Session, terms: Sequence[str], lang: str) -> list[str] | None:
    """The query in words the catalogue knows, or None when nothing better is known."""
    doubtful = [term for term in terms if rules.is_spelled(term)]
    if not doubtful:
        return None
    values: dict[str, Any] = {
        "langs": list({lang, DEFAULT_LANGUAGE}),
        "words": doubtful,
        "deletions": sorted({part for term in doubtful for part in rules.deletions(term)}),
    }
    known = {row.word: int(row.frequency) for row in session.execute(_CANDIDATES, values)}
    meant = [
        term if term in known or term not in doubtful else rules.best_spelling(term, known.items()) or term
        for term in terms
    ]
    return meant if meant != list(terms) else None
