"""What must always be true of the catalogue; `flask shop check` asks for it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_LIMIT = " ORDER BY 1, 2 LIMIT 50"


def _sentences(session: Session, query: str, sentence: str) -> list[str]:
    return [sentence.format(*row) for row in session.execute(text(query + _LIMIT))]


def published_can_be_bought(session: Session) -> list[str]:
    """Every published product has an active variant."""
    return _sentences(
        session,
        """SELECT p.id, p.slug FROM catalog_product p WHERE p.state = 'published' AND NOT EXISTS
           (SELECT 1 FROM catalog_variant v WHERE v.product_id = p.id AND v.is_active)""",
        "published product {0} ({1}) has no active variant",
    )


def products_have_their_address(session: Session) -> list[str]:
    """Every product's address leads to it."""
    return _sentences(
        session,
        """SELECT p.id, p.slug FROM catalog_product p WHERE NOT EXISTS (SELECT 1 FROM catalog_slug s
           WHERE s.kind = 'product' AND s.target_id = p.id AND s.slug = p.slug AND s.lang = 'en' AND s.is_current)""",
        "the address of product {0} ({1}) does not lead to it",
    )


def primary_category_shows_product(session: Session) -> list[str]:
    """Every product stands in its own primary category."""
    return _sentences(
        session,
        """SELECT p.id, p.category_id FROM catalog_product p WHERE NOT EXISTS
           (SELECT 1 FROM catalog_product_category c WHERE c.product_id = p.id AND c.category_id = p.category_id)""",
        "product {0} is missing from its category {1}",
    )


def tree_is_a_tree(session: Session) -> list[str]:
    """Every category's lineage is its parent's lineage and itself."""
    return _sentences(
        session,
        """SELECT c.id, c.path FROM catalog_category c LEFT JOIN catalog_category p ON p.id = c.parent_id
           WHERE c.lineage <> coalesce(p.lineage, '{}'::bigint[]) || c.id""",
        "the lineage of category {0} ({1}) does not follow its parent",
    )
