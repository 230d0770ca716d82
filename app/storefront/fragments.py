"""What is personal on pages that are the same for everyone, and the visitor's own preferences."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from app.cart import operations as carts
from app.core.page_cache import csrf_token
from app.core.web import shop_session
from app.identity import operations as identity
from app.identity.sessions import current_actor, current_person
from app.storefront import bag
from app.storefront.cart import pieces
from app.storefront.shell import CURRENCY_COOKIE, currency_codes, root

blueprint = Blueprint("fragments", __name__)
YEAR = 365 * 24 * 3600


@blueprint.get("/fragments/me")
def me() -> ResponseReturnValue:
    """Pieces in the bag, the name of who is signed in, and a token for posts by script (JSON)."""
    person = current_person()
    answer = jsonify(
        count=pieces(shop_session()),
        name=(person.first_name or person.email) if person is not None else None,
        csrf=csrf_token(),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def own_path(text: str) -> str:
    """An address of this shop to go back to; the home page for anything else."""
    parts = urlsplit(text[:2000])
    bad = parts.scheme or parts.netloc or not text.startswith("/") or text.startswith(("//", "/\\"))
    return f"{root()}/" if bad or any(ord(c) < 32 for c in text) else text


@blueprint.post("/preferences")
def preferences() -> ResponseReturnValue:
    """Remember the currency that was chosen: for the pages, the bag, and the account of who is signed in."""
    session, code = shop_session(), request.form.get("currency", "")[:3]
    answer = redirect(own_path(request.form.get("next", "/")), 303)
    if code in currency_codes(session):
        secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))
        answer.set_cookie(CURRENCY_COOKIE, code, max_age=YEAR, samesite="Lax", secure=secure)
        person = current_person()
        if person is not None:
            identity.set_preferences(session, user_id=person.id, currency=code)
        cart = bag.current_cart(session)
        if cart is not None:
            carts.set_currency(session, cart_id=cart.id, currency=code, actor=current_actor())
    return answer
