"""What happens to products and the category tree."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """Something about a product, its variants, pictures or specifications is different."""

    product_id: int


@dataclass(frozen=True, slots=True)
class ProductsChanged(Event):
    """Many products were made or changed in one transaction."""

    product_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProductPublished(Event):
    """A product went from draft to published."""

    product_id: int


@dataclass(frozen=True, slots=True)
class ProductArchived(Event):
    """A product is gone for customers; orders still show it."""

    product_id: int


@dataclass(frozen=True, slots=True)
class CategoryChanged(Event):
    """A category was made, renamed, moved, hidden or removed; `moved` says its place is different."""

    category_id: int
    moved: bool = False


@dataclass(frozen=True, slots=True)
class BrandChanged(Event):
    """A brand has another name."""

    brand_id: int


@dataclass(frozen=True, slots=True)
class AttributesChanged(Event):
    """A product type, an attribute or one of its options is different."""

    attribute_id: int | None = None
