"""The back office's screens of shipping: zones, methods, and what would be offered for a parcel."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.admin import Imports, Interface, OperationView, by, panel, related
from app.core.admin.context import database
from app.shipping import operations, preview, queries, rules
from app.shipping.models import Method, Zone

KINDS = [
    ("standard", _l("Standard")), ("express", _l("Express")), ("international", _l("International")),
]  # fmt: skip
LOOKS = {"Support": ("can_list", "can_show")}


class ZoneView(OperationView):
    """Where to: some countries, or postcodes in them. The nearest zone decides about a method."""

    datamodel = Interface(Zone)
    imports = by("code", fold=True)
    entity, title, singular, icon = "shippingzone", _l("Shipping zones"), _l("Zone"), "globe"
    add_operation = operations.set_zone
    edit_operation = operations.set_zone
    delete_operation = operations.remove_zone
    id_argument = "zone_id"
    grants = LOOKS
    list_columns = ["code", "name", "countries", "postcode_prefixes"]
    show_columns = list_columns
    add_columns = list_columns
    edit_columns = list_columns
    search_columns = ["code", "name"]
    base_order = ("code", "asc")
    label_columns = {
        "code": _l("Code"), "name": _l("Name"), "countries": _l("Countries"),
        "postcode_prefixes": _l("Postcodes beginning with"),
    }  # fmt: skip
    column_help = {
        "name": _l("Only people of the shop read this name."),
        "code": _l("Small letters, digits, - and _; it stands in the explanation of a price."),
        "countries": _l("One code a line: BE, FR. A star * means everywhere."),
        "postcode_prefixes": _l("One a line. Empty: the whole country."),
    }

    def panels(self, item: Zone) -> list[Any]:
        """The methods into this zone, and which of them overlap."""
        rows = list(database().scalars(select(Method).where(Method.zone_id == item.id).order_by(*_ORDER)))
        values = [queries.method_row(row) for row in rows if row.is_active]
        pairs = [(one.id, other.id) for one, other in rules.overlapping(values)]
        return [
            panel(
                _l("Methods"), "shipping/admin/methods.html", rows=rows, losers={loser for _, loser in pairs}
            )
        ]


_ORDER = (Method.position, Method.price, Method.id)


class MethodView(OperationView):
    """Ways to ship: price by zone, weight, volume and value. Amounts in the base currency, VAT included."""

    datamodel = Interface(Method)
    imports = Imports(
        (("code", "zone", "min_weight", "min_volume", "min_value"), ("name", "zone", "min_weight"))
    )
    entity, title, singular, icon = "shippingmethod", _l("Shipping methods"), _l("Method"), "truck"
    add_operation = operations.set_method
    edit_operation = operations.set_method
    delete_operation = operations.remove_method
    id_argument = "method_id"
    grants = LOOKS
    list_columns = [
        "name", "zone", "kind", "price", "free_over", "min_weight", "max_weight", "days_min", "days_max", "is_active",
    ]  # fmt: skip
    show_columns = [
        "code", "name", "zone", "kind", "price", "free_over", "min_weight", "max_weight", "min_volume", "max_volume",
        "volume_divisor", "min_value", "max_value", "days_min", "days_max", "position", "is_active", "translations",
    ]  # fmt: skip
    add_columns = show_columns
    edit_columns = show_columns
    search_columns = ["name", "code", "zone", "kind", "price", "is_active"]
    quick_search_columns = ["name", "code"]
    choices = {"kind": KINDS}
    badges = {"kind": {"standard": "quiet", "express": "good", "international": "busy"}}
    relations = {"zone": related("name", "code", order_by="name")}
    base_order = ("position", "asc")
    list_template = "shipping/admin/list.html"
    label_columns = {
        "code": _l("Code"), "name": _l("Name"), "zone": _l("Zone"), "kind": _l("Kind"), "price": _l("Price"),
        "free_over": _l("Free from"), "min_weight": _l("From grams"), "max_weight": _l("Below grams"),
        "min_volume": _l("From cm³"), "max_volume": _l("Below cm³"), "volume_divisor": _l("Volume divisor (cm³/kg)"),
        "min_value": _l("From value"), "max_value": _l("Below value"), "days_min": _l("Days, from"),
        "days_max": _l("Days, to"), "position": _l("Position"), "is_active": _l("Offered"),
        "translations": _l("Names in other languages"),
    }  # fmt: skip
    column_help = {
        "name": _l("What customers choose at checkout; the English text."),
        "zone": _l("Offered to addresses in this zone only."),
        "kind": _l("Tells customers and staff at a glance how urgent it is."),
        "min_weight": _l("Parcels that weigh at least this much."),
        "min_value": _l("Bags worth at least this much."),
        "days_min": _l("Working days the parcel takes at best."),
        "days_max": _l("Working days after which it has arrived at the latest."),
        "is_active": _l("Switched off, customers cannot choose it; orders keep theirs."),
        "code": _l("Rows of one code are one choice for the customer: the nearest zone decides about it."),
        "price": _l("VAT of the shop's own country included; other currencies are converted."),
        "free_over": _l("Goods value from which it costs nothing. Empty: never."),
        "max_weight": _l("This weight itself is not included. Empty: no bound."),
        "min_volume": _l("Parcels that take up at least this much room."),
        "max_volume": _l("This volume itself is not included. Empty: no bound."),
        "volume_divisor": _l(
            "Bulky parcels weigh their volume divided by this; carriers of parcels use 5000. Empty: real weight only."
        ),
        "max_value": _l("This value itself is not included. Empty: no bound."),
        "position": _l("Lower comes first, and wins where two rows fit."),
        "translations": _l('For example {"fr": {"name": "Livraison standard"}}.'),
    }

    @expose("/preview")
    @has_access
    @permission_name("show")
    def preview(self) -> ResponseReturnValue:
        """What a customer would be offered for a parcel or a cart: each row, and why it won or not."""
        form, found = preview.asked(database(), request.args)
        return self.render_template(
            "shipping/admin/preview.html", view=self, title=_("Try the rules"), form=form, found=found,
            columns=preview.PARCEL, errors=[(f, list(f.errors)) for f in form if f.errors],
        )  # fmt: skip
