"""The ways tax can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Unavailable
from app.core.i18n import _l


class NoTaxRate(Unavailable):
    """A country inside the EU has no standard rate on that day; the shop does not guess."""

    code = "no_tax_rate"
    field = "country"
    message = _l("There is no VAT rate for %(country)s yet. Please tell the shop.")


class OverlappingRates(Conflict):
    """Two rates of a country and class would hold on the same day."""

    code = "overlapping_rates"
    field = "valid_from"
    message = _l("Another rate holds in this time: %(rate)s %% from %(start)s.")


class LastHomeRate(Conflict):
    """Without a standard rate at home nothing could be sold."""

    code = "last_home_rate"
    message = _l("The shop needs a standard rate of its own country.")
