"""The doors in the shop: fragments for pages that are the same for everybody, the page of one's own suggestions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.analytics.visits.queries import products_by_slug
from app.core import rate_limits
from app.core.errors import Invalid, NotFound
from app.core.security import csrf
from app.core.web import shop_session
from app.identity.sessions import client_ip
from app.storefront.accounts_gate import actor, customer, go, private, signed_in
from app.storefront.pages import Meta, Notice
from app.storefront.shell import meta, shop_view
from recommender import operations, queries, serve
from recommender.serve import Shelf
from recommender.visitors import Visitor, visitor

blueprint = Blueprint("suggestions", __name__)
SIGNS = "120/minute"
LONGEST = 200
MOST_ASKED = 12
SLUG = re.compile(r"[a-z0-9-]{1,200}")


class BadSign(Invalid):
    """A sign that no page of this shop sends."""

    status, code = 400, "bad_sign"


@dataclass(frozen=True, slots=True)
class SuggestionsView:
    """The account's page of suggestions: what is suggested, and the choice whether to learn from what one bought."""

    meta: Meta
    shelf: Shelf
    refused: bool
    section: str = "suggestions"
    notices: tuple[Notice, ...] = ()


@blueprint.get("/suggestions/<place>")
def fragment(place: str) -> ResponseReturnValue:
    """The list of a place as a part of a page; nobody keeps it. Empty where suggestions are off."""
    if place not in serve.PLACES:
        raise NotFound()
    session = shop_session()
    found = serve.shelf(session, visitor(session), place, limit=12) if queries.is_on(session) else None
    html = (
        render_template("recommender/shelf.html", shop=shop_view(), shelf=found, place=place) if found else ""
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/suggestions/owned")
def owned() -> ResponseReturnValue:
    """Which products of a page (`?p=slug`, twelve at most) its visitor has and buys once: `{"owned": [slug, …]}`.

    The product's page is the same for everybody; its script asks this for who is signed in. Empty for guests and for
    who wants no profile.
    """
    session = shop_session()
    said = [slug for slug in request.args.getlist("p")[:MOST_ASKED] if SLUG.fullmatch(slug)]
    who = visitor(session)
    found: list[str] = []
    if said and who.user_id is not None and who.is_profiled and queries.is_on(session):
        ids = products_by_slug(session, said)
        held = queries.owned(session, who.user_id, ids.values())
        found = [slug for slug in said if ids.get(slug) in held]
    response = jsonify(owned=found)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/suggestions/seen")
@csrf.exempt  # pages are kept for everybody; the Origin is looked at instead, and it only counts
def seen() -> ResponseReturnValue:
    """A list came into sight, or something in it was opened: `{"clicked": true|false}`. Answers 204 either way.

    Raises:
        BadSign: it comes from another site, or is no such thing. TooMany: more than a person does.
    """
    if (
        request.headers.get("Origin", "") != request.host_url.rstrip("/")
        or (request.content_length or 0) > LONGEST
    ):
        raise BadSign()
    rate_limits.hit(SIGNS, f"suggestions:{client_ip()}")
    said = request.get_json(force=True, silent=True)
    if not isinstance(said, dict) or not isinstance(said.get("clicked"), bool):
        raise BadSign()
    session = shop_session()
    who: Visitor = visitor(session)
    if who.unit is not None:
        operations.note(session, unit=who.unit, clicked=said["clicked"], cart_id=who.cart_id)
    return "", 204


@blueprint.get("/account/suggestions")
@signed_in
def mine() -> Any:
    """What is suggested to this customer, and the choice."""
    session = shop_session()
    who = visitor(session)
    view = SuggestionsView(
        meta=meta(_("Your suggestions"), robots="noindex"),
        shelf=serve.shelf(session, who, serve.ACCOUNT, limit=12),
        refused=queries.refuses(session, customer().id),
    )
    return private(render_template("recommender/mine.html", shop=shop_view(), page=view))


@blueprint.post("/account/suggestions")
@signed_in
def choose() -> Any:
    """Take over whether suggestions may be made from what this customer bought."""
    refused = request.form.get("wanted") != "yes"
    operations.choose_profile(shop_session(), user_id=customer().id, refused=refused, actor=actor())
    flash(_("Your choice is saved."), "success")
    return go("/account/suggestions")


# --- what fills the places of pages ----------------------------------------------------------------


def product_alike(*, session: Session, product_id: int) -> tuple[tuple[int, ...], str]:
    """For the product's page (slot of values "product.alike"): what goes with it, and its title.

    Empty leaves the place to products of the department. The page is the same for everybody: no profile is read.
    """
    found = queries.with_product(session, product_id)
    bought = bool(found) and found[0].why == "bought"
    return tuple(one.product_id for one in found), _("Others also bought") if bought else ""


def at_product(**values: Any) -> str:
    """The script that takes out of a product's list what its visitor has already."""
    return render_template("recommender/owned.html")


def place_of(place: str) -> str:
    """A place that the script fills: the page around it is the same for everybody."""
    return render_template("recommender/place.html", place=place)


def at_home(**values: Any) -> str:
    """The place on the home page."""
    return place_of(serve.HOME)


def at_cart(**values: Any) -> str:
    """The place below the bag."""
    return place_of(serve.CART)


def at_account(*, root: str, **values: Any) -> str:
    """The card on the account's home."""
    return render_template("recommender/card.html", root=root)


def in_menu(*, section: str, root: str, **values: Any) -> str:
    """The entry in the account's menu."""
    return render_template("recommender/menu.html", section=section, root=root)
