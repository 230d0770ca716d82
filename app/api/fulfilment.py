"""The order screen of the back office for programs: every step of an order, its parcels, notes and addresses.

Each door asks for the right of the screen's own button and calls the same operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.api import fulfilment_shapes as asked
from app.api import rights
from app.api.door import Call, door
from app.api.products import money
from app.core.errors import InvalidFields
from app.core.i18n import _l
from app.fulfilment import desk as desks
from app.fulfilment import operations as parcels
from app.fulfilment import queries
from app.fulfilment.errors import ParcelNotFound
from app.fulfilment.models import Shipment
from app.fulfilment.typed import whole_number
from app.orders import operations as orders
from app.orders.errors import NotThatMany, OrderNotFound
from app.orders.models import Order
from app.orders.states import CancelReason

TAG = "order desk"


def _order(call: Call, number: str) -> Order:
    found = None if "\x00" in number else rights.row(call.person, "OrderView", Order.number == number)
    if found is None:
        raise OrderNotFound()
    return found


def _parcel_of(call: Call, parcel_id: str) -> tuple[Order, int]:
    key = whole_number(parcel_id)
    found = None if key is None else call.session.get(Shipment, key)
    order = found and rights.row(call.person, "OrderView", Order.id == found.order_id)
    if found is None or order is None:
        raise ParcelNotFound()
    return order, found.id


def _work(call: Call, order: Order, step: str, work: Callable[[Order], Any]) -> Any:
    """Do one thing under the order's lock, unless somebody worked on it after the `version` that was sent."""
    seen = call.body["version"] or None
    with desks.worked_on(call.session, order.id, step=step, seen=seen, actor=call.actor) as locked:
        return work(locked)


# --- answers -----------------------------------------------------------------------------------------


def _desk(call: Call, order_id: int) -> dict[str, Any]:
    call.session.flush()
    call.session.expire_all()
    found = desks.desk(call.session, order_id, call.language)
    page = found.page
    item = rights.row(call.person, "OrderView", Order.id == order_id)
    if item is None:
        raise OrderNotFound()
    may = rights.screen("OrderView").may(item)
    return {
        "number": page.number, "version": found.token, "status": page.state,
        "payment_status": page.payment_status.value, "payment_method": page.payment_method, "channel": page.channel,
        "email": page.email,
        "placed_at": page.placed_at.isoformat(), "total": money(page.total), "captured": money(page.captured),
        "refunded": money(page.refunded), "shipping_method": page.shipping_method,
        "shipping_address": page.shipping_address, "billing_address": page.billing_address, "note": page.note,
        "may": sorted(verb for verb, allowed in may.items() if allowed),
        "lines": [
            {"id": str(line.id), "sku": line.sku, "name": line.name, "quantity": line.quantity,
             "shipped": line.shipped, "left": line.quantity - line.shipped}
            for line in page.lines
        ],
        "parcels": [_parcel(parcel) for parcel in found.parcels],
        "carriers": [{"code": carrier.code, "name": carrier.name} for carrier in found.carriers],
        "timeline": [
            {"at": told.at.isoformat(), "kind": entry.kind, "status": entry.state, "title": told.title,
             "text": told.text, "actor": told.actor, "is_public": told.is_public}
            for entry, told in zip(reversed(page.entries), found.timeline, strict=True)
        ],
    }  # fmt: skip


def _parcel(parcel: queries.Parcel) -> dict[str, Any]:
    return {
        "id": str(parcel.id), "carrier": parcel.carrier, "tracking_number": parcel.number, "tracking_url": parcel.url,
        "status": parcel.state, "shipped_at": parcel.shipped_at.isoformat(),
        "delivered_at": parcel.delivered_at.isoformat() if parcel.delivered_at else None,
        "contents": [{"name": name, "quantity": count} for count, name in parcel.contents],
        "events": [
            {"at": told.at.isoformat(), "step": told.step, "text": told.words, "place": told.place}
            for told in parcel.events
        ],
    }  # fmt: skip


def _one_parcel(call: Call, order_id: int, parcel_id: int) -> dict[str, Any]:
    call.session.flush()
    call.session.expire_all()
    version = desks.token_of(call.session, order_id)
    found = queries.parcel(call.session, parcel_id)
    assert found is not None
    order = call.session.get_one(Order, order_id)
    return _parcel(found) | {"order": order.number or "", "order_status": order.state, "version": version}


