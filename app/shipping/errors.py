"""The ways shipping can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid
from app.core.i18n import _l


class NoShippingMethod(Invalid):
    """The chosen method does not fit this basket and where it goes."""

    code = "no_shipping_method"
    field = "shipping_method"
    message = _l("This way of shipping is not possible for your order. Please choose another one.")


class ZoneInUse(Conflict):
    """Methods still belong to the zone."""

    code = "zone_in_use"
    message = _l("Methods still belong to this zone. Please remove them first.")


class SameCode(Conflict):
    """Another zone has this code."""

    code = "same_code"
    field = "code"
    message = _l("This code is already taken.")
