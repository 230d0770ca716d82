"""The screen of variants: what can be bought, each with its SKU."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from flask import request
from flask_appbuilder.forms import DynamicForm
from sqlalchemy import select
from wtforms import validators as checks

from app.catalog import operations
from app.catalog.models import Product, Variant
from app.catalog.queries import AttributeInfo, attribute_book, load_book
from app.catalog.rules import SIDES
from app.core.admin import Interface, OperationView, action, by, current_actor, related
from app.core.admin.context import database
from app.core.admin.converters import FormMaker
from app.core.admin.fields import ChoiceField
from app.core.i18n import _l, current_language
from app.core.unit_of_work import unit_of_work

BASIC = ("sku", "ean", "name", "weight_g", *SIDES, "is_active")


def in_words(key: str) -> str:
    """A combination as its readers say it: "Colour: Ink, Size: M"; a code that is gone stays as it is."""
    known, language = attribute_book(database()).attributes, current_language()
    return ", ".join(
        f"{known[code].name_in(language)}: {known[code].value_in(value, language)}"
        if code in known
        else f"{code}: {value}"
        for code, value in parse_qsl(key, keep_blank_values=True)
    )


def option_field(attribute: AttributeInfo) -> Any:
    """A choice among an attribute's options."""
    language = current_language()
    choices = [(option.value, option.label_in(language)) for option in attribute.options.values()]
    return ChoiceField(
        attribute.name_in(language),
        choices=choices,
        optional=True,
        validators=[checks.Optional()],
        description=_l("Tells this variant apart; customers choose by it."),
    )


def option_fields(type_id: int | None) -> dict[str, Any]:
    """A field for each attribute that tells variants of this type apart."""
    book = load_book(database())
    kind = book.types.get(type_id) if type_id is not None else None
    codes = kind.variant_attributes if kind else ()
    return {
        f"option_{code}": option_field(book.attributes[code]) for code in codes if code in book.attributes
    }


def options_of(form: Any) -> dict[str, str]:
    """The combination that was chosen."""
    return {f.name.removeprefix("option_"): f.data for f in form if f.name.startswith("option_") and f.data}


class VariantView(OperationView):
    """Variants of products."""

    datamodel = Interface(Variant)
    imports = by("sku")
    entity = "variant"
    title, singular = _l("Variants"), _l("Variant")
    icon = "boxes"
    list_columns = ["sku", "product", "option_key", "ean", "weight_g", "is_active"]
    search_columns = ["sku", "ean", "product", "is_active"]
    quick_search_columns = ["sku", "ean"]
    base_order = ("id", "desc")
    relations = {"product": related("name", "slug")}
    label_columns = {
        "option_key": _l("Options"), "ean": _l("EAN"), "weight_g": _l("Weight (g)"), "name": _l("Own name"),
        "length_mm": _l("Length (mm)"), "width_mm": _l("Width (mm)"), "height_mm": _l("Height (mm)"),
    }  # fmt: skip
    column_help = {
        "product": _l("The product that this is one choice of."),
        "name": _l("Only where options cannot tell variants apart, such as “Set of four”."),
        "position": _l("Lower stands further up among the product’s variants."),
        "sku": _l("1 to 64 letters, digits or . _ / + -; unique in the whole shop."),
        "ean": _l("8, 12, 13 or 14 digits; the check digit is verified."),
        "weight_g": _l("Whole grams; carriers are chosen by it."),
        "length_mm": _l("Of the packed article; ways to ship can ask for its volume. Empty: takes no room."),
        "width_mm": _l("Across the packed article, in whole millimetres."),
        "height_mm": _l("From the bottom to the top of the packed article."),
        "is_active": _l("Variants that are switched off cannot be bought, orders still show them."),
    }
    formatters_columns = {"option_key": in_words}
    history_words = {"variant.inactive": _l("Switched off")}
    add_columns = ["product", *BASIC]
    edit_columns = [*BASIC, "position"]
    show_columns = [
        "sku", "product", "option_key", "ean", "name", "weight_g", *SIDES, "position", "is_active", "updated_at",
    ]  # fmt: skip
    add_operation = staticmethod(operations.add_variant)
    edit_operation = staticmethod(operations.update_variant)
    delete_operation = staticmethod(operations.delete_variant)
    delete_row_message = _l("Removed, or switched off where orders still show it.")
    owner_filter = staticmethod(lambda model, user_id: model.product.has(Product.seller_id == user_id))
    grants = {"Seller": ("*",), "Support": ("can_list", "can_show")}

    def _form(self, columns: list[str], type_id: int | None) -> type[DynamicForm]:
        maker = FormMaker(self)
        return type("VariantForm", (maker.make(columns),), option_fields(type_id))

    def _type_of(self, product_id: Any) -> int | None:
        raw = str(product_id or "").strip()
        if not (raw.isascii() and raw.isdigit()) or len(raw) > 18:
            return None
        return database().scalar(select(Product.type_id).where(Product.id == int(raw)))

    def new_form(self, data: Any = None) -> Any:
        """The add form with the options of the product's type."""
        asked = request.args.get("product") or (data.get("product") if data is not None else None)
        form = self._form(self.add_columns, self._type_of(asked))
        start = {"is_active": True, **self.initial_values()} if data is None else {}
        made = form(data, data=start, meta={"csrf": False})
        made._key = None
        return made

    def form_of(self, item: Variant, data: Any = None) -> Any:
        """The edit form with the options of the product's type."""
        form = self._form(self.edit_columns, self._type_of(item.product_id))
        chosen = {f"option_{code}": value for code, value in item.options.items()}
        made = form(data, obj=item, data=chosen, meta={"csrf": False})
        made._key = (item.id,)
        return made

    def sections(self, form: Any, adding: bool) -> list[tuple[Any, list[Any]]]:
        """The plain fields, then the options."""
        options = [f for f in form if f.name.startswith("option_")]
        return [*super().sections(form, adding), *([(_l("Options"), options)] if options else [])]

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        names = [*BASIC, "position"]
        values = {name: form[name].data for name in names if name in form}
        values |= {"options": options_of(form), "ean": values["ean"] or None, "name": values["name"] or ""}
        values |= {name: values[name] or 0 for name in ("weight_g", *SIDES)}
        if "position" in values:
            values["position"] = values["position"] or 0
        return values | ({"product_id": int(form["product"].data)} if "product" in form else {})

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return {"product_id": "product", "variants": "sku"}

    @action("switch_off", _l("Switch off"), _l("Customers can no longer buy these variants."), "ban")
    def switch_off(self, items: list[Variant]) -> None:
        """Take variants out of sale."""
        self._switch(items, False)

    @action("switch_on", _l("Switch on"), icon="check")
    def switch_on(self, items: list[Variant]) -> None:
        """Offer variants again."""
        self._switch(items, True)

    @staticmethod
    def _switch(items: list[Variant], is_active: bool) -> None:
        session, ids = database(), sorted(item.id for item in items)
        with unit_of_work(session):
            for variant_id in ids:
                operations.update_variant(
                    session, variant_id=variant_id, actor=current_actor(), is_active=is_active
                )
