"""The ways an order can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l
from app.core.state_machine import IllegalTransition

__all__ = [
    "AddressesFixed", "CountryFixed", "IllegalTransition", "NotThatMany", "NothingToOrder", "NoteTooLong",
    "OrderNotFound", "PartlyShipped",
]  # fmt: skip


class OrderNotFound(NotFound):
    """No such order, or it is somebody else's."""

    code = "order_not_found"
    message = _l("This order was not found.")


class NothingToOrder(Invalid):
    """An order needs at least one line."""

    code = "empty_cart"
    message = _l("Your cart is empty.")


class NoteTooLong(Invalid):
    """Notes are for people to read."""

    code, field = "too_long", "note"
    message = _l("Please use 1 to %(most)s characters.")


class PartlyShipped(Conflict):
    """Part of the order has left; what is on its way comes back as a return."""

    code = "partly_shipped"
    message = _l("A part of this order has already been shipped.")


class NotThatMany(Invalid):
    """More pieces of a line would leave than were ordered, or none at all."""

    code, field = "not_that_many", "quantity"
    message = _l("At most %(left)s pieces of %(name)s can still be shipped.")


class AddressesFixed(Conflict):
    """The parcel is packed; its label is printed."""

    code = "addresses_fixed"
    message = _l("The addresses cannot be changed any more: the order is already being shipped.")


class CountryFixed(Conflict):
    """Shipping costs and VAT were calculated for the country that was chosen."""

    code, field = "country_fixed", "shipping.country"
    message = _l("The country cannot be changed: shipping and VAT were calculated for it.")
