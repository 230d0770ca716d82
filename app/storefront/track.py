"""Where is my parcel? By the number that the carrier printed on it.

Whoever has the number learns where the parcel is, as at the carrier's own page: never for whom it is
or what is inside. An unknown number says so.
"""

from __future__ import annotations

from flask import request
from flask.blueprints import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import rate_limits
from app.core.errors import ShopError, TooMany
from app.core.web import shop_session
from app.fulfilment import queries, rules
from app.identity import sessions
from app.identity.rules import fingerprint
from app.storefront import pages
from app.storefront.accounts_gate import private
from app.storefront.orders import parcel_view
from app.storefront.shell import meta, page, root

blueprint = Blueprint("track", __name__)
MOST_LOOKS = "30/minute"
"""From one place: enough for people, too few to go through numbers."""


@blueprint.get("/track")
def track() -> ResponseReturnValue:
    """The form; with a number, where that parcel is."""
    typed = request.args.get("number", "")[:80]
    if not typed.strip():
        return _page(typed)
    try:
        rate_limits.hit(MOST_LOOKS, f"track:{fingerprint(sessions.client_ip())[:32]}")
        found = queries.by_number(shop_session(), rules.tracking_number(typed))
    except TooMany as refused:
        answer = _page(typed, error=refused.text, status=refused.status)
        answer.headers["Retry-After"] = str(refused.retry_after)  # type: ignore[union-attr]
        return answer
    except ShopError as refused:
        return _page(typed, error=refused.text, status=422)
    if not found:
        return _page(typed, error=_("We know no parcel with this number. Please check it; a new one can take a few hours to appear."), status=404)  # fmt: skip
    return _page(typed, parcels=tuple(parcel_view(one, with_contents=False) for one in found))


def _page(
    number: str, error: str = "", parcels: tuple[pages.Parcel, ...] = (), status: int = 200
) -> ResponseReturnValue:
    view = pages.TrackView(
        meta=meta(_("Track a parcel"), robots="noindex"), action_url=f"{root()}/track", number=number, error=error,
        parcels=parcels, find_url=f"{root()}/orders/find",
    )  # fmt: skip
    return private(page("track", view, status))
