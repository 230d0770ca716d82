"""Screens of product types, their typed attributes and the values one may choose."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from wtforms import validators as checks

from app.catalog import operations
from app.catalog.admin import texts
from app.catalog.models import Attribute, AttributeOption, ProductType, TypeAttribute
from app.core.admin import Interface, OperationView, by, related
from app.core.admin.context import database
from app.core.admin.fields import RelationsField
from app.core.i18n import _l

NAME: texts.Columns = {"name": (_l("Name"), 200)}
LABEL: texts.Columns = {"label": (_l("Label"), 200)}
KINDS = [("text", _l("Text")), ("number", _l("Number")), ("boolean", _l("Yes or no")), ("option", _l("List of options"))]  # fmt: skip
SPEC = related("name", "code", label=lambda row: f"{row.name} ({row.code})")
OPTIONS = related(
    "name", "code", label=lambda row: f"{row.name} ({row.code})", where=lambda a: a.kind == "option"
)
STAFF_READ = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}


def _ids_to_codes(ids: list[int] | None) -> list[str]:
    """Codes of attributes, in the order they were chosen."""
    wanted = [int(key) for key in ids or ()]
    found = dict(
        database().execute(select(Attribute.id, Attribute.code).where(Attribute.id.in_(wanted))).all()
    )
    return [found[key] for key in wanted if key in found]


class AttributeOptionView(OperationView):
    """Values one may choose for an attribute."""

    datamodel = Interface(AttributeOption)
    imports = by("attribute", "value")
    entity = "option"
    title, singular = _l("Options"), _l("Option")
    list_columns = ["label", "value", "attribute", "swatch", "position"]
    show_columns = ["id", "attribute", "value", "label", "swatch", "position", "translations"]
    search_columns = ["label", "value", "attribute"]
    relations = {"attribute": OPTIONS}
    label_columns = {
        "value": _l("Value"),
        "label": _l("Label"),
        "attribute": _l("Attribute"),
        "swatch": _l("Colour"),
    }
    column_help = {
        "attribute": _l("Only attributes with a list of options take new ones."),
        "label": _l("What customers read; the other languages are below."),
        "position": _l("Smaller numbers stand first among the options."),
        "value": _l("What filters and imports use. It cannot be changed later."),
        "swatch": _l("A colour like #a3b18a, shown as a dot instead of the word."),
    }
    add_fieldsets = [
        (_l("Option"), {"fields": ["attribute", "value", "label", "swatch", "position"]}),
        *texts.fieldsets(LABEL),
    ]  # fmt: skip
    edit_fieldsets = [(_l("Option"), {"fields": ["label", "swatch", "position"]}), *texts.fieldsets(LABEL)]
    add_form_extra_fields = edit_form_extra_fields = texts.fields(LABEL)
    add_operation = staticmethod(operations.add_option)
    edit_operation = staticmethod(operations.update_option)
    delete_operation = staticmethod(operations.delete_option)
    id_argument = "option_id"
    grants = STAFF_READ

    def edit_values(self, item: AttributeOption) -> dict[str, Any]:
        """Fill in the labels of the other languages."""
        return texts.values(item, LABEL)

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        values = texts.plain_values(form, LABEL) | {"translations": texts.taken(form, LABEL)}
        if "attribute" in values:
            values["attribute_id"] = int(values.pop("attribute"))
        values["swatch"] = values.get("swatch") or ""
        values["position"] = values.get("position") or 0
        return values

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return {"attribute_id": "attribute", **texts.argument_fields(LABEL)}


class AttributeView(OperationView):
    """Typed properties of products."""

    datamodel = Interface(Attribute)
    imports = by("code")
    entity = "attribute"
    title, singular = _l("Attributes"), _l("Attribute")
    icon = "list"
    list_columns = ["name", "code", "kind", "unit", "is_filter", "is_variant", "position"]
    search_columns = ["name", "code", "kind", "is_filter", "is_variant"]
    choices = {"kind": KINDS}
    base_order = ("position", "asc")
    label_columns = {"kind": _l("Kind"), "unit": _l("Unit"), "is_filter": _l("Filter in the shop"), "is_variant": _l("Makes variants")}  # fmt: skip
    column_help = {
        "name": _l("Customers read it before the value and above the filter."),
        "is_filter": _l("Customers can narrow lists of products by it."),
        "position": _l("Smaller numbers come first among filters and specifications."),
        "code": _l("Small letters, digits and _. It cannot be changed later."),
        "kind": _l("Text in a number attribute is refused. It cannot be changed later."),
        "unit": _l("Follows the value: “16 GB”."),
        "is_variant": _l("Only attributes with a list of options can tell variants apart."),
    }
    add_fieldsets = [
        (
            _l("Attribute"),
            {"fields": ["name", "code", "kind", "unit", "is_filter", "is_variant", "position"]},
        ),
        *texts.fieldsets(NAME),
    ]
    edit_fieldsets = [
        (_l("Attribute"), {"fields": ["name", "unit", "is_filter", "is_variant", "position"]}),
        *texts.fieldsets(NAME),
    ]
    add_form_extra_fields = edit_form_extra_fields = texts.fields(NAME)
    related_views = [AttributeOptionView]
    add_operation = staticmethod(operations.create_attribute)
    edit_operation = staticmethod(operations.update_attribute)
    delete_operation = staticmethod(operations.delete_attribute)
    grants = STAFF_READ

    def edit_values(self, item: Attribute) -> dict[str, Any]:
        """Fill in the names of the other languages."""
        return texts.values(item, NAME)

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        values = texts.plain_values(form, NAME) | {"translations": texts.taken(form, NAME)}
        values["unit"], values["position"] = values.get("unit") or "", values.get("position") or 0
        return values

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return texts.argument_fields(NAME)


def _attributes(label: Any, spec: Any, help_text: Any) -> Any:
    return RelationsField(
        label, description=help_text, validators=[checks.Optional()], model=Attribute, spec=spec,
        url=lambda: "/admin/producttype/related/attributes",
    )  # fmt: skip


class ProductTypeView(OperationView):
    """Kinds of products: which attributes they have, and which of them make variants."""

    datamodel = Interface(ProductType)
    imports = by("code")
    entity = "producttype"
    title, singular = _l("Product types"), _l("Product type")
    icon = "layers"
    list_columns = ["name", "code", "variant_attributes", "updated_at"]
    search_columns = ["name", "code"]
    base_order = ("name", "asc")
    relations = {"attributes": SPEC}
    label_columns = {"variant_attributes": _l("Variants differ by"), "attributes": _l("Specifications"), "required": _l("Must be filled in")}  # fmt: skip
    column_help = {
        "code": _l("Small letters, digits and _. It cannot be changed later."),
        "name": _l("For example “Lamp”; chosen when a product is added."),
    }
    add_form_extra_fields = edit_form_extra_fields = {
        "specs": _attributes(_l("Specifications"), SPEC, _l("In this order on the product page.")),
        "required": _attributes(_l("Must be filled in"), SPEC, _l("Products without them are refused.")),
        "varying": _attributes(_l("Variants differ by"), OPTIONS, _l("In the order customers choose.")),
    }
    add_columns = ["name", "code", "specs", "required", "varying"]
    edit_columns = ["name", "specs", "required", "varying"]
    show_columns = ["name", "code", "attributes", "variant_attributes", "updated_at"]
    add_operation = staticmethod(operations.create_product_type)
    edit_operation = staticmethod(operations.update_product_type)
    delete_operation = staticmethod(operations.delete_product_type)
    id_argument = "type_id"
    grants = STAFF_READ

    def edit_values(self, item: ProductType) -> dict[str, Any]:
        """The attributes by key, in their order."""
        session = database()
        links = select(TypeAttribute).where(TypeAttribute.type_id == item.id)
        rows = session.scalars(links.order_by(TypeAttribute.position, TypeAttribute.attribute_id)).all()
        codes = dict(session.execute(select(Attribute.code, Attribute.id)).all())
        return {
            "specs": [row.attribute_id for row in rows],
            "required": [row.attribute_id for row in rows if row.is_required],
            "varying": [codes[code] for code in item.variant_attributes if code in codes],
        }

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives: codes, in the order chosen."""
        required = _ids_to_codes(form["required"].data)
        specs = list(dict.fromkeys([*_ids_to_codes(form["specs"].data), *required]))
        values: dict[str, Any] = {
            "name": form["name"].data, "attributes": specs, "required": required,
            "variant_attributes": _ids_to_codes(form["varying"].data),
        }  # fmt: skip
        return values | ({"code": form["code"].data} if "code" in form else {})

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return {"attributes": "specs", "variant_attributes": "varying"}
