"""Shapes of what staff ask of an order and its parcels, and of the answers."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields

from app.api.fields import MoneyField, Text, Whole
from app.api.questions import AddressShape, Body
from app.core.i18n import _l
from app.orders.states import CancelReason, Channel

KEY = {"pattern": "^[0-9]{1,15}$"}
MOST_LINES = 200


def _some(lines: list[object]) -> None:
    if not 1 <= len(lines) <= MOST_LINES:
        raise ValidationError(str(_l("Please fill this in.")))


class Decided(Body):
    """An action, and on what it was decided: the `version` of the order as it was read; "" decides blindly."""

    version = Text(longest=80, load_default="")


class Cancelled(Decided):
    """Why an order is called off."""

    reason = Text(
        longest=20, shortest=1, required=True, metadata={"enum": [one.value for one in CancelReason]}
    )


class ParcelLine(Body):
    """Pieces of one line of the order; `line` is its id."""

    line = Text(longest=15, shortest=1, required=True, metadata=KEY)
    quantity = Whole(least=1, most=999_999, required=True)


class NewParcel(Decided):
    """Who carries what; without `lines` everything that is left goes into the parcel."""

    carrier = Text(longest=40, shortest=1, required=True)
    tracking_number = Text(longest=80, load_default="")
    lines = fields.List(
        fields.Nested(ParcelLine), load_default=None, allow_none=True, validate=_some,
        metadata={"minItems": 1, "maxItems": MOST_LINES},
    )  # fmt: skip


class ChangedParcel(Decided):
    """The number under which the carrier knows the parcel."""

    tracking_number = Text(longest=80, shortest=1, required=True)


class LostParcel(Decided):
    """What is known of the loss."""

    reason = Text(longest=500, shortest=1, required=True)


class NewNote(Body):
    """Words for the timeline; the buyer reads them when they are public."""

    note = Text(longest=2000, shortest=1, required=True)
    is_public = fields.Boolean(load_default=False)


class OrderAddresses(Decided):
    """Whole addresses; one that is not sent stays as it is."""

    shipping = fields.Nested(AddressShape, load_default=None, allow_none=True)
    billing = fields.Nested(AddressShape, load_default=None, allow_none=True)


class ToldShape(Schema):
    """What a carrier told of a parcel."""

    at = fields.DateTime(required=True)
    step = fields.String(required=True)
    text = fields.String(required=True)
    place = fields.String(required=True)


class PackedShape(Schema):
    """What is in a parcel."""

    name = fields.String(required=True)
    quantity = fields.Integer(required=True)


class ParcelShape(Schema):
    """A parcel. `status` is shipped, delivered, lost or returned; what the carrier told, newest first."""

    id = fields.String(required=True)
    carrier = fields.String(required=True)
    tracking_number = fields.String(required=True)
    tracking_url = fields.String(required=True)
    status = fields.String(required=True)
    shipped_at = fields.DateTime(required=True)
    delivered_at = fields.DateTime(required=True, allow_none=True)
    contents = fields.List(fields.Nested(PackedShape), required=True)
    events = fields.List(fields.Nested(ToldShape), required=True)


class OneParcelShape(ParcelShape):
    """A parcel with its order: number, status, and the version for the next step."""

    order = fields.String(required=True)
    order_status = fields.String(required=True)
    version = fields.String(required=True)


class DeskLineShape(Schema):
    """A line of an order: what was bought, what has left."""

    id = fields.String(required=True)
    sku = fields.String(required=True)
    name = fields.String(required=True)
    quantity = fields.Integer(required=True)
    shipped = fields.Integer(required=True)
    left = fields.Integer(required=True)


class CarrierShape(Schema):
    """Who can carry a parcel."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class HappeningShape(Schema):
    """An entry of the timeline; notes have the kind `note`. `status` is the order's from then on, or null."""

    at = fields.DateTime(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    actor = fields.String(required=True)
    is_public = fields.Boolean(required=True)


class DeskShape(Schema):
    """An order as staff see it. `may` names the actions that its state and the caller's rights allow now."""

    number = fields.String(required=True)
    version = fields.String(required=True)
    status = fields.String(required=True)
    payment_status = fields.String(required=True)
    payment_method = fields.String(required=True)
    channel = fields.String(required=True, metadata={"enum": [channel.value for channel in Channel]})
    email = fields.String(required=True)
    placed_at = fields.DateTime(required=True)
    total = MoneyField(required=True)
    captured = MoneyField(required=True)
    refunded = MoneyField(required=True)
    shipping_method = fields.String(required=True)
    shipping_address = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    billing_address = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    note = fields.String(required=True)
    may = fields.List(fields.String(), required=True)
    lines = fields.List(fields.Nested(DeskLineShape), required=True)
    parcels = fields.List(fields.Nested(ParcelShape), required=True)
    carriers = fields.List(fields.Nested(CarrierShape), required=True)
    timeline = fields.List(fields.Nested(HappeningShape), required=True)


class PayAgain(Body):
    """How a waiting order is paid; without a method, in the way that was chosen before."""

    payment_method = Text(longest=40, load_default="")
    payment_token = Text(longest=200, load_default=None, allow_none=True)
    return_url = Text(longest=500, load_default="")
