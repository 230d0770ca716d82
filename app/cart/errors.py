"""The ways a cart can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Gone, Invalid, NotFound
from app.core.i18n import _l


class NoSuchCart(NotFound):
    """There is no such cart, or it is somebody else's."""

    code = "no_such_cart"
    message = _l("Your bag is empty.")


class CartClosed(Conflict):
    """The cart was ordered, or went into another one; it cannot change any more."""

    code = "cart_closed"
    message = _l("This bag was already ordered.")


class NothingMerged(NoSuchCart):
    """No other bag went into this one, or it is too long ago to take it back."""

    code = "nothing_merged"
    message = _l("Nothing was put together here in the last 30 days.")


class NoSuchLine(NotFound):
    """The line is not in this cart (any more)."""

    code = "no_such_line"
    message = _l("This is not in your bag any more.")


class NotForSale(Conflict):
    """The article exists, but cannot be bought now: not published, switched off, or without a price."""

    code = "not_for_sale"
    field = "sku"
    message = _l("%(name)s is not for sale at the moment.")


class BadQuantity(Invalid):
    """Not a whole number of pieces from 1 to `most`."""

    code = "bad_quantity"
    field = "quantity"
    message = _l("Please give a whole number from 1 to %(most)s.")


class CartFull(Conflict):
    """More different articles than a cart holds."""

    code = "cart_full"
    message = _l("A bag holds at most %(most)s different articles.")


class CouponRefused(Invalid):
    """A code does not count here and now; the message says why."""

    code = "coupon_refused"
    field = "code"
    message = _l("This code is not valid.")


class LinkEnded(Gone):
    """The link to a cart is not one of ours, or its cart is gone or ordered."""

    code = "link_ended"
    message = _l("This link does not lead to a bag any more.")
