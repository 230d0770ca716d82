"""The back office's screens of carriers: who carries, where parcels are followed, and what carriers told."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from wtforms import Form
from wtforms.validators import Length, Optional

from app.core.admin import Interface, OperationView, ReadOnlyView, action, by, current_actor
from app.core.admin.context import database
from app.core.admin.fields import TextField
from app.core.errors import ShopError
from app.fulfilment import operations
from app.fulfilment.models import Carrier, CarrierEvent
from app.fulfilment.queries import STEP_LABELS
from app.shipping.carriers import FORMATS

READ = ("can_list", "can_show")
STATES = [
    ("received", _l("Received")), ("applied", _l("In the parcel's story")), ("unmatched", _l("Belongs to no parcel")),
]  # fmt: skip


class SecretForm(Form):
    """The secret that a carrier signs with."""

    secret = TextField(
        _l("Secret"), validators=[Optional(), Length(max=200)],
        description=_l("The one the carrier gave you. Empty: a new one is made and shown once."),
    )  # fmt: skip


class CarrierView(OperationView):
    """Carriers, the addresses of their tracking pages, and how they tell of parcels."""

    datamodel = Interface(Carrier)
    entity = "carriers"
    title = _l("Carriers")
    singular = _l("Carrier")
    icon = "truck"
    id_argument = "carrier_id"
    imports = by("code")
    add_operation = staticmethod(operations.save_carrier)
    edit_operation = staticmethod(operations.save_carrier)
    list_columns = ["name", "code", "tracking_url", "notice_format", "is_active", "position"]
    show_columns = ["name", "code", "tracking_url", "notice_format", "tells", "is_active", "position"]
    add_columns = ["code", "name", "tracking_url", "notice_format", "is_active", "position"]
    edit_columns = ["name", "tracking_url", "notice_format", "is_active", "position"]
    search_columns = ["name", "code", "is_active"]
    base_order = ("position", "asc")
    choices = {
        "notice_format": [("", _l("Tells nothing")), *((key, told.label) for key, told in FORMATS.items())]
    }
    label_columns = {
        "tracking_url": _l("Tracking page"), "notice_format": _l("News as"), "tells": _l("News are accepted"),
    }  # fmt: skip
    column_help = {
        "name": _l("Customers read it beside the tracking link."),
        "is_active": _l("Switched off, it is not offered for new parcels."),
        "code": _l("Small letters and digits; never shown to customers."),
        "tracking_url": _l("With {number}, and where the carrier wants them {postcode} and {language}. Empty: no tracking."),
        "notice_format": _l("How it tells of parcels at /api/v1/webhooks/ and its code; needs a secret too."),
        "position": _l("Lower comes first in the list of carriers."),
    }  # fmt: skip
    grants = {"Support": READ}

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        values = super().values_of(form)
        return values | {"notice_format": values.get("notice_format") or ""}

    @action(
        "secret", _l("Set the secret"), _l("Notices signed with the secret of before are refused from now on."), icon="key",
        multiple=False, form=SecretForm,
    )  # fmt: skip
    def secret(self, items: list[Carrier], secret: str | None = None) -> str:
        """Set the secret that signs this carrier's notices; it is shown this once."""
        made = [
            operations.set_carrier_secret(
                database(), carrier_id=row.id, secret=secret or "", actor=current_actor()
            )
            for row in items
        ]
        return _("The secret is %(secret)s. It is not shown again.", secret=", ".join(made))


class CarrierEventView(ReadOnlyView):
    """What carriers told of parcels. What belongs to no parcel waits here for a person."""

    datamodel = Interface(CarrierEvent)
    entity, title, singular, icon = "carrierevent", _l("News of carriers"), _l("News"), "webhook"
    load_options = (joinedload(CarrierEvent.shipment),)
    list_columns = ["at", "carrier", "tracking_number", "step", "text", "place", "state"]
    show_columns = [*list_columns, "code", "order_number", "shipment", "event_id", "received_at"]
    search_columns = ["carrier", "tracking_number", "order_number", "step", "state", "at", "received_at"]
    quick_search_columns = ["tracking_number", "order_number"]
    base_order = ("id", "desc")
    choices = {"state": STATES, "step": list(STEP_LABELS.items())}
    badges = {
        "state": {"unmatched": "bad", "applied": "good", "received": "wait"},
        "step": {
            "delivered": "good", "returned": "bad", "lost": "bad", "trouble": "wait", "moving": "busy", "out": "busy",
            "announced": "quiet",
        },
    }  # fmt: skip
    label_columns = {
        "at": _l("When"), "carrier": _l("Carrier"), "tracking_number": _l("Tracking number"), "step": _l("What"),
        "text": _l("In the carrier's words"), "place": _l("Where"), "state": _l("State"), "code": _l("Carrier's code"),
        "order_number": _l("Our reference"), "shipment": _l("Parcel"), "event_id": _l("Carrier's number"),
        "received_at": _l("Received"),
    }  # fmt: skip
    list_help = _l(
        "News of a number that no parcel has belong to nothing: put the number right on the order, and they find it."
    )
    empty_help = _l("Carriers with a format and a secret tell here where parcels are.")
    grants = {"Support": (*READ, "again")}

    def shown_actions(self, item: CarrierEvent) -> list[dict[str, Any]]:
        """Only what belongs to nothing can be looked for again."""
        return [a for a in super().shown_actions(item) if a["name"] != "again" or item.state == "unmatched"]

    @action("again", _l("Look for the parcel again"), icon="refresh")
    def again(self, items: list[CarrierEvent]) -> str:
        """Look once more for the parcels of these."""
        done = 0
        for item in items:
            try:
                done += operations.apply_news(database(), event_id=item.id) == "applied"
            except ShopError:
                database().rollback()
        return _("%(count)s found their parcel.", count=done)


def unmatched_words(carrier: str, number: str) -> str:
    """What the bell says of news that belong to no parcel."""
    return _("%(carrier)s tells of %(number)s, which no parcel here has", carrier=carrier, number=number)


def trouble_words(carrier: str, number: str, text: str) -> str:
    """What the bell says of a parcel that does not arrive as it should."""
    return _(
        "%(carrier)s %(number)s: %(text)s",
        carrier=carrier,
        number=number,
        text=text or _("Trouble on the way"),
    )
