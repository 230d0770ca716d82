"""The ways checkout can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Invalid, NotFound
from app.core.i18n import _l
from app.core.money import Money
from app.inventory.errors import OutOfStock
from app.payments.errors import CardNumberRefused
from app.payments.errors import PaymentMethodUnavailable as MethodNotAllowed

__all__ = [
    "AlreadyOrdered", "CardNumberRefused", "CartEmpty", "CartNotFound", "LineNotSellable", "MethodNotAllowed",
    "NoteTooLong", "OutOfStock", "PriceChanged",
]  # fmt: skip


class CartNotFound(NotFound):
    """There is no such cart, or it is somebody else's."""

    code = "cart_not_found"
    message = _l("This cart was not found.")


class CartEmpty(Invalid):
    """Nothing to order."""

    code = "cart_empty"
    message = _l("Your cart is empty.")


class AlreadyOrdered(Conflict):
    """The cart has become an order before; `number` and `token` name it."""

    code = "already_ordered"
    message = _l("This cart has been ordered already: %(number)s.")

    def __init__(self, *, number: str, token: str):
        super().__init__(number=number)
        self.number, self.token = number, token
        self.extra = {"order": {"number": number, "token": token}}


class PriceChanged(Conflict):
    """The total is not what was shown. `total` is the one that would be charged now."""

    code, field = "price_changed", "expected_total"
    message = _l("The total has changed meanwhile. Please look at it and order again.")

    def __init__(self, *, total: Money):
        super().__init__()
        self.total = total
        self.extra = {"total": total.as_json()}


class LineNotSellable(Conflict):
    """A line cannot be ordered as it is; `sku` and `name` say which, `why` in words."""

    code, field = "line_not_sellable", "lines"
    message = _l("%(name)s cannot be ordered at the moment.")

    def __init__(self, *, sku: str, name: str, problem: str = ""):
        super().__init__(name=name)
        self.sku, self.name, self.problem = sku, name, problem
        self.extra = {"line": {"sku": sku, "name": name, "problem": problem}}


class NoteTooLong(Invalid):
    """Notes are for people to read."""

    code, field = "too_long", "note"
    message = _l("Please use at most %(most)s characters.")
