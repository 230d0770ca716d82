"""The ways in which a question to the metric layer is refused."""

from __future__ import annotations

from app.core.errors import Invalid, NotFound
from app.core.i18n import _l


class UnknownMetric(NotFound):
    """There is no figure of this name."""

    code, field = "unknown_metric", "metric"
    message = _l("There is no figure called %(metric)s.")


class UnknownDimension(Invalid):
    """The figure cannot be grouped or filtered by this."""

    code, field = "unknown_dimension", "group_by"
    message = _l("%(metric)s cannot be split by %(dimension)s. Possible: %(possible)s.")


class UnknownPeriod(Invalid):
    """The days asked for are no period."""

    code, field = "unknown_period", "from"
    message = _l(
        "Please give two days such as 2026-01-31, the first not after the last, at most ten years apart."
    )


class UnknownCurrency(Invalid):
    """Nothing is sold in this currency."""

    code, field = "unknown_currency", "currency"
    message = _l("The shop does not know this currency.")


class NothingBehind(Invalid):
    """The figure is not made from orders, so there are none to show."""

    code, field = "nothing_behind", "metric"
    message = _l("There are no orders behind %(metric)s.")
