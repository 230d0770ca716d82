"""Which cart belongs to this visitor: a customer's own, or the one named by a guest's signed cookie."""

from __future__ import annotations

import uuid

from flask import Response, after_this_request, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.cart.models import Cart
from app.cart.queries import find_open
from app.core.i18n import current_language
from app.identity.sessions import current_user_id
from app.storefront.shell import currency

COOKIE = "bag"
SECONDS = 60 * 24 * 3600


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="bag")


def held_id() -> uuid.UUID | None:
    """The cart a guest's cookie names; None when there is none or somebody wrote it himself."""
    value = request.cookies.get(COOKIE, "")
    if not value or len(value) > 200:
        return None
    try:
        return uuid.UUID(_signer().loads(value))
    except (BadSignature, ValueError, TypeError, AttributeError):
        return None


def current_cart(session: Session) -> Cart | None:
    """The open cart of this visitor, if there is one."""
    if "bag" not in g:
        user_id, public_id = current_user_id(), held_id()
        known = user_id is not None or public_id is not None
        g.bag = find_open(session, public_id=public_id, user_id=user_id) if known else None
    return g.bag


def cart_for_change(session: Session) -> Cart:
    """The open cart of this visitor; a new one for who had none (then call `remember_new`)."""
    cart = current_cart(session)
    if cart is None:
        user_id = current_user_id()
        cart = carts.create_cart(session, currency=currency(), language=current_language(), user_id=user_id)
        g.bag, g.bag_is_new = cart, user_id is None
    return cart


def remember_new() -> None:
    """Remember a guest's bag that was made in this request, once it is sure that it stays."""
    if g.pop("bag_is_new", False):
        remember(g.bag.public_id)


def remember(public_id: uuid.UUID) -> None:
    """Write the cart's id into the guest's cookie with the answer of this request."""
    value = _signer().dumps(str(public_id))
    secure = bool(current_app.config.get("SESSION_COOKIE_SECURE"))

    @after_this_request
    def write(response: Response) -> Response:
        response.set_cookie(
            COOKIE, value if isinstance(value, str) else value.decode(), max_age=SECONDS,
            httponly=True, samesite="Lax", secure=secure,
        )  # fmt: skip
        return response


def forget() -> None:
    """Let the guest's cookie go: the cart was ordered, or went into a customer's own."""
    g.pop("bag", None)

    @after_this_request
    def drop(response: Response) -> Response:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax")
        return response


def merge_after_login(session: Session, user_id: int) -> None:
    """Bring what a guest had in the bag into the customer's own cart, at login."""
    public_id = held_id()
    if public_id is not None:
        carts.merge_at_login(session, guest_public_id=public_id, user_id=user_id)
        forget()
