"""The order of what was found: by words, then moved by what was learnt for these very words.

The order by words is computed as a place; the version in use moves places in the same statement, by the primary key of
its table. For words nothing was learnt for there are no rows, and the order is the order by words to the last place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.i18n import DEFAULT_LANGUAGE
from app.search import rules
from app.search.learning.rules import OFFSET
from app.search.queries.matching import Match, condition, language_of, understand

if TYPE_CHECKING:
    from app.search.queries.lists import Narrowed

WEIGHTS = "'{0.4, 0.05, 0.6, 1.0}'"
"""Description, attributes, brand with category and codes, name (ts_rank takes them in this order)."""
RANK, LENGTHS = "ts_rank_cd", 1
"""How words are weighed, and that long texts count for less."""
MOST_RANKED = 4_000
"""Of more matches than this only the most popular are ranked by their words."""


def ranked(narrowed: Narrowed) -> str:
    """SQL of a page: an article's own code always wins, then the place by words as the version in use moves it.

    uq_search_ranking_champion, primary key of search_boost
    """
    return f"""{_placed(narrowed.joined, f"{narrowed.base()} AND {narrowed.chosen()}", narrowed.lang)}
        SELECT p.product_id FROM placed p
          LEFT JOIN search_boost b ON b.ranking_id = (SELECT id FROM search_ranking WHERE state = 'champion')
                AND b.lang = :lang AND b.query = :learnt AND b.product_id = p.product_id
         ORDER BY p.exact DESC, ln(CAST(p.place + {OFFSET} AS double precision)) - coalesce(b.boost, 0), p.place
         LIMIT :limit OFFSET :offset"""


def plain_order(session: Session, words: str, lang: str, limit: int) -> list[int]:
    """The first products for these words in the order by words alone, with no trace of anybody having searched."""
    lang = language_of(lang)
    match = understand(session, words, lang)
    if match is None or match.how == "none":
        return []
    joined = "search_text t JOIN search_document d ON d.product_id = t.product_id"
    statement = (
        f"{_placed(joined, condition(lang), lang)} SELECT product_id FROM placed ORDER BY place LIMIT :limit"
    )
    return list(session.scalars(text(statement), _values(match) | {"limit": limit}))


def _values(match: Match) -> dict[str, str]:
    return {"q": match.query, "code": match.code, "exact": match.exact}


def _placed(joined: str, condition: str, lang: str) -> str:
    """Whole words decide; being in stock and being bought help; an article's own code is first."""
    default = DEFAULT_LANGUAGE
    rank = _rank(default)
    if lang != default:
        rank = f"CASE WHEN t.{lang} IS NULL THEN {rank} ELSE {_rank(lang)} END"
    return f"""WITH hits AS MATERIALIZED (
        SELECT d.product_id, d.available, d.popularity, t.codes @> ARRAY[CAST(:code AS text)] AS exact
          FROM {joined} WHERE {condition}
         ORDER BY 4 DESC, d.available DESC, d.popularity DESC, d.product_id DESC LIMIT {MOST_RANKED}),
        placed AS (SELECT h.product_id, h.exact, row_number() OVER (
         ORDER BY h.exact DESC,
               coalesce({rank}, 0) * (CASE WHEN h.available THEN 1.0 ELSE 0.8 END)
                 * (1 + 0.03 * ln(1 + h.popularity)) DESC,
               h.product_id DESC) AS place
          FROM hits h JOIN search_text t USING (product_id))"""


def _rank(lang: str) -> str:
    config = rules.LANGUAGE_CONFIGS[lang]
    exact = f"{RANK}({WEIGHTS}, t.{lang}, to_tsquery('{config}', :exact), {LENGTHS})"
    return f"({exact} + 0.05 * ts_rank({WEIGHTS}, t.{lang}, to_tsquery('{config}', :q), 1))"
