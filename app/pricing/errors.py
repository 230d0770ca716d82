"""The ways pricing can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l


class BadPrice(Invalid):
    """Not an amount that can be asked for."""

    code = "bad_price"
    field = "amount"
    message = _l("Please enter a price of zero or more, with the decimals of its currency.")


class ComparePriceTooLow(Invalid):
    """The crossed-out price is not above the price."""

    code = "compare_too_low"
    field = "compare_at"
    message = _l("The earlier price must be higher than the price.")


class NoSuchVariant(NotFound):
    """There is no such variant."""

    code = "no_such_variant"
    field = "variant_id"
    message = _l("There is no such variant.")


class PriceNeeded(Conflict):
    """The price in the base currency of something that is on sale cannot be taken away."""

    code = "price_needed"
    field = "currency"
    message = _l("This is for sale and needs its price in %(currency)s.")


class NoSuchChange(NotFound):
    """There is no such change of prices."""

    code = "no_such_change"
    message = _l("There is no such change of prices.")


class AlreadyUndone(Conflict):
    """The change was undone before."""

    code = "already_undone"
    message = _l("This change was already undone.")
