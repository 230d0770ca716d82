"""Products that resemble another one: of its category, the more they share the earlier."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

CANDIDATES = 200
"""Of a larger category only this many, those in stock and best liked first, are compared."""
_ALIKE = text("""
    WITH self AS (SELECT coalesce((SELECT facets FROM search_document WHERE product_id = :product), '{}') AS facets),
    near AS MATERIALIZED (
        SELECT d.product_id, d.facets, d.available, d.popularity FROM search_document d
         WHERE d.categories @> ARRAY[CAST(:category AS bigint)] AND d.product_id <> :product
         ORDER BY d.available DESC, d.popularity DESC, d.product_id DESC LIMIT :candidates)
    SELECT n.product_id FROM near n, self s
     ORDER BY n.available DESC,
              cardinality(ARRAY(SELECT unnest(n.facets) INTERSECT SELECT unnest(s.facets))) DESC,
              n.popularity DESC, n.product_id DESC
     LIMIT :limit""")


def related(session: Session, product_id: int, category_id: int, limit: int = 8) -> tuple[int, ...]:
    """Ids of products on show in the same category, those that can be bought first, never the product itself.

    Brand and attribute values in common decide, then how well they are liked; the same answer each time. One
    statement over at most 200 documents (ix_search_document_categories).
    """
    values = {"product": product_id, "category": category_id, "limit": limit, "candidates": CANDIDATES}
    return tuple(session.scalars(_ALIKE, values))
