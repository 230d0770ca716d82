"""Reads of search learning: searches with what was chosen, the version in use, what a version says about words."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.search.learning import rules
from app.search.learning.models import Boost, Choice, Ranking, Showing

Words = tuple[str, str]
"""A language and the words of a query."""
Boosts = Mapping[Words, Mapping[int, float]]
"""How far products move, for each of the words something was learnt for."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search somebody saw: the products in their order, and what each choice was worth (1 opened to 3 bought)."""

    visit: uuid.UUID
    at: datetime
    words: Words
    shown: tuple[int, ...]
    chosen: Mapping[int, int]


# ix_search_showing_at; primary key of search_choice
_SEARCHES = text("""
    SELECT s.visit_id, s.at, s.lang, s.query, s.shown,
           (SELECT array_agg(ARRAY[c.product_id, CASE WHEN c.bought_at IS NOT NULL THEN 3
                                                      WHEN c.added_at IS NOT NULL THEN 2 ELSE 1 END])
              FROM search_choice c WHERE c.showing_id = s.id) AS chosen
      FROM search_showing s WHERE s.at >= :since AND (CAST(:until AS timestamptz) IS NULL OR s.at < :until)
     ORDER BY s.at DESC, s.id DESC LIMIT :most""")


def searches(
    session: Session, since: datetime, until: datetime | None = None, most: int = rules.MOST_SEARCHES
) -> list[Search]:
    """Searches of a time with what was chosen out of them, the oldest first; of too many the newest."""
    rows = session.execute(_SEARCHES, {"since": since, "until": until, "most": most})
    found = [
        Search(row.visit_id, row.at, (row.lang, row.query), tuple(row.shown), dict(row.chosen or ()))
        for row in rows
    ]
    return found[::-1]


def live(session: Session) -> Ranking | None:
    """The version that ranks (uq_search_ranking_champion)."""
    return session.scalar(select(Ranking).where(Ranking.state == "champion"))


def in_shadow(session: Session) -> Ranking | None:
    """The version that waits in shadow (uq_search_ranking_shadow)."""
    return session.scalar(select(Ranking).where(Ranking.state == "shadow"))


def earlier(session: Session) -> Ranking | None:
    """The version that ranked before the one in use and is kept; None where the order by words did."""
    kept = select(Boost).where(Boost.ranking_id == Ranking.id).exists()
    query = select(Ranking).where(Ranking.state == "retired", Ranking.reason != "rolled_back", kept)
    return session.scalar(query.order_by(Ranking.retired_at.desc(), Ranking.id.desc()).limit(1))


def boosts_of(session: Session, ranking_id: int) -> dict[Words, dict[int, float]]:
    """Everything a version learnt (primary key of search_boost)."""
    found: dict[Words, dict[int, float]] = {}
    query = select(Boost.lang, Boost.query, Boost.product_id, Boost.boost)
    for lang, query_words, product, boost in session.execute(query.where(Boost.ranking_id == ranking_id)):
        found.setdefault((lang, query_words), {})[product] = boost
    return found


def strongest(session: Session, ranking_id: int, limit: int = 12) -> list[Any]:
    """The rows of a version that move products furthest, with the counts that say why."""
    query = select(Boost).where(Boost.ranking_id == ranking_id)
    return list(
        session.scalars(
            query.order_by(func.abs(Boost.boost).desc(), Boost.query, Boost.product_id).limit(limit)
        )
    )


def count_chosen(session: Session, since: datetime) -> int:
    """How many searches since then something was chosen out of (ix_search_showing_at)."""
    chosen = select(Choice).where(Choice.showing_id == Showing.id).exists()
    return session.scalar(select(func.count()).where(Showing.at >= since, chosen)) or 0


def of_visits(session: Session, visits: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
    """What is kept of searches in these visits (export; uq_search_showing_visit)."""
    rows = session.scalars(
        select(Showing).where(Showing.visit_id.in_(sorted(set(visits)))).order_by(Showing.at)
    )
    found = [(row, session.scalars(select(Choice).where(Choice.showing_id == row.id))) for row in rows]
    return [
        {
            "at": row.at.isoformat(),
            "looked_for": row.query,
            "language": row.lang,
            "opened_products": sorted(choice.product_id for choice in choices),
        }
        for row, choices in found
    ]
