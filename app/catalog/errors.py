"""The ways the catalogue can refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.errors import Conflict, Gone, InvalidFields, NotFound
from app.core.i18n import _l


class NoSuchProduct(NotFound):
    """No product has this address, or it is not on show."""

    code = "no_such_product"
    message = _l("We do not have this product.")


class ProductArchivedError(Gone):
    """The product was sold here once and is not any more."""

    code = "product_archived"
    message = _l("We no longer sell this product.")


class NoSuchCategory(NotFound):
    """No category has this address."""

    code = "no_such_category"
    message = _l("We do not have this category.")


class CategoryCycle(Conflict):
    """A category cannot stand below itself."""

    code, field = "category_cycle", "parent_id"
    message = _l("A category cannot be moved below itself.")


class CategoryNotEmpty(Conflict):
    """Products or other categories still hang on it."""

    code = "category_not_empty"
    message = _l("This category still holds products or other categories. Move them first.")


class InUse(Conflict):
    """Something else still needs it."""

    code = "in_use"
    message = _l("This is still in use and cannot be removed.")


class LastVariant(Conflict):
    """A published product needs something that can be bought."""

    code = "last_variant"
    message = _l("A published product needs at least one active variant.")


class NotPublishable(InvalidFields):
    """Things are missing before customers may see the product; all of them are listed."""

    code = "not_publishable"

    def __init__(self, errors: Mapping[str, Any]):
        super().__init__(errors, _l("Some things are missing before this can be published."))
