"""The back office's screen of VAT rates."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.admin import Interface, OperationView, by
from app.tax import operations
from app.tax.models import TaxRate

CLASSES = [
    ("standard", _l("Standard")), ("reduced", _l("Reduced")), ("intermediate", _l("Intermediate")),
    ("zero", _l("Zero")),
]  # fmt: skip


class TaxRateView(OperationView):
    """VAT rates by country and class, each from a day to another one."""

    datamodel = Interface(TaxRate)
    imports = by("country", "tax_class", "valid_from", fold=True)
    entity, title, singular, icon = "taxrate", _l("VAT rates"), _l("VAT rate"), "percent"
    add_operation = operations.set_rate
    edit_operation = operations.set_rate
    delete_operation = operations.remove_rate
    id_argument = "rate_id"
    grants = {"Support": ("can_list", "can_show")}
    list_columns = ["country", "tax_class", "rate", "valid_from", "valid_until"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = list_columns
    search_columns = list_columns
    quick_search_columns = ["country"]
    choices = {"tax_class": CLASSES}
    badges = {"tax_class": {"standard": "quiet", "reduced": "good", "intermediate": "wait", "zero": "busy"}}
    base_order = ("country", "asc")
    label_columns = {
        "country": _l("Country"), "tax_class": _l("Class of goods"), "rate": _l("Percent"),
        "valid_from": _l("First day"), "valid_until": _l("Last day"),
    }  # fmt: skip
    column_help = {
        "rate": _l("21 is 21 %. Existing orders keep the rate they were placed with."),
        "country": _l("Two capitals: BE, FR, DE."),
        "tax_class": _l("A country without a rate for a class uses its standard rate."),
        "valid_from": _l("A new rate begins on its day by itself; give the old one a last day."),
        "valid_until": _l("Empty: until further notice."),
    }

    def name_of(self, item: Any) -> str:
        """For example "BE standard 21 %"."""
        return f"{item.country} {item.tax_class} {item.rate.normalize():f} %"
