"""Visits at the door: the question whether they may be counted, the sign of a page that was opened.

Pages are kept for everybody, so a page says by itself that somebody opened it (`navigator.sendBeacon`), and only in
browsers whose owner agreed. No cookie is set before a yes; what is set then is written by the answer to that sign.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, after_this_request, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.visits import operations, rules
from app.analytics.visits.operations import Seen
from app.analytics.visits.rules import Agreement
from app.core import rate_limits
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.i18n import LANGUAGES, current_language
from app.core.security import csrf
from app.core.web import shop_session
from app.identity.sessions import client_agent, client_ip, current_user_id, safe_next
from app.storefront.shell import root

blueprint = Blueprint("visits", __name__)
CONSENT, VISITOR, VISIT = "consent", "visitor", "visit"
SIGNS, CHOICES = "300/minute", "30/minute"
LONGEST = 8_000
"""Bytes of a sign: a path and two words, and of a page of results what it shows."""
LONGEST_PATH = 1_900
MOST_SHOWN = 48


class BadSign(Invalid):
    """A sign that no page of this shop sends."""

    status, code = 400, "bad_sign"


def agreement() -> Agreement:
    """What this browser's owner agreed to. A signal against being followed is a no, whatever the cookie says."""
    if request.headers.get("Sec-GPC") == "1" or request.headers.get("DNT") == "1":
        return rules.REFUSED
    return rules.read_agreement(request.cookies.get(CONSENT, "")) or rules.REFUSED


def seen(*, language: str = "", referrer: str = "") -> Seen | None:
    """Who is here, with cookies for who comes for the first time; None for robots and who did not agree."""
    if "visit_seen" in g:
        return g.visit_seen
    agreed, agent = agreement(), client_agent()
    g.visit_seen = None
    if not agreed.counted or rules.is_robot(agent):
        return None
    now = utcnow()
    known = rules.read_id(request.cookies.get(VISITOR, ""))
    held = rules.same_visit(request.cookies.get(VISIT, ""), now) if known else None
    visitor, visit = known or rules.new_id(), held or rules.new_id()
    if known is None:
        _write(VISITOR, visitor.hex, rules.KEEP_ID)
    _write(VISIT, rules.visit_text(visit, now), rules.REST)
    g.visit_seen = Seen(
        visitor=visitor,
        visit=visit,
        at=now,
        agreed_to=agreed.text,
        is_profiled=agreed.profiled,
        user_id=current_user_id() if agreed.profiled else None,
        language=language or current_language(),
        device=rules.device_of(agent),
        referrer=referrer,
    )
    return g.visit_seen


def _write(name: str, value: str, lasts: timedelta, *, script: bool = False) -> None:
    secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))

    @after_this_request
    def write(response: Response) -> Response:
        response.set_cookie(
            name,
            value,
            max_age=int(lasts.total_seconds()),
            httponly=not script,
            samesite="Lax",
            secure=secure,
        )
        return response


def _own_page() -> bool:
    """True when a page of this very shop asks: browsers name the origin of every POST."""
    return request.headers.get("Origin", "") == request.host_url.rstrip("/") and request.headers.get(
        "Sec-Fetch-Site", "same-origin"
    ) in ("same-origin", "same-site")


@blueprint.post("/visits")
@csrf.exempt  # pages are kept for everybody and carry no token here; the Origin is looked at instead, and it only counts
def note() -> ResponseReturnValue:
    """A page says that it was opened: `{"path", "referrer", "query"}`. Answers 204 whether it counts or not.

    A page of results also says what was looked for and what it shows (`{"search": {"q", "shown"}}`, slugs in their
    order), a product that was opened out of results says so (`{"found": true}`).

    Raises:
        BadSign: it comes from another site, or is no such thing.
        TooMany: more than a person opens.
    """
    if not _own_page():
        raise BadSign()
    rate_limits.hit(SIGNS, f"visits:{client_ip()}")
    if (request.content_length or 0) > LONGEST:
        raise BadSign()
    said = request.get_json(force=True, silent=True)
    if not isinstance(said, dict) or not all(
        isinstance(said.get(k, ""), str) for k in ("path", "referrer", "query", "language")
    ):
        raise BadSign()
    path = said.get("path", "")
    if not path.startswith("/") or "\x00" in path or len(path) > LONGEST_PATH:
        raise BadSign()
    query, shown = _results(said.get("search"))
    language = said.get("language", "")
    who = seen(
        language=language if language in LANGUAGES else "en",
        referrer=rules.referrer_of(
            said.get("referrer", ""), said.get("query", ""), request.host.partition(":")[0]
        ),
    )
    if who is not None:
        page, slug = rules.page_of(path)
        if page != "search":
            query, shown = "", []
        found = page == "product" and said.get("found") is True
        operations.take_view(who, page=page, slug=slug, query=query, shown=shown, found=found)
    return "", 204


def _results(said: object) -> tuple[str, list[str]]:
    """What was looked for and the slugs that were shown.

    Raises:
        BadSign: it is no such thing.
    """
    if said is None:
        return "", []
    if not isinstance(said, dict):
        raise BadSign()
    query, shown = said.get("q"), said.get("shown")
    if not isinstance(query, str) or not isinstance(shown, list) or len(shown) > MOST_SHOWN:
        raise BadSign()
    if not all(isinstance(slug, str) and rules.is_slug(slug) for slug in shown):
        raise BadSign()
    return query, shown


@blueprint.post("/consent")
def choose() -> ResponseReturnValue:
    """Take a choice over, and ask again in half a year. A no deletes what was kept under this browser's number."""
    rate_limits.hit(CHOICES, f"consent:{client_ip()}")
    given = request.form.get("all", "")
    wanted = Agreement(
        counted=given == "yes" or (not given and request.form.get("counted") == "yes"),
        profiled=given == "yes" or (not given and request.form.get("profiled") == "yes"),
    )
    _write(CONSENT, wanted.text, rules.KEEP_CHOICE, script=True)
    known = rules.read_id(request.cookies.get(VISITOR, ""))
    if known is not None and not wanted.counted:
        operations.forget_visitor(shop_session(), known)
        _drop(VISITOR)
        _drop(VISIT)
    elif known is not None and not wanted.profiled:
        operations.untie(shop_session(), known)
    if request.headers.get("X-Fragment"):
        return "", 204
    flash(_("Your choice is saved."), "success")
    return redirect(safe_next(request.form.get("next"), f"{root()}/"), 303)


def _drop(name: str) -> None:
    @after_this_request
    def drop(response: Response) -> Response:
        response.delete_cookie(name, httponly=True, samesite="Lax")
        return response


def note_addition(session: Session, *, cart_id: int, sku: str) -> None:
    """Something was put into the bag. Call it inside the unit of work of doing so."""
    who = seen()
    if who is not None:
        operations.note_addition(session, who, cart_id=cart_id, sku=sku)


def note_checkout(session: Session, *, cart_id: int) -> None:
    """The checkout was opened with something in the bag."""
    who = seen()
    if who is not None:
        operations.note_checkout(session, who, cart_id=cart_id)
