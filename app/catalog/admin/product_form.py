"""The form of a product: plain fields, typed inputs for its type's attributes, texts, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_appbuilder.forms import DynamicForm
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField
from wtforms import validators as checks

from app.catalog.admin import texts
from app.catalog.admin.variants import option_fields, options_of
from app.catalog.models import Category, Product
from app.catalog.queries import AttributeInfo, Book, TypeInfo
from app.core.admin.converters import FormMaker
from app.core.admin.fields import (
    ChoiceField,
    ParsedField,
    RelationsField,
    Storable,
    TextField,
    integer_field,
)
from app.core.admin.values import parse_decimal
from app.core.admin.widgets import TextWidget
from app.core.i18n import _l, current_language

TEXTS: texts.Columns = {
    "name": (_l("Name"), 200), "slug": (_l("Address name"), 200), "description": (_l("Description"), 50_000),
}  # fmt: skip
PLAIN = (
    "name",
    "category",
    "other_categories",
    "brand",
    "seller_id",
    "tax_class",
    "is_available",
    "description",
)
WINDOW = ("published_from", "published_until", "slug")
FIRST = ("sku", "ean", "weight_g")
YES_NO = (("yes", _l("Yes")), ("no", _l("No")))
SPEC_HELP = {
    "is_filter": _l("Stands in the specifications, and customers narrow lists by it."),
    "text": _l("Stands in the specifications on the product page."),
    "number": _l("A plain number without its unit; it stands in the specifications."),
    "boolean": _l("Stands in the specifications; left open, nothing is said."),
    "option": _l("One of the attribute’s options; it stands in the specifications."),
}


class PicturesField(MultipleFileField):
    """Files to be added. Nothing to compare when two people edit: both may add."""

    def keys(self) -> list[Any]:
        """No keys: what is added is no conflict."""
        return []

    def chosen(self) -> list[tuple[Any, str]]:
        """Nothing chosen yet."""
        return []

    def files(self) -> list[FileStorage]:
        """The files that were really sent."""
        return [f for f in self.data or () if isinstance(f, FileStorage) and f.filename]


def attribute_field(attribute: AttributeInfo, is_required: bool) -> Any:
    """A typed input for an attribute. Nothing is refused here but what the type itself cannot be."""
    language = current_language()
    label = attribute.name_in(language) + (f" ({attribute.unit})" if attribute.unit else "")
    rules = [checks.InputRequired() if is_required else checks.Optional()]
    told = SPEC_HELP["is_filter" if attribute.is_filter else attribute.kind]
    if attribute.kind == "number":
        return ParsedField(
            label,
            parse=parse_decimal,
            widget=TextWidget(inputmode="decimal"),
            validators=rules,
            description=told,
        )  # shown as it is kept: plain decimal text
    if attribute.kind == "boolean":
        return ChoiceField(label, choices=YES_NO, optional=True, validators=rules, description=told)
    if attribute.kind == "option":
        choices = [(o.value, o.label_in(language)) for o in attribute.options.values()]
        return ChoiceField(label, choices=choices, optional=True, validators=rules, description=told)
    rules = [*rules, Storable(), checks.Length(max=500)]
    return TextField(label, widget=TextWidget(maxlength=500), validators=rules, description=told)


def make(
    view: Any, kind: TypeInfo | None, book: Book, names: Iterable[str], adding: bool
) -> type[DynamicForm]:
    """The form class for products of a type."""
    maker, made = FormMaker(view), {}
    for name in names:
        made[name] = (
            RelationsField(
                _l("Also shown in"), description=_l("Other categories in which customers find it."),
                validators=[checks.Optional()], model=Category, spec=view.relations["category"],
                url=lambda: view.url("related", column="category"),
            )
            if name == "other_categories"
            else maker.field(name)
        )  # fmt: skip
    for code in kind.attributes if kind else ():
        made[f"spec_{code}"] = attribute_field(book.attributes[code], code in kind.required)  # type: ignore[union-attr]
    made |= texts.fields(TEXTS)
    if adding:
        made |= _first_variant(kind)
    made["pictures"] = PicturesField(
        _l("Add pictures"), description=_l("JPEG, PNG, WebP or AVIF. Order and texts: on the page “Pictures”."),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/avif"},
    )  # fmt: skip
    return type("ProductForm", (DynamicForm,), made)


def _first_variant(kind: TypeInfo | None) -> dict[str, Any]:
    sku = TextField(
        _l("SKU"), widget=TextWidget(maxlength=64), validators=[checks.Optional(), Storable()],
        description=_l("The first variant; more can be added once the product is saved."),
    )  # fmt: skip
    ean = TextField(
        _l("EAN"), widget=TextWidget(maxlength=14), validators=[checks.Optional(), Storable()],
        description=_l("The number below the barcode; its check digit is verified."),
    )  # fmt: skip
    weight = integer_field(
        _l("Weight (g)"), validators=[checks.Optional()], description=_l("Packed, in whole grams; shipping costs follow it."),
    )  # fmt: skip
    return {"sku": sku, "ean": ean, "weight_g": weight, **option_fields(kind.id if kind else None)}


def sections(form: Any) -> list[tuple[Any, list[Any]]]:
    """The fields in their sections: product, specifications, first variant, pictures, window, languages."""
    parts: list[tuple[Any, list[str]]] = [
        (_l("Product"), list(PLAIN)),
        (_l("Specifications"), [f.name for f in form if f.name.startswith("spec_")]),
        (_l("First variant"), [*FIRST, *(f.name for f in form if f.name.startswith("option_"))]),
        (_l("Pictures"), ["pictures"]),
        (_l("Publication and address"), list(WINDOW)),
        *((title, options["fields"]) for title, options in texts.fieldsets(TEXTS)),
    ]
    found = [(title, [form[name] for name in names if name in form]) for title, names in parts]
    return [(title, fields) for title, fields in found if fields]


def values(item: Product, other_categories: Iterable[int]) -> dict[str, Any]:
    """What the form of an existing product holds."""
    specs = {f"spec_{code}": _shown(value) for code, value in (item.specifications or {}).items()}
    return {**texts.values(item, TEXTS), **specs, "other_categories": list(other_categories)}


def _shown(value: Any) -> Any:
    return ("yes" if value else "no") if isinstance(value, bool) else value


def product_values(form: Any, translations: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the operations receive of a valid form, without variants and pictures."""
    found: dict[str, Any] = {
        "name": form["name"].data or "", "description": form["description"].data or "",
        "category_id": _key(form["category"].data), "category_ids": [int(k) for k in form["other_categories"].data or ()],
        "brand_id": _key(form["brand"].data), "tax_class": form["tax_class"].data,
        "is_available": bool(form["is_available"].data), "published_from": form["published_from"].data,
        "published_until": form["published_until"].data, "slug": form["slug"].data or None,
        "specifications": {f.name.removeprefix("spec_"): f.data for f in form if f.name.startswith("spec_")},
        "translations": texts.taken(form, TEXTS, translations),
    }  # fmt: skip
    return found | ({"seller_id": _key(form["seller_id"].data)} if "seller_id" in form else {})


def first_variant(form: Any) -> list[dict[str, Any]]:
    """The variant typed into a new product's form, or none."""
    options = options_of(form)
    if not form["sku"].data and not options:
        return []
    return [{
        "sku": form["sku"].data or "", "ean": form["ean"].data or None, "weight_g": form["weight_g"].data or 0,
        "options": options,
    }]  # fmt: skip


def _key(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def argument_fields(form_fields: Iterable[str] = ()) -> dict[str, str]:
    """Where refusals of the operations belong."""
    found = {
        "category_id": "category", "category_ids": "other_categories", "brand_id": "brand", "type_id": "type",
        "variants": "sku", "variants.0.sku": "sku", "variants.0.ean": "ean", "variants.0.weight_g": "weight_g",
        "variants.0.options": "sku", "data": "pictures", **texts.argument_fields(TEXTS),
    }  # fmt: skip
    return found | {
        f"specifications.{n.removeprefix('spec_')}": n for n in form_fields if n.startswith("spec_")
    }
