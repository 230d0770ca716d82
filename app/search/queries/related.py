"""Products that resemble another one: of its category, the more they share the earlier."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import caching
from app.search.queries.matching import OWNER

CANDIDATES = 120
"""Of a larger category only this many, those in stock and best liked first, are compared."""
Candidate = tuple[int, bool, frozenset[str]]
# ix_search_document_categories; kept, because it reads a whole category
_CANDIDATES = text("""
    SELECT product_id, available, facets FROM search_document
     WHERE categories @> ARRAY[CAST(:category AS bigint)]
     ORDER BY available DESC, popularity DESC, product_id DESC LIMIT :most""")
# primary key of search_document
_FACETS = text("SELECT facets FROM search_document WHERE product_id = :product")


def related(session: Session, product_id: int, category_id: int, limit: int = 8) -> tuple[int, ...]:
    """Ids of products on show in the same category, those that can be bought first, never the product itself.

    Brand and attribute values in common decide, then how well they are liked; the same answer each time.
    One statement; the candidates of a category are read once and kept until the index changes.
    """
    near = caching.cached(OWNER, f"near:{category_id}", lambda: _candidates(session, category_id))
    own = frozenset(session.scalar(_FACETS, {"product": product_id}) or ())
    others = [candidate for candidate in near if candidate[0] != product_id]
    others.sort(key=lambda candidate: (not candidate[1], -len(candidate[2] & own)))
    return tuple(candidate[0] for candidate in others[:limit])


def _candidates(session: Session, category_id: int) -> tuple[Candidate, ...]:
    found = session.execute(_CANDIDATES, {"category": category_id, "most": CANDIDATES})
    return tuple((row.product_id, row.available, frozenset(row.facets or ())) for row in found)
