"""The back office's screens of prices: the price list, and what bulk changes have done."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, Form
from wtforms.validators import InputRequired, Optional

from app.catalog.models import Product, Variant
from app.core import jobs
from app.core.admin import Interface, OperationView, ReadOnlyView, action, current_actor, panel, related
from app.core.admin.context import database
from app.core.admin.fields import TextField, decimal_field
from app.core.admin.widgets import SwitchWidget
from app.core.errors import Invalid
from app.pricing import operations, queries
from app.pricing.models import Price, PriceChange
from app.pricing.percent import PercentWish

LOOKS = {"Support": ("can_list", "can_show"), "Seller": ("can_list", "can_show")}
SHOWN = 8


class PercentForm(Form):
    """A change of many prices."""

    percent = decimal_field(
        _l("Percent"),
        validators=[InputRequired()],
        description=_l("5 raises prices by 5 %, -10 lowers them."),
    )
    rounding = TextField(
        _l("Rounding"), validators=[Optional()], default="none",
        description=_l("none, step:0.05 (nearest multiple) or ending:0.99 (nearest price ending so)."),
    )  # fmt: skip
    as_sale = BooleanField(
        _l("As a sale"),
        widget=SwitchWidget(),
        description=_l("Show the price of before crossed out beside it."),
    )
    only_look = BooleanField(
        _l("Only show what would happen"), widget=SwitchWidget(), default=True,
        description=_l("Switch this off to change the prices. A change can be undone."),
    )  # fmt: skip


class PriceView(OperationView):
    """What each article costs, home VAT included. Currencies without a price here are converted."""

    datamodel = Interface(Price)
    entity, title, singular, icon = "price", _l("Price list"), _l("Price"), "tag"
    add_operation = operations.put_price
    edit_operation = operations.put_price
    delete_operation = operations.drop_price
    id_argument = "price_id"
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
    def change_percent(
        self, ids: list[int], percent: Decimal, rounding: str | None, as_sale: bool, only_look: bool
    ) -> str:
        """Change the chosen prices as a job, or only tell what would happen."""
        session = database()
        currencies = set(session.scalars(select(Price.currency).where(Price.id.in_(ids)).distinct()))
        if len(currencies) != 1:
            raise Invalid(_("Please choose prices of one currency: filter the list by currency first."))
        wish = PercentWish(
            percent, currencies.pop(), price_ids=tuple(ids), rounding=rounding or "none", as_sale=as_sale
        )
        look = operations.preview_change(session, wish=wish, limit=SHOWN)
        if only_look:
            examples = "; ".join(f"{e.sku} {e.before:.2f} → {e.after:.2f}" for e in look.examples)
            return _("%(count)s prices would change: %(examples)s", count=look.total, examples=examples)
        actor = current_actor()
        jobs.start(
            session, "pricing.change_by_percent", actor=actor, wish=wish.as_dict(), user_id=actor.user_id,
            label=actor.label,
        )  # fmt: skip
        return _("%(count)s prices are being changed. Bulk changes show how far it is.", count=look.total)


class PriceChangeView(ReadOnlyView):
    """Changes of many prices at once. Each can be undone as long as the prices are as it left them."""

    datamodel = Interface(PriceChange)
    entity, title, singular, icon = "pricechange", _l("Bulk changes"), _l("Bulk change"), "undo"
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
        """The first prices before and after."""
        rows = queries.change_lines(database(), item.id)
        return [panel(_l("Before and after"), "pricing/admin/change.html", rows=rows, change=item)]

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
