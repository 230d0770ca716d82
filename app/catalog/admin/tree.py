"""Screens of categories and brands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement

from app.catalog import operations
from app.catalog.admin import texts
from app.catalog.models import Brand, Category
from app.catalog.queries import category_tree
from app.core.admin import Imports, Interface, OperationView, action, by, current_actor, related
from app.core.admin.context import database
from app.core.i18n import _l, current_language, translated
from app.core.unit_of_work import unit_of_work

TEXTS: texts.Columns = {
    "name": (_l("Name"), 200), "slug": (_l("Address name"), 200), "description": (_l("Description"), 50_000),
}  # fmt: skip


def full_name(category: Category) -> str:
    """What a reader calls a category, in their language: "Lighting / Desk lamps"."""
    return category_tree(database(), current_language()).full_name(category.id) or category.name


def _called(words: str) -> ColumnElement[bool]:
    return Category.id.in_(category_tree(database(), current_language()).called(words))


DEPARTMENT = related("name", "path", label=full_name, called=_called, order_by="path")
"""How categories are found and named, wherever one is chosen."""


def indented(category: Category) -> Markup:
    """A category's own name in the reader's language, set in by its depth."""
    name = translated(category, "name", current_language())
    depth = len(category.lineage) - 1
    return Markup('<span style="padding-inline-start:{}rem">{}</span>').format(depth * 1.25, name)


class CategoryView(OperationView):
    """The tree of categories: a child stands below its parent."""

    datamodel = Interface(Category)
    imports = Imports((("path",), ("parent_id", "name")))
    entity = "category"
    title, singular = _l("Categories"), _l("Category")
    icon = "folder"
    list_help = _l("Moving a category takes its products and everything below along; old addresses redirect.")
    list_columns = ["name", "path", "product_count", "is_visible", "position"]
    search_columns = ["name", "path", "is_visible", "parent_id"]
    quick_search_columns = ["name", "path"]
    order_columns = ["path", "product_count", "position"]
    base_order = ("path", "asc")
    label_columns = {
        "path": _l("Address"), "product_count": _l("Products"), "parent_id": _l("Below"),
        "image_id": _l("Picture"),
    }  # fmt: skip
    relations = {"parent_id": DEPARTMENT, "image_id": related("filename", "alt")}
    add_fieldsets = edit_fieldsets = [
        (_l("Category"), {"fields": ["name", "parent_id", "position", "is_visible", "image_id", "slug", "description"]}),
        *texts.fieldsets(TEXTS),
    ]  # fmt: skip
    add_form_extra_fields = edit_form_extra_fields = texts.fields(TEXTS)
    column_help = {
        "name": _l("Stands in the menu and above the list of products."),
        "image_id": _l("Shown on the front page and in the menu of departments."),
        "description": _l("A few lines above the products; search engines read them too."),
        "parent_id": _l("Leave it empty for a department."),
        "slug": _l("Made from the name when left empty. Old addresses keep working."),
        "position": _l("Smaller numbers come first among siblings."),
        "is_visible": _l("Hidden categories, and all below them, are not found in the shop."),
    }
    validators_columns: dict[str, Any] = {}
    show_columns = ["name", "path", "product_count", "is_visible", "position", "description", "translations"]
    add_operation = staticmethod(operations.create_category)
    edit_operation = staticmethod(operations.update_category)
    delete_operation = staticmethod(operations.delete_category)
    grants = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}

    def cell(self, item: Category, name: str, short: bool = False) -> Any:
        """The list is a tree, and read in one's own language."""
        return indented(item) if name == "name" and short else super().cell(item, name, short)

    def name_of(self, item: Category) -> str:
        """Its name with those above it."""
        return full_name(item)

    def import_cells(self, cells: Mapping[str, str]) -> dict[str, str]:
        """A table that names only addresses tells by them what stands below what."""
        path = cells.get("path", "").strip().strip("/")
        below = path.rpartition("/")[0]
        return ({"parent_id": below} if below else {}) | dict(cells)

    def edit_values(self, item: Category) -> dict[str, Any]:
        """Fill in the texts of the other languages."""
        return texts.values(item, TEXTS)

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        values = texts.plain_values(form, TEXTS)
        values["slug"] = values.get("slug") or None
        values["description"] = values.get("description") or ""
        values["position"] = values.get("position") or 0
        return values | {"translations": texts.taken(form, TEXTS)}

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return texts.argument_fields(TEXTS)

    def new_form(self, data: Any = None) -> Any:
        """The address name and path are optional: they follow the name."""
        return _optional(super().new_form(data), "slug")

    def form_of(self, item: Any, data: Any = None) -> Any:
        """The same for an existing category."""
        return _optional(super().form_of(item, data), "slug")

    @action("hide", _l("Hide"), _l("Hide these categories and all below them?"), "eye")
    def hide(self, items: list[Category]) -> None:
        """Take categories out of the shop's navigation."""
        self._show(items, False)

    @action("unhide", _l("Show"), icon="eye")
    def unhide(self, items: list[Category]) -> None:
        """Put categories back into the shop's navigation."""
        self._show(items, True)

    @staticmethod
    def _show(items: list[Category], is_visible: bool) -> None:
        session, ids = database(), [item.id for item in items]
        with unit_of_work(session):
            for category_id in ids:
                operations.update_category(
                    session, category_id=category_id, actor=current_actor(), is_visible=is_visible
                )


def _optional(form: Any, *names: str) -> Any:
    from wtforms.validators import InputRequired, Optional

    for name in names:
        field = form[name]
        field.validators = [Optional(), *(v for v in field.validators if not isinstance(v, InputRequired))]
        field.flags.required = False
    return form


class BrandView(OperationView):
    """Who makes products."""

    datamodel = Interface(Brand)
    imports = by("name", fold=True)
    entity = "brand"
    title, singular = _l("Brands"), _l("Brand")
    icon = "tag"
    column_help = {
        "name": _l("As the maker writes it; it stands above the product’s name."),
    }
    list_columns = ["name", "slug", "created_at"]
    search_columns = ["name"]
    base_order = ("name", "asc")
    add_columns = edit_columns = ["name"]
    show_columns = ["name", "slug", "created_at", "updated_at"]
    add_operation = staticmethod(operations.create_brand)
    edit_operation = staticmethod(operations.update_brand)
    delete_operation = staticmethod(operations.delete_brand)
    grants = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}
