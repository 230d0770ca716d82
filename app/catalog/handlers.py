"""What the catalogue does when something in it changed: forget kept pages, count products again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.catalog import operations
from app.core import caching
from app.events.catalog import (
    AttributesChanged,
    BrandChanged,
    CategoryChanged,
    ProductArchived,
    ProductChanged,
    ProductPublished,
    ProductsChanged,
)
from app.events.media import ImagesChanged

OWNERS = ("catalog", "pages")
"""Owners of everything that is kept about the catalogue: the tree and attributes, and whole pages."""


def forget_product(session: Session, event: ProductChanged) -> None:
    """Purge kept pages, so that the next request shows the product as it is."""
    caching.purge(*OWNERS)


def forget_products(session: Session, event: ProductsChanged) -> None:
    """Purge kept pages after a batch."""
    caching.purge(*OWNERS)


def forget_category(session: Session, event: CategoryChanged) -> None:
    """Purge the tree and every page that shows it."""
    caching.purge(*OWNERS)


def forget_brand(session: Session, event: BrandChanged) -> None:
    """Purge pages that name the brand."""
    caching.purge(*OWNERS)


def forget_attributes(session: Session, event: AttributesChanged) -> None:
    """Purge the book of types and attributes, and pages that show them."""
    caching.purge(*OWNERS)


def forget_images(session: Session, event: ImagesChanged) -> None:
    """Purge pages, so that new formats and texts of pictures are shown."""
    caching.purge(*OWNERS)


def count_published(session: Session, event: ProductPublished) -> None:
    """Count the products of the categories again: one more is on show."""
    operations.refresh_product_counts(session)


def count_archived(session: Session, event: ProductArchived) -> None:
    """Count the products of the categories again: one less is on show."""
    operations.refresh_product_counts(session)


def count_moved(session: Session, event: CategoryChanged) -> None:
    """Count again when a category has another place: its products count for other parents now."""
    if event.moved:
        operations.refresh_product_counts(session)
