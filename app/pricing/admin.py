"""The back office's screens of prices: the price list, and what bulk changes have done."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from app.catalog.models import Product, Variant
from app.core import jobs
from app.core.admin import Interface, OperationView, ReadOnlyView, action, by, current_actor, panel, related
from app.core.admin.context import database
from app.core.admin.export import csv_chunks, neutral
from app.core.errors import Invalid
from app.pricing import bulk_admin, operations, queries
from app.pricing.bulk_admin import PercentForm
from app.pricing.models import Price, PriceChange, PriceChangeLine

LOOKS = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}
MOST_LINES = 500_000


def prices_of(model: Any, user_id: int) -> ColumnElement[bool]:
    """Prices of this seller's articles."""
    return model.variant.has(Variant.product.has(Product.seller_id == user_id))


def changes_of(model: Any, user_id: int) -> ColumnElement[bool]:
    """Changes that touched this seller's articles and nobody else's."""
    lines = select(PriceChangeLine.id).join(Variant, Variant.id == PriceChangeLine.variant_id)
    lines = lines.join(Product, Product.id == Variant.product_id).where(PriceChangeLine.change_id == model.id)
    return lines.exists() & ~lines.where(Product.seller_id.is_distinct_from(user_id)).exists()


class PriceView(OperationView):
    """What each article costs, home VAT included. Currencies without a price here are converted."""

    datamodel = Interface(Price)
    imports = by("variant", "currency", fold=True)
    entity, title, singular, icon = "price", _l("Price list"), _l("Price"), "tag"
    add_operation = operations.put_price
    edit_operation = operations.put_price
    delete_operation = operations.drop_price
    id_argument = "price_id"
    owner_filter = staticmethod(prices_of)
    grants = LOOKS
    load_options = (joinedload(Price.variant).joinedload(Variant.product),)
    list_columns = ["variant", "variant.product", "currency", "amount", "compare_at", "updated_at"]
    show_columns = list_columns
    add_columns = ["variant", "currency", "amount", "compare_at"]
    edit_columns = ["amount", "compare_at"]
    search_columns = ["variant.sku", "currency", "amount", "compare_at", "updated_at"]
    quick_search_columns = ["variant.sku"]
    relations = {"variant": related("sku", "ean", order_by="sku")}
    base_order = ("id", "desc")
    label_columns = {
        "variant": _l("Article"), "variant.sku": _l("Article"), "variant.product": _l("Product"),
        "currency": _l("Currency"), "amount": _l("Price"), "compare_at": _l("Earlier price"),
        "updated_at": _l("Changed"),
    }  # fmt: skip
    column_help = {
        "variant": _l("Search by SKU or barcode. One price for each article and currency."),
        "amount": _l("What a customer pays for one piece, VAT of the shop's own country included."),
        "compare_at": _l("Shown crossed out beside the price; must be higher. Empty shows none."),
        "currency": _l("Three capitals: EUR, USD, GBP. Without a price here it is converted by rate."),
    }
    empty_help = _l("Prices are entered with the product, by import, or here.")

    def quick_search(self, q: str) -> Any:
        """Search by SKU, barcode or the product's name."""
        words = q.strip()
        return Price.variant.has(
            func.concat_ws(" ", Variant.sku, Variant.ean).icontains(words, autoescape=True)
            | Variant.product.has(Product.name.icontains(words, autoescape=True))
        )

    @action(
        "change_percent", _l("Change by percent"), icon="tag", single=False, takes="ids", form=PercentForm
    )
    def change_percent(self, ids: list[int], **wished: Any) -> Any:
        """Change the chosen prices as a job, or only tell what would happen."""
        currencies = set(database().scalars(select(Price.currency).where(Price.id.in_(ids)).distinct()))
        if len(currencies) != 1:
            raise Invalid(_("Please choose prices of one currency: filter the list by currency first."))
        return bulk_admin.change(currency=currencies.pop(), price_ids=tuple(ids), **wished)


class PriceChangeView(ReadOnlyView):
    """Changes of many prices at once. Each can be undone as long as the prices are as it left them."""

    datamodel = Interface(PriceChange)
    entity, title, singular, icon = "pricechange", _l("Bulk changes"), _l("Bulk change"), "undo"
    owner_filter = staticmethod(changes_of)
    grants = {"Seller": ("can_list", "can_show")}
    list_columns = ["id", "what", "prices", "actor_label", "created_at", "undone_at"]
    show_columns = list_columns
    search_columns = ["actor_label", "created_at", "undone_at"]
    base_order = ("id", "desc")
    label_columns = {
        "what": _l("What"), "prices": _l("Prices"), "actor_label": _l("Who"), "created_at": _l("When"),
        "undone_at": _l("Undone"),
    }  # fmt: skip

    def panels(self, item: PriceChange) -> list[Any]:
        """The first prices before and after, and all of them as a file."""
        rows, every = queries.change_lines(database(), item.id), self.url("lines", pk=item.id)
        return [
            panel(_l("Before and after"), "pricing/admin/change.html", rows=rows, change=item, every=every)
        ]

    @expose("/lines/<pk>")
    @has_access
    @permission_name("show")
    def lines(self, pk: str) -> Response:
        """Every price of a change, before and after, as CSV."""
        item = self.item_or_404(pk)
        rows = queries.change_lines(database(), item.id, limit=MOST_LINES)
        cells = ([neutral(row.sku), row.before.amount, row.after.amount, row.after.currency] for row in rows)
        made = Response(
            csv_chunks([_("Article"), _("Before"), _("After"), _("Currency")], cells), mimetype="text/csv"
        )
        made.headers["Content-Disposition"] = f'attachment; filename="prices-{item.id}.csv"'
        return made

    @action(
        "undo", _l("Undo"), _l("Give back the prices from before this change?"), multiple=False, danger=True
    )
    def undo(self, items: list[PriceChange]) -> str:
        """Start giving back the prices from before."""
        actor = current_actor()
        for item in items:
            jobs.start(
                database(), "pricing.undo_change", actor=actor, change_id=item.id, user_id=actor.user_id,
                label=actor.label,
            )  # fmt: skip
        return _("The prices from before are being restored.")
