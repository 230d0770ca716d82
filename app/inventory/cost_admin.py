"""The back office's screen of costs: what a piece of each article costs the shop, from which day on."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func
from sqlalchemy.orm import joinedload

from app.catalog.models import Product, Variant
from app.core.admin import Interface, OperationView, by, related
from app.inventory import operations
from app.inventory.models import Cost


class CostView(OperationView):
    """What articles cost over time. Figures of stock value and turnover are made from it."""

    datamodel = Interface(Cost)
    imports = by("variant", "valid_from")
    entity, title, singular, icon = "cost", _l("Costs"), _l("Cost"), "tag"
    add_operation = operations.add_cost
    edit_operation = operations.change_cost
    delete_operation = operations.remove_cost
    grants = {"Support": ("can_list", "can_show")}
    load_options = (joinedload(Cost.variant).joinedload(Variant.product),)
    list_columns = ["variant", "variant.product", "amount", "currency", "valid_from", "updated_at"]
    show_columns = list_columns
    add_columns = ["variant", "amount", "valid_from"]
    edit_columns = ["amount", "valid_from"]
    search_columns = ["variant.sku", "amount", "valid_from", "updated_at"]
    quick_search_columns = ["variant.sku"]
    relations = {"variant": related("sku", "ean", order_by="sku")}
    base_order = ("id", "desc")
    label_columns = {
        "variant": _l("Article"), "variant.sku": _l("Article"), "variant.product": _l("Product"),
        "amount": _l("Cost of a piece"), "currency": _l("Currency"), "valid_from": _l("From"),
        "updated_at": _l("Changed"),
    }  # fmt: skip
    column_help = {
        "variant": _l("Search by SKU. One cost for each article and day."),
        "amount": _l("What the shop pays for one piece, without VAT, in the base currency."),
        "valid_from": _l("The first day on which it costs this. Earlier days keep what was said before."),
    }
    empty_help = _l(
        "Without costs nobody knows what the stock is worth. Enter them here, on a stock row, or by import."
    )

    def quick_search(self, q: str) -> Any:
        """Search by SKU, barcode or the product's name."""
        words = q.strip()
        return Cost.variant.has(
            func.concat_ws(" ", Variant.sku, Variant.ean).icontains(words, autoescape=True)
            | Variant.product.has(Product.name.icontains(words, autoescape=True))
        )
