"""The verbs of the catalogue: each one commits, or joins the unit of work it is called in."""

from app.catalog.operations.attributes import (
    add_option,
    create_attribute,
    delete_attribute,
    delete_option,
    update_attribute,
    update_option,
)
from app.catalog.operations.brands import create_brand, delete_brand, ensure_brand, update_brand
from app.catalog.operations.bulk import BulkResult, StateChange, change_states, create_products_bulk
from app.catalog.operations.categories import (
    create_category,
    delete_category,
    move_category,
    refresh_product_counts,
    update_category,
)
from app.catalog.operations.duplicating import duplicate_product
from app.catalog.operations.links import add_link, move_link, remove_link, set_links
from app.catalog.operations.parts import register_part, register_publish_check, register_sold_check
from app.catalog.operations.products import (
    add_popularity,
    archive_product,
    create_product,
    delete_product,
    missing_for_publication,
    publish_product,
    set_availability,
    set_rating,
    update_product,
    withdraw_product,
)
from app.catalog.operations.types import (
    add_attribute_to_type,
    create_product_type,
    delete_product_type,
    update_product_type,
)
from app.catalog.operations.upserting import Incoming, upsert_products_bulk
from app.catalog.operations.variants import add_variant, delete_variant, set_product_images, update_variant
from app.catalog.operations.windows import announce_window_crossings

__all__ = [
    "BulkResult", "Incoming", "StateChange", "add_attribute_to_type", "add_link", "add_option", "add_popularity", "add_variant",
    "announce_window_crossings", "archive_product", "change_states", "create_attribute", "create_brand",
    "create_category", "create_product", "create_product_type", "create_products_bulk", "delete_attribute",
    "delete_brand", "delete_category", "delete_option", "delete_product", "delete_product_type", "delete_variant",
    "duplicate_product", "ensure_brand", "missing_for_publication", "move_category", "move_link", "publish_product",
    "refresh_product_counts", "register_part", "register_publish_check", "register_sold_check", "remove_link", "set_availability",
    "set_links", "set_product_images", "set_rating", "update_attribute", "update_brand", "update_category", "update_option",
    "update_product", "update_product_type", "update_variant", "upsert_products_bulk", "withdraw_product",
]  # fmt: skip
