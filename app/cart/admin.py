"""The back office's screen of bags: what lies in them, and taking a merge back."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.cart import operations, queries
from app.cart.models import Cart
from app.cart.operations.merging import UNMERGE_FOR
from app.core.admin import Interface, ReadOnlyView, action, current_actor, money, panel
from app.core.admin.context import database
from app.core.clock import utcnow
from app.core.i18n import current_language
from app.identity.models import User
from app.shipping.rules import Parcel, ShippingTable
from app.shipping.steps import parcel_of

STATES = [("open", _l("Open")), ("ordered", _l("Ordered")), ("merged", _l("Went into another one"))]


class CartView(ReadOnlyView):
    """Bags of guests and customers. Customers fill them; people of the shop only look, and undo a merge."""

    datamodel = Interface(Cart)
    entity, title, singular, icon = "cart", _l("Bags"), _l("Bag"), "shopping-bag"
    list_columns = ["public_id", "who", "state", "currency", "country", "updated_at", "merged_at"]
    show_columns = [
        "public_id", "who", "state", "currency", "language", "country", "shipping_method", "coupon_codes", "note",
        "updated_at", "merged_at",
    ]  # fmt: skip
    search_columns = ["state", "currency", "country", "email", "updated_at", "merged_at"]
    order_columns = ["updated_at", "merged_at", "state"]
    base_order = ("updated_at", "desc")
    load_options = (joinedload(Cart.owner),)
    load_relations = False
    choices = {"state": STATES}
    badges = {"state": {"open": "busy", "ordered": "good", "merged": "quiet"}}
    label_columns = {
        "public_id": _l("Number"), "who": _l("Whose"), "state": _l("State"), "currency": _l("Currency"),
        "language": _l("Language"), "country": _l("Country"), "shipping_method": _l("Shipping method"),
        "coupon_codes": _l("Codes"), "note": _l("Note"), "updated_at": _l("Last change"), "merged_at": _l("Put together"),
        "email": _l("E-mail"),
    }  # fmt: skip
    empty_help = _l("A bag appears here when somebody puts the first article into it.")
    grants = {"Support": ("can_list", "can_show", "take_back")}

    def quick_search(self, q: str) -> ColumnElement[bool]:
        """The number of a bag, or the address of whose it is."""
        words = q.strip()
        owners = select(User.id).where(func.lower(User.email).contains(words.lower(), autoescape=True))
        found = Cart.email.icontains(words, autoescape=True) | Cart.user_id.in_(owners)
        try:
            return found | (Cart.public_id == uuid.UUID(words))
        except ValueError:
            return found

    def name_of(self, item: Cart) -> str:
        """The beginning of its number."""
        return _("Bag %(number)s", number=str(item.public_id)[:8])

    def cell(self, item: Cart, name: str, short: bool = False) -> Any:
        """Whose it is, in words."""
        if name == "who":
            return item.who or _("Guest")
        return super().cell(item, name, short)

    def panels(self, item: Cart) -> list[Any]:
        """What lies in it now, and what it held before the merge."""
        found = queries.contents(database(), item, language=current_language(), currency=item.currency)
        before = (item.before_merge or {}).get("lines") if can_take_back(item) else None
        return [panel(_l("In the bag"), "cart/admin/lines.html", contents=found, before=before, money=money)]

    def shown_actions(self, item: Cart) -> list[dict[str, Any]]:
        """Taking back is offered only where something was put together."""
        return [a for a in super().shown_actions(item) if a["name"] != "take_back" or can_take_back(item)]

    @action(
        "take_back", _l("Take the merge back"),
        _l("The customer's bag holds again what it held before, and the guest's bag is open again under its own number."),
        icon="undo", multiple=False, danger=True,
    )  # fmt: skip
    def take_back(self, items: list[Cart]) -> str:
        """Undo the last merge of one bag."""
        for row in items:
            operations.undo_merge(database(), cart_id=row.id, actor=current_actor())
        return _("The bags are two again.")


def can_take_back(cart: Cart) -> bool:
    """True when a merge of this bag can still be undone."""
    merged = cart.merged_at
    return bool(cart.state == "open" and cart.before_merge and merged and merged >= utcnow() - UNMERGE_FOR)


def parcel_of_cart(session: Session, number: str) -> Parcel | None:
    """What is to be sent for the bag of this number, for the tool that tries the rules of shipping."""
    try:
        cart = queries.by_public_id(session, uuid.UUID(number))
    except ValueError:
        cart = None
    if cart is None:
        return None
    quoted = queries.quoted(session, cart, language=current_language(), currency=cart.currency)
    return parcel_of(quoted.quote, quoted.context, quoted.books[ShippingTable])
