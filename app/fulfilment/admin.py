"""The one screen on which orders are worked on, and the carriers.

Every action is a POST through the operations. What is refused comes back on the same page, in words
beside its field, with everything that was typed; what somebody else did meanwhile is never run over.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import ColumnElement, or_, select

from app.core.admin import Interface, ReadOnlyView, action, current_actor, moment, money
from app.core.admin.context import database
from app.core.admin.writing import refusals
from app.core.errors import InvalidFields, NotFound, ShopError
from app.core.i18n import current_language
from app.fulfilment import desk as desks
from app.fulfilment import operations as parcels
from app.fulfilment.typed import amount_of, pieces, whole_number
from app.orders import operations as orders
from app.orders import queries as all_orders
from app.orders.models import Order
from app.orders.states import CHANNEL_LABELS, ORDER, PAYMENT_LABELS, STATE_LABELS, CancelReason
from app.payments import operations as payments
from app.payments.models import Payment, Refund

READ = ("can_list", "can_show")
Work = Callable[[Order, Any], str]


def goods_of(model: Any, user_id: int) -> ColumnElement[bool]:
    """Orders that hold at least one article of this seller."""
    return all_orders.holds_goods_of(model.id, user_id)


class OrderView(ReadOnlyView):
    """Orders: the list, and the page on which one of them is worked on."""

    datamodel = Interface(Order)
    entity = "orders"
    title = _l("Orders")
    singular = _l("Order")
    icon = "receipt"
    global_search = True
    audit_entity = "orders_order"
    owner_filter = staticmethod(goods_of)
    show_template = "fulfilment/order.html"
    base_order = ("placed_at", "desc")
    list_columns = ["number", "placed_at", "customer", "state", "payment_status", "total", "country", "channel"]  # fmt: skip
    search_columns = [
        "number", "email", "state", "payment_status", "payment_method", "placed_at", "total_gross", "currency",
        "country", "channel", "shipping_method",
    ]  # fmt: skip
    order_columns = ["number", "placed_at", "state", "payment_status", "country", "channel"]
    label_columns = {
        "number": _l("Order"), "placed_at": _l("Placed"), "customer": _l("Customer"), "state": _l("State"),
        "payment_status": _l("Payment"), "total": _l("Total"), "total_gross": _l("Total"), "country": _l("Country"),
        "email": _l("E-mail"), "payment_method": _l("Way to pay"), "currency": _l("Currency"),
        "shipping_method": _l("Shipping method"), "channel": _l("Channel"),
    }  # fmt: skip
    choices = {
        "state": list(STATE_LABELS.items()),
        "payment_status": [(k.value, v) for k, v in PAYMENT_LABELS.items()],
        "channel": [(k.value, v) for k, v in CHANNEL_LABELS.items()],
    }
    badges = {"state": desks.STATE_TONES, "payment_status": desks.MONEY_TONES}
    money_columns = (
        "total", "shipping_net", "shipping_tax", "shipping_gross", "discount", "total_net", "total_tax", "total_gross",
        "captured", "refunded",
    )  # fmt: skip
    empty_text = _l("No orders yet.")
    empty_help = _l("Orders appear here the moment a customer places one.")
    grants = {
        "Support": (*READ, "can_note", "can_addresses", "can_cancel"),
        "Seller": READ,
    }

    def possible_columns(self) -> list[str]:
        """What has a name for people; the token of the customer's page is no column."""
        return [*self.list_columns, "email", "payment_method", "currency", "shipping_method"]

    def quick_search(self, q: str) -> ColumnElement[bool]:
        """Number (or its end), e-mail address, or the name on the parcel."""
        words = q.strip()
        name = Order.shipping_address["name"].astext
        return or_(
            Order.number == words, Order.number.endswith(words, autoescape=True),
            Order.email_key.contains(words.lower(), autoescape=True), name.icontains(words, autoescape=True),
        )  # fmt: skip

    # --- the page --------------------------------------------------------------------------------

    def page_values(self, item: Order) -> dict[str, Any]:
        """Everything around the order, and the actions that its state and this person allow."""
        found = desks.desk(database(), item.id, current_language())
        return {
            "desk": found, "may": self.may(item), "fresh_key": uuid.uuid4().hex, "money": money, "moment": moment,
            "typed": {}, "errors": {}, "open": "",
        }  # fmt: skip

    def may(self, item: Order) -> dict[str, bool]:
        """Which actions are offered: the state machine permits them, and this person may."""
        steps = {
            "confirm": "confirm",
            "pack": "pack",
            "ship": "ship",
            "deliver": "deliver",
            "cancel": "cancel",
        }
        found = {verb: ORDER.can(item, step) and self.can(verb) for verb, step in steps.items()}
        found["cancel"] = found["cancel"] and not any(line.shipped for line in item.lines)
        found["addresses"] = item.state in ("pending", "confirmed", "paid") and self.can("addresses")
        found["money"] = item.state != "cancelled" and item.captured < item.total_gross and self.can("money")
        found["refund"] = item.captured > item.refunded and self.can("refund")
        found |= {verb: self.can(verb) for verb in ("note", "lose", "finish_refund")}
        return found

    def _do(self, pk: str, verb: str, work: Work) -> ResponseReturnValue:
        """Run one action under the order's lock; a refusal shows the page again with what was typed."""
        item = self.item_or_404(pk)
        session, order_id = database(), item.id
        try:
            seen = request.form.get("seen", "")
            with (
                refusals(Order),
                desks.worked_on(session, order_id, step=verb, seen=seen, actor=current_actor()) as order,
            ):
                words = work(order, request.form)
        except ShopError as refusal:
            session.rollback()
            return self._refused(pk, verb, refusal)
        flash(words, "success")
        return redirect(self.url("show", pk=pk))

    def _refused(self, pk: str, verb: str, refusal: ShopError) -> ResponseReturnValue:
        item = self.item_or_404(pk)
        found = (
            {name: str(text) for name, text in refusal.errors.items()}
            if isinstance(refusal, InvalidFields)
            else {refusal.field or "": refusal.text}
        )
        values = self.page_values(item) | {"typed": request.form, "errors": {verb: found}, "open": verb}
        page = self.render_template(
            self.show_template, view=self, item=item, pk=pk, title=self.name_of(item), history=self.history(item),
            panels=[], related_lists=[], sections=[], actions=[], **values,
        )  # fmt: skip
        return page, refusal.status

    @expose("/slip/<pk>")
    @has_access
    @permission_name("show")
    def slip(self, pk: str) -> ResponseReturnValue:
        """The packing slip: what goes into the parcel and where it goes, for the printer; no prices."""
        found = desks.desk(database(), self.item_or_404(pk).id, current_language())
        return self.render_template("fulfilment/slip.html", desk=found, page=found.page, moment=moment)

    # --- actions ---------------------------------------------------------------------------------

    @expose("/confirm/<pk>", methods=["POST"])
    @has_access
    @permission_name("confirm")
    def confirm(self, pk: str) -> ResponseReturnValue:
        """Carry the order out although its money has not come."""

        def work(order: Order, form: Any) -> str:
            orders.confirm(database(), order_id=order.id, actor=current_actor())
            return _("Order %(number)s is confirmed.", number=order.number)

        return self._do(pk, "confirm", work)

    @expose("/pack/<pk>", methods=["POST"])
    @has_access
    @permission_name("pack")
    def pack(self, pk: str) -> ResponseReturnValue:
        """Everything lies ready for the carrier."""

        def work(order: Order, form: Any) -> str:
            orders.pack(database(), order_id=order.id, actor=current_actor())
            return _("Order %(number)s is packed.", number=order.number)

        return self._do(pk, "pack", work)

    @expose("/ship/<pk>", methods=["POST"])
    @has_access
    @permission_name("ship")
    def ship(self, pk: str) -> ResponseReturnValue:
        """Send a parcel with some or all that is left."""

        def work(order: Order, form: Any) -> str:
            lines = {line.id: pieces(form, line) for line in order.lines if line.left}
            sent = parcels.ship_order(
                database(), order_id=order.id, carrier=form.get("carrier", ""), lines=lines,
                tracking_number=form.get("tracking_number", ""), actor=current_actor(),
            )  # fmt: skip
            return _("A parcel has left with %(carrier)s. The customer gets a mail.", carrier=sent.carrier)

        return self._do(pk, "ship", work)

    @expose("/deliver/<pk>", methods=["POST"])
    @has_access
    @permission_name("deliver")
    def deliver(self, pk: str) -> ResponseReturnValue:
        """A parcel, or all of them, has arrived."""

        def work(order: Order, form: Any) -> str:
            shipment = whole_number(form.get("shipment_id"))
            parcels.deliver_order(database(), order_id=order.id, shipment_id=shipment, actor=current_actor())
            return _("Noted as delivered.")

        return self._do(pk, "deliver", work)

    @expose("/lose/<pk>", methods=["POST"])
    @has_access
    @permission_name("lose")
    def lose(self, pk: str) -> ResponseReturnValue:
        """The carrier has lost a parcel."""

        def work(order: Order, form: Any) -> str:
            parcels.mark_lost(
                database(), order_id=order.id, shipment_id=whole_number(form.get("shipment_id")) or 0,
                reason=form.get("reason", ""), actor=current_actor(),
            )  # fmt: skip
            return _("Noted as lost. Decide what the customer gets: a refund, or a new parcel.")

        return self._do(pk, "lose", work)

    @expose("/number/<pk>", methods=["POST"])
    @has_access
    @permission_name("ship")
    def number(self, pk: str) -> ResponseReturnValue:
        """Give a parcel its tracking number, or put it right."""

        def work(order: Order, form: Any) -> str:
            parcels.set_tracking_number(
                database(), order_id=order.id, shipment_id=whole_number(form.get("shipment_id")) or 0,
                tracking_number=form.get("tracking_number", ""), actor=current_actor(),
            )  # fmt: skip
            return _("The tracking number is noted.")

        return self._do(pk, "number", work)

    @expose("/cancel/<pk>", methods=["POST"])
    @has_access
    @permission_name("cancel")
    def cancel(self, pk: str) -> ResponseReturnValue:
        """Call the order off; the goods are free, the money goes back."""

        def work(order: Order, form: Any) -> str:
            reason = form.get("reason", "")
            if reason not in set(CancelReason):
                raise InvalidFields({"reason": _("Please choose a reason.")})
            orders.cancel_order(database(), order_id=order.id, reason=reason, actor=current_actor())
            if order.captured > order.refunded:
                return _("Order %(number)s is cancelled. What was paid goes back.", number=order.number)
            return _("Order %(number)s is cancelled.", number=order.number)

        return self._do(pk, "cancel", work)

    @expose("/refund/<pk>", methods=["POST"])
    @has_access
    @permission_name("refund")
    def refund(self, pk: str) -> ResponseReturnValue:
        """Send money back."""

        def work(order: Order, form: Any) -> str:
            reason = form.get("reason", "").strip()
            amount = amount_of(form, order.currency)
            if not 1 <= len(reason) <= 500:
                raise InvalidFields({"reason": _("Please say why, in at most 500 characters.")})
            payments.request_refund(
                database(), order_id=order.id, amount=amount, reason=reason, actor=current_actor(),
                idempotency_key=f"desk:{form.get('key', '')[:64]}",
            )  # fmt: skip
            return _("A refund of %(amount)s is on its way.", amount=str(amount))

        return self._do(pk, "refund", work)

    @expose("/finish_refund/<pk>", methods=["POST"])
    @has_access
    @permission_name("finish_refund")
    def finish_refund(self, pk: str) -> ResponseReturnValue:
        """A refund was paid back by hand."""

        def work(order: Order, form: Any) -> str:
            wanted = whole_number(form.get("refund_id")) or 0
            query = select(Refund.id).join(Payment, Payment.id == Refund.payment_id)
            found = database().scalar(query.where(Refund.id == wanted, Payment.order_id == order.id))
            if found is None:
                raise NotFound()
            payments.finish_manual_refund(
                database(), refund_id=found, actor=current_actor(), reference=form.get("reference", "")
            )
            return _("Noted as paid back.")

        return self._do(pk, "finish_refund", work)

    @expose("/money/<pk>", methods=["POST"])
    @has_access
    @permission_name("money")
    def money(self, pk: str) -> ResponseReturnValue:
        """Cash or a transfer was received."""

        def work(order: Order, form: Any) -> str:
            amount = amount_of(form, order.currency)
            payments.record_manual_payment(
                database(), order_id=order.id, amount=amount, reference=form.get("reference", ""), actor=current_actor()
            )  # fmt: skip
            return _("%(amount)s noted as received.", amount=str(amount))

        return self._do(pk, "money", work)

    @expose("/note/<pk>", methods=["POST"])
    @has_access
    @permission_name("note")
    def note(self, pk: str) -> ResponseReturnValue:
        """Write into the timeline; notes never collide, so nobody has to look again."""
        item = self.item_or_404(pk)
        try:
            with refusals(Order):
                orders.add_note(
                    database(), order_id=item.id, text=request.form.get("note", ""), actor=current_actor(),
                    is_public=request.form.get("is_public") == "1",
                )  # fmt: skip
        except ShopError as refusal:
            database().rollback()
            return self._refused(pk, "note", refusal)
        flash(_("The note is in the timeline."), "success")
        return redirect(self.url("show", pk=pk) + "#timeline")

    @expose("/addresses/<pk>", methods=["POST"])
    @has_access
    @permission_name("addresses")
    def addresses(self, pk: str) -> ResponseReturnValue:
        """Put an address right before the label is printed."""

        def work(order: Order, form: Any) -> str:
            part = "billing" if form.get("part") == "billing" else "shipping"
            stored = order.billing_address if part == "billing" else order.shipping_address
            given = {
                **stored,
                **{name: form[f"{part}.{name}"] for name in stored if f"{part}.{name}" in form},
            }
            orders.change_addresses(database(), order_id=order.id, actor=current_actor(), **{part: given})
            return _("The address is changed.")

        return self._do(pk, "addresses", work)

    @action("pack_many", _l("Mark as packed"), _l("Mark the chosen orders as packed?"), "box", single=False)
    def pack_many(self, items: list[Order]) -> str:
        """Pack every chosen order that may be packed; the others stay and are counted."""
        done = 0
        for item in items:
            try:
                orders.pack(database(), order_id=item.id, actor=current_actor())
                done += 1
            except ShopError:
                database().rollback()
        left = len(items) - done
        words = ngettext("%(num)s order is packed.", "%(num)s orders are packed.", done)
        if left:
            words += " " + ngettext("%(num)s could not be packed.", "%(num)s could not be packed.", left)
        return words