# --- the order ---------------------------------------------------------------------------------------


@door(
    "GET", "/admin/orders/<number>/desk", summary="An order as staff see it", tag=TAG, answer=asked.DeskShape,
    who="OrderView.show",
)  # fmt: skip
def get_desk(call: Call, number: str) -> dict[str, Any]:
    """The order with its lines, parcels, addresses and timeline, what may be done with it, and its `version`."""
    return _desk(call, _order(call, number).id)


@door(
    "POST", "/admin/orders/<number>/confirm", summary="Confirm an order", tag=TAG, body=asked.Decided,
    answer=asked.DeskShape, who="OrderView.confirm", creates=True,
)  # fmt: skip
def confirm_order(call: Call, number: str) -> dict[str, Any]:
    """Promise to carry the order out although its money has not come."""
    order = _order(call, number)
    _work(call, order, "confirm", lambda o: orders.confirm(call.session, order_id=o.id, actor=call.actor))
    return _desk(call, order.id)


@door(
    "POST", "/admin/orders/<number>/pack", summary="Note an order as packed", tag=TAG, body=asked.Decided,
    answer=asked.DeskShape, who="OrderView.pack", creates=True,
)  # fmt: skip
def pack_order(call: Call, number: str) -> dict[str, Any]:
    """Everything lies ready for the carrier."""
    order = _order(call, number)
    _work(call, order, "pack", lambda o: orders.pack(call.session, order_id=o.id, actor=call.actor))
    return _desk(call, order.id)


@door(
    "POST", "/admin/orders/<number>/deliver", summary="Note an order as delivered", tag=TAG, body=asked.Decided,
    answer=asked.DeskShape, who="OrderView.deliver", creates=True,
)  # fmt: skip
def deliver_order(call: Call, number: str) -> dict[str, Any]:
    """Every parcel that is on its way has arrived; so has an order that another program shipped without parcels."""
    order = _order(call, number)
    _work(
        call, order, "deliver", lambda o: parcels.deliver_order(call.session, order_id=o.id, actor=call.actor)
    )
    return _desk(call, order.id)


@door(
    "POST", "/admin/orders/<number>/cancel", summary="Call an order off, with the reason", tag=TAG,
    body=asked.Cancelled, answer=asked.DeskShape, who="OrderView.cancel", creates=True,
)  # fmt: skip
def cancel_with_reason(call: Call, number: str) -> dict[str, Any]:
    """Its goods are free again and what was paid goes back, unless something of it has left."""
    order, reason = _order(call, number), call.body["reason"]
    if reason not in set(CancelReason):
        raise InvalidFields({"reason": _l("Please choose a reason.")})
    _work(
        call, order, "cancel",
        lambda o: orders.cancel_order(call.session, order_id=o.id, reason=reason, actor=call.actor),
    )  # fmt: skip
    return _desk(call, order.id)


@door(
    "POST", "/admin/orders/<number>/notes", summary="Write a note", tag=TAG, body=asked.NewNote,
    answer=asked.DeskShape, status=201, who="OrderView.note", creates=True,
)  # fmt: skip
def add_note(call: Call, number: str) -> dict[str, Any]:
    """Write into the timeline; notes never collide, so they need no `version`."""
    order = _order(call, number)
    orders.add_note(
        call.session, order_id=order.id, text=call.body["note"], is_public=call.body["is_public"], actor=call.actor
    )  # fmt: skip
    return _desk(call, order.id)


@door(
    "PUT", "/admin/orders/<number>/addresses", summary="Put addresses right", tag=TAG, body=asked.OrderAddresses,
    answer=asked.DeskShape, who="OrderView.addresses",
)  # fmt: skip
def change_order_addresses(call: Call, number: str) -> dict[str, Any]:
    """Replace an address while nothing is packed; the country of the goods stays."""
    order = _order(call, number)
    given = {part: call.body[part] for part in ("shipping", "billing")}
    _work(
        call, order, "addresses",
        lambda o: orders.change_addresses(call.session, order_id=o.id, actor=call.actor, **given),
    )  # fmt: skip
    return _desk(call, order.id)


# --- parcels -----------------------------------------------------------------------------------------


