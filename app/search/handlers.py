"""What the search does when products, prices or stock change: the next request finds them as they are."""

from __future__ import annotations

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.catalog.models import Attribute, Product
from app.core import caching, jobs
from app.core.jobs import JobRow
from app.events.catalog import (
    AttributesChanged,
    BrandChanged,
    CategoryChanged,
    ProductChanged,
    ProductsChanged,
)
from app.events.inventory import AvailabilityChanged
from app.events.pricing import PriceChanged
from app.events.search import IndexRebuilt
from app.search import operations

MOST_AT_ONCE = 500
"""More products than this are left to the job that builds the whole index."""


def index_product(session: Session, event: ProductChanged) -> None:
    """Index one product, or let it leave."""
    operations.index_products(session, [event.product_id])


def index_batch(session: Session, event: ProductsChanged) -> None:
    """Index the products of a batch."""
    operations.index_products(session, event.product_ids)


def refresh_prices(session: Session, event: PriceChanged) -> None:
    """Take over prices; words and filters have not changed."""
    operations.refresh_fields(session, event.product_ids)


def refresh_availability(session: Session, event: AvailabilityChanged) -> None:
    """Take over what can be bought."""
    operations.refresh_fields(session, event.product_ids)


def index_category(session: Session, event: CategoryChanged) -> None:
    """Index the products of a category that has another name or place."""
    # ix_search_document_categories
    query = text(
        "SELECT product_id FROM search_document WHERE categories @> ARRAY[CAST(:id AS bigint)] LIMIT :most"
    )
    found = session.scalars(query, {"id": event.category_id, "most": MOST_AT_ONCE + 1})
    _index_or_leave(session, list(found))


def index_brand(session: Session, event: BrandChanged) -> None:
    """Index the products of a brand that has another name."""
    query = select(Product.id).where(Product.brand_id == event.brand_id).limit(MOST_AT_ONCE + 1)
    _index_or_leave(session, list(session.scalars(query)))


def index_attribute(session: Session, event: AttributesChanged) -> None:
    """Build the index again when an attribute became a filter or stopped being one."""
    attribute = session.get(Attribute, event.attribute_id) if event.attribute_id else None
    if attribute is None:
        return
    token = text(
        """SELECT EXISTS (SELECT 1 FROM unnest(d.facets) AS token WHERE starts_with(token, :begins))
             FROM search_document d JOIN catalog_product p ON p.id = d.product_id
            WHERE p.specifications ? :code LIMIT 1"""
    )
    indexed = session.scalar(token, {"begins": f"{attribute.code}=", "code": attribute.code})
    if indexed is not None and bool(indexed) != attribute.is_filter:
        _leave_to_job(session)


def forget_pages(session: Session, event: IndexRebuilt) -> None:
    """Purge kept pages: lists may show other products now."""
    caching.purge("pages")


def _index_or_leave(session: Session, product_ids: list[int]) -> None:
    if len(product_ids) > MOST_AT_ONCE:
        _leave_to_job(session)
    elif product_ids:
        operations.index_products(session, product_ids)


def _leave_to_job(session: Session) -> None:
    waiting = select(JobRow.id).where(JobRow.name == "search.reindex", JobRow.state == "queued").limit(1)
    if session.scalar(waiting) is None:
        jobs.start(session, "search.reindex")
