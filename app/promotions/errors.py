"""The ways promotions can refuse."""

from __future__ import annotations

from app.core.errors import Conflict
from app.core.i18n import _l


class CouponRefused(Conflict):
    """A code does not count here and now; the message says why."""

    code = "coupon_refused"
    field = "code"
    message = _l("This code is not valid.")


class CouponUsedUp(CouponRefused):
    """Others have used the last one, or this customer has had theirs."""

    code = "coupon_used_up"
    message = _l("The code %(coupon)s has been used up.")


class CouponInUse(Conflict):
    """A coupon that was used stays, so that its orders can be explained."""

    code = "coupon_in_use"
    message = _l("This coupon was already used. Switch it off instead.")