def _pieces(call: Call, order: Order) -> dict[int, int] | None:
    """What goes into the parcel by line, the same line named twice added up; None for all that is left."""
    if call.body["lines"] is None:
        return None
    known, found = {str(line.id): line.id for line in order.lines}, dict[int, int]()
    for place, part in enumerate(call.body["lines"]):
        if part["line"] not in known:
            raise InvalidFields({f"lines.{place}.line": _l("There is no such line.")})
        line_id = known[part["line"]]
        found[line_id] = found.get(line_id, 0) + part["quantity"]
    return found


@door(
    "POST", "/admin/orders/<number>/parcels", summary="Send a parcel", tag=TAG, body=asked.NewParcel,
    answer=asked.OneParcelShape, status=201, who="OrderView.ship", creates=True,
)  # fmt: skip
def send_parcel(call: Call, number: str) -> dict[str, Any]:
    """Some or all that is left leaves with a carrier; with its last piece the order is shipped."""
    order = _order(call, number)

    def work(locked: Order) -> Shipment:
        return parcels.ship_order(
            call.session, order_id=locked.id, carrier=call.body["carrier"], lines=_pieces(call, locked),
            tracking_number=call.body["tracking_number"], actor=call.actor,
        )  # fmt: skip

    try:
        sent = _work(call, order, "ship", work)
    except NotThatMany as refusal:
        sent_lines = [part["line"] for part in call.body["lines"] or ()]
        line = str(refusal.params.get("line_id", ""))
        if line in sent_lines:
            refusal.field = f"lines.{len(sent_lines) - 1 - sent_lines[::-1].index(line)}.quantity"
        raise
    return _one_parcel(call, order.id, sent.id)


@door(
    "GET", "/admin/parcels/<parcel_id>", summary="One parcel", tag=TAG, answer=asked.OneParcelShape,
    who="OrderView.show",
)  # fmt: skip
def get_parcel(call: Call, parcel_id: str) -> dict[str, Any]:
    """A parcel with its contents and what the carrier told of it."""
    order, key = _parcel_of(call, parcel_id)
    return _one_parcel(call, order.id, key)


@door(
    "PATCH", "/admin/parcels/<parcel_id>", summary="Give a parcel its number", tag=TAG, body=asked.ChangedParcel,
    answer=asked.OneParcelShape, who="OrderView.number",
)  # fmt: skip
def change_parcel(call: Call, parcel_id: str) -> dict[str, Any]:
    """Note the tracking number, or put it right. The carrier of a parcel that has left stays."""
    order, key = _parcel_of(call, parcel_id)
    number = call.body["tracking_number"]
    _work(
        call, order, "number",
        lambda o: parcels.set_tracking_number(
            call.session, order_id=o.id, shipment_id=key, tracking_number=number, actor=call.actor
        ),
    )  # fmt: skip
    return _one_parcel(call, order.id, key)


@door(
    "POST", "/admin/parcels/<parcel_id>/delivered", summary="Note a parcel as delivered", tag=TAG,
    body=asked.Decided, answer=asked.OneParcelShape, who="OrderView.deliver", creates=True,
)  # fmt: skip
def parcel_delivered(call: Call, parcel_id: str) -> dict[str, Any]:
    """The parcel has arrived; with the last one the order is delivered."""
    order, key = _parcel_of(call, parcel_id)
    _work(
        call, order, "deliver",
        lambda o: parcels.mark_delivered(call.session, order_id=o.id, shipment_id=key, actor=call.actor),
    )  # fmt: skip
    return _one_parcel(call, order.id, key)


@door(
    "POST", "/admin/parcels/<parcel_id>/lost", summary="Note a parcel as lost", tag=TAG, body=asked.LostParcel,
    answer=asked.OneParcelShape, who="OrderView.lose", creates=True,
)  # fmt: skip
def parcel_lost(call: Call, parcel_id: str) -> dict[str, Any]:
    """The carrier has lost the parcel. What the customer gets, money or goods, is decided apart."""
    order, key = _parcel_of(call, parcel_id)
    reason = call.body["reason"]
    _work(
        call, order, "lose",
        lambda o: parcels.mark_lost(call.session, order_id=o.id, shipment_id=key, reason=reason, actor=call.actor),
    )  # fmt: skip
    return _one_parcel(call, order.id, key)


__all__ = ["get_desk"]
