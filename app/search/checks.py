"""What must always be true of the index."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_DRIFT = text(
    """(SELECT 'product ' || p.id || ' is on show but cannot be found' FROM catalog_product p
         WHERE p.state = 'published'
           AND (p.published_from IS NULL OR p.published_from <= now() - interval '2 minutes')
           AND (p.published_until IS NULL OR p.published_until > now())
           AND NOT EXISTS (SELECT 1 FROM search_document d JOIN search_text t USING (product_id)
                            WHERE d.product_id = p.id) ORDER BY p.id LIMIT 50)
       UNION ALL
       (SELECT 'product ' || d.product_id || ' can be found but is not on show' FROM search_document d
          LEFT JOIN catalog_product p ON p.id = d.product_id
         WHERE p.id IS NULL OR p.state <> 'published'
            OR p.published_until < now() - interval '2 minutes' ORDER BY d.product_id LIMIT 50)"""
)


def index_is_in_line(session: Session) -> list[str]:
    """Products on show that cannot be found, and found ones that are not on show."""
    return list(session.scalars(_DRIFT))
