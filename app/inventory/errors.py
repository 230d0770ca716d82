"""The ways the stock can refuse."""

from __future__ import annotations

from app.core.errors import Conflict, Gone, Invalid, NotFound
from app.core.i18n import _l


class OutOfStock(Conflict):
    """Not enough left. `left`, `name` and `sku` say of what."""

    code = "out_of_stock"
    field = "quantity"
    message = _l("Only %(left)s left of %(name)s.")

    @property
    def text(self) -> str:
        """The message; a plainer one when nothing is left at all."""
        if not self.params.get("left"):
            return str(_l("%(name)s is sold out.")) % self.params
        return super().text


class ReservationGone(Gone):
    """The goods were held too long and have been given back."""

    code = "reservation_gone"
    message = _l("Your reservation has run out. Please check the cart again.")


class UnknownSku(NotFound):
    """There is no such article in stock keeping."""

    code = "unknown_sku"
    field = "sku"
    message = _l("There is no article “%(sku)s”.")


class StockPromised(Conflict):
    """The level cannot go below what is promised to orders."""

    code = "stock_promised"
    field = "on_hand"
    message = _l("%(promised)s are promised to orders. Cancel or ship those first.")


class BadLevel(Invalid):
    """A level, threshold or limit is not a sensible whole number."""

    code = "bad_level"
    field = "on_hand"
    message = _l("Please enter a whole number between 0 and %(most)s.")


class BadCost(Invalid):
    """A cost is not an amount of zero or more, or its day lies before all trade."""

    code = "bad_cost"
    field = "amount"
    message = _l("Please enter an amount of zero or more with at most four decimals, and a day after 1970.")


class CostDayTaken(Conflict):
    """An article has one cost a day."""

    code = "cost_day_taken"
    field = "valid_from"
    message = _l("This article has another cost from that day on. Change or delete that one.")
