"""The catalogue's reads. Row shapes and the number of statements are decided here."""

from app.catalog.queries.book import AttributeInfo, Book, OptionInfo, TypeInfo, load_book
from app.catalog.queries.cards import (
    ProductCard,
    VariantCard,
    attribute_book,
    is_on_show,
    product_cards,
    variant_cards,
    variant_ids_by_sku,
)
from app.catalog.queries.links import Linked, linked_products, links_of, links_token, shown_links
from app.catalog.queries.page import (
    PageOption,
    PageOptionValue,
    PageVariant,
    ProductPage,
    product_page,
    public_product_slugs,
)
from app.catalog.queries.tree import (
    CategoryNode,
    CategoryPage,
    CategoryTree,
    category_page,
    category_tree,
    load_tree,
)

__all__ = [
    "AttributeInfo", "Book", "CategoryNode", "CategoryPage", "CategoryTree", "Linked", "OptionInfo", "PageOption",
    "PageOptionValue", "PageVariant", "ProductCard", "ProductPage", "TypeInfo", "VariantCard",
    "attribute_book", "category_page", "category_tree", "is_on_show", "linked_products", "links_of",
    "links_token", "load_book", "load_tree", "product_cards",
    "product_page", "public_product_slugs", "shown_links", "variant_cards", "variant_ids_by_sku",
]  # fmt: skip
