"""Products that resemble another one: of its category, the more they share the earlier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import caching
from app.search.queries.matching import OWNER
from app.search.rules import facet_token

CANDIDATES = 120
"""Of a larger category only this many, those in stock and best liked first, are compared."""
Candidate = tuple[int, bool, frozenset[str]]
# ix_search_document_categories; kept, because it reads a whole category
_CANDIDATES = text("""
    SELECT product_id, available, facets FROM search_document
     WHERE categories @> ARRAY[CAST(:category AS bigint)]
     ORDER BY available DESC, popularity DESC, product_id DESC LIMIT :most""")


def tokens(brand_slug: str, *properties: Mapping[str, Any]) -> frozenset[str]:
    """What a product has to be compared by: its brand, and the properties of it and of its variants."""
    own = {facet_token(code, value) for each in properties for code, value in each.items()}
    return frozenset({facet_token("brand", brand_slug), *own})


def related(
    session: Session, product_id: int, category_id: int, own: frozenset[str], limit: int = 8
) -> tuple[int, ...]:
    """Ids of products on show in the same category, those that can be bought first, never the product itself.

    What they have in common with `own` (see `tokens`) decides, then how well they are liked; the same answer
    each time. One statement a category: its candidates are kept until the index changes.
    """
    near = caching.cached(OWNER, f"near:{category_id}", lambda: _candidates(session, category_id))
    others = [candidate for candidate in near if candidate[0] != product_id]
    others.sort(key=lambda candidate: (not candidate[1], -len(candidate[2] & own)))
    return tuple(candidate[0] for candidate in others[:limit])


def _candidates(session: Session, category_id: int) -> tuple[Candidate, ...]:
    found = session.execute(_CANDIDATES, {"category": category_id, "most": CANDIDATES})
    return tuple((row.product_id, row.available, frozenset(row.facets or ())) for row in found)
