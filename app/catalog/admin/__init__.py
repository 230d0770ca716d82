"""The back office of the catalogue: products and their variants, the tree, types and attributes."""

from app.catalog.admin.attributes import AttributeOptionView, AttributeView, ProductTypeView
from app.catalog.admin.products import ProductView
from app.catalog.admin.tree import BrandView, CategoryView
from app.catalog.admin.variants import VariantView

__all__ = [
    "AttributeOptionView", "AttributeView", "BrandView", "CategoryView", "ProductTypeView", "ProductView", "VariantView",
]  # fmt: skip
