"""The ways a parcel can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class UnknownCarrier(Invalid):
    """No such carrier, or it is switched off."""

    code, field = "unknown_carrier", "carrier"
    message = _l("Please choose a carrier.")


class BadTrackingNumber(Invalid):
    """A tracking number is letters, digits, spaces, dots and dashes."""

    code, field = "bad_tracking_number", "tracking_number"
    message = _l("Please enter the tracking number as the carrier prints it: 4 to 40 letters and digits.")


class ParcelNotFound(NotFound):
    """No such parcel."""

    code = "parcel_not_found"
    message = _l("This parcel was not found.")


class BadTemplate(Invalid):
    """A carrier's address must be a web page with a place for the number."""

    code, field = "bad_template", "tracking_url"
    message = _l("Please enter a web address that starts with https:// and contains {number}.")


class NothingUnderWay(Conflict):
    """There is no parcel on its way."""

    code = "nothing_under_way"
    message = _l("No parcel of this order is on its way.")
