"""Tables of the catalogue."""

from app.catalog.models.attributes import Attribute, AttributeOption, ProductType, TypeAttribute
from app.catalog.models.links import ProductLink
from app.catalog.models.products import Product, ProductCategory, ProductImage, Variant
from app.catalog.models.tree import Brand, Category, ImportRef, Mark, Slug

__all__ = [
    "Attribute", "AttributeOption", "Brand", "Category", "ImportRef", "Mark", "Product", "ProductCategory",
    "ProductImage", "ProductLink", "ProductType", "Slug", "TypeAttribute", "Variant",
]  # fmt: skip
