"""The ways regions can refuse."""

from __future__ import annotations

from app.core.errors import Invalid, NotFound, Unavailable
from app.core.i18n import _l


class UnknownCurrency(Invalid):
    """The shop does not sell in this currency."""

    code = "unknown_currency"
    field = "currency"
    message = _l("The shop does not sell in this currency.")


class UnknownCountry(NotFound):
    """There is no such country, or the shop does not serve it."""

    code = "unknown_country"
    field = "country"
    message = _l("Please choose a country from the list.")


class NoRate(Unavailable):
    """No exchange rate is known for a currency."""

    code = "no_rate"
    message = _l("There is no exchange rate for %(currency)s yet.")


class BadRates(Invalid):
    """A file of rates cannot be read."""

    code = "bad_rates"
    field = "file"
    message = _l("This is not a file of exchange rates: %(problem)s")
