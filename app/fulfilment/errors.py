"""The ways a parcel can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound, ShopError
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


class NewsRefused(ShopError):
    """What came is not from the carrier, or not what it sends (400). Nothing is kept."""

    status = 400
    code = "webhook_refused"
    message = _l("This notice was not accepted.")


class NoSuchSender(NotFound):
    """No such carrier tells anything here (404)."""

    code = "unknown_provider"


class UnknownFormat(Invalid):
    """Nobody knows how to read this."""

    code, field = "unknown_format", "notice_format"
    message = _l("Please choose one of the formats.")


class ShortSecret(Invalid):
    """A secret that can be guessed signs nothing."""

    code, field = "short_secret", "secret"
    message = _l("Please take at least 16 letters and digits, or leave it empty to have one made.")


class ChangedMeanwhile(Conflict):
    """Somebody else has worked on the order since it was read."""

    code = "changed_meanwhile"
    message = _l("Somebody worked on this order meanwhile. This is how it stands now; please decide again.")
