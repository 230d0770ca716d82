"""The cart page, the drawer, and every way to change the cart."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cart import operations as carts
from app.cart.models import Cart
from app.cart.queries import count, quoted
from app.catalog.queries import product_page
from app.core import settings
from app.core.errors import Invalid, NotFound, ShopError
from app.core.i18n import current_language
from app.core.unit_of_work import unit_of_work
from app.core.web import problem, shop_session
from app.identity.sessions import current_actor
from app.storefront import bag, pages, visits
from app.storefront.beside import for_bag
from app.storefront.cart_view import cart_view
from app.storefront.settings import ShopSettings
from app.storefront.shell import currency, page, root, shop_view

blueprint = Blueprint("cart", __name__)
MOST = 999


def wanted_quantity(name: str = "quantity", default: str = "1") -> int:
    """The number of pieces that was typed.

    Raises:
        Invalid: when it is not a whole number from 0 to 999.
    """
    text = request.form.get(name, default).strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) > MOST:
        raise Invalid(_("Please give a whole number from 1 to %(most)s.", most=MOST), field="quantity")
    return int(text)


def _view(session: Session, *, is_whole: bool = True, **more: Any) -> pages.CartView:
    """The bag; `is_whole` asks for what is offered beside it too."""
    cart = bag.current_cart(session)
    found = quoted(session, cart, language=current_language(), currency=currency()) if cart else None
    if is_whole and found is not None:
        held = dict.fromkeys(line.product_id for line in found.contents.lines)
        more["suggestions"] = for_bag(session, tuple(held))
    return cart_view(found, return_days=settings.get(session, ShopSettings).return_days, **more)


def _answer(session: Session, **more: Any) -> ResponseReturnValue:
    """The changed cart: the part of the page that was asked for, or the way back to the page."""
    wanted = request.headers.get("X-Fragment", "")
    if wanted in ("cart", "drawer"):
        template = "shop/cart_drawer.html" if wanted == "drawer" else "shop/parts/cart_body.html"
        view = _view(session, is_whole=wanted == "drawer", **more)
        return render_template(template, shop=shop_view(), page=view)
    for notice in more.get("notices", ()):
        flash(notice.text, notice.tone)
    return redirect(f"{root()}/cart", 303)


def _refusal(session: Session, refused: ShopError, back: str) -> ResponseReturnValue:
    session.rollback()
    if request.headers.get("X-Fragment"):
        return problem(refused)
    flash(refused.text, "error")
    return redirect(back, 303)


@blueprint.get("/cart")
def show() -> ResponseReturnValue:
    """The cart page."""
    return page("cart", _view(shop_session()))


@blueprint.get("/cart/drawer")
def drawer() -> ResponseReturnValue:
    """The drawer's inside, for the script that opens it."""
    return render_template("shop/cart_drawer.html", shop=shop_view(), page=_view(shop_session()))


@blueprint.post("/cart/lines")
def add() -> ResponseReturnValue:
    """Put a variant into the cart: by its SKU, or by product and chosen options.

    Without JavaScript the same form also shows another choice of options (`action` is "show").
    """
    session = shop_session()
    slug = request.form.get("product", "")[:300]
    back = f"{root()}/p/{slug}" if slug and slug.replace("-", "").isalnum() else f"{root()}/cart"
    wanted = {k[7:100]: v[:200] for k, v in request.form.items() if k.startswith("option.")}
    if wanted and "/p/" in back:  # the choice stays, whatever is said about it
        back = f"{back}?{urlencode(wanted)}"
    if request.form.get("action") == "show":
        return redirect(back, 303)
    try:
        quantity = wanted_quantity()
        if quantity < 1:
            raise Invalid(_("Please give a whole number from 1 to %(most)s.", most=MOST), field="quantity")
        sku = _chosen_sku(session, slug)
        with unit_of_work(session):  # a refused article leaves no empty bag behind
            cart = bag.cart_for_change(session)
            carts.add_line(session, cart_id=cart.id, sku=sku, quantity=quantity, actor=current_actor())
            visits.note_addition(session, cart_id=cart.id, sku=sku)
    except ShopError as refused:
        return _refusal(session, refused, back)
    bag.remember_new()
    return _answer(session, notices=(pages.Notice(_("Added to your bag"), "success"),))


def _chosen_sku(session: Session, slug: str) -> str:
    """The variant that the form's options describe; the hidden SKU where there is nothing to choose.

    Without JavaScript the hidden SKU is the one the page was made with, the options are what counts.
    """
    sku = request.form.get("sku", "")[:200]
    options = {k[7:]: v for k, v in request.form.items() if k.startswith("option.")}
    if not options or not slug:
        return sku
    product = product_page(session, slug, current_language())
    chosen = next((v for v in product.variants if v.sku == sku), None)
    if chosen is None or any(chosen.options.get(code) != value for code, value in options.items()):
        fitting = (v for v in product.variants if all(v.options.get(c) == x for c, x in options.items()))
        chosen = next(fitting, None)
    if chosen is None:
        raise NotFound(_("This is not made in the combination you chose."))
    return chosen.sku


def _line_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound() from None


def _own_cart(session: Session) -> Cart:
    cart = bag.current_cart(session)
    if cart is None:
        raise NotFound(_("Your bag is empty."))
    return cart


@blueprint.post("/cart/lines/<line>")
def change(line: str) -> ResponseReturnValue:
    """Change a line: another quantity (0 removes), save, move back, remove, undo."""
    session, actor = shop_session(), current_actor()
    action = request.form.get("action", "quantity")
    notices: tuple[pages.Notice, ...] = ()
    try:
        cart, line_id = _own_cart(session), _line_id(line)
        here: dict[str, Any] = {"cart_id": cart.id, "line_id": line_id, "actor": actor}
        quantity = wanted_quantity() if action == "quantity" else 1
        if action == "remove" or quantity == 0:
            carts.remove_line(session, **here)
            undo = f"{root()}/cart/lines/{line}"
            notices = (pages.Notice(_("Removed from your bag."), "info", undo, (("action", "undo"),)),)
        elif action == "save":
            carts.save_for_later(session, **here)
        elif action == "move":
            carts.move_to_cart(session, **here)
        elif action == "undo":
            carts.undo_remove(session, **here)
        else:
            carts.set_quantity(session, **here, quantity=quantity)
    except ShopError as refused:
        return _refusal(session, refused, f"{root()}/cart")
    return _answer(session, notices=notices)


@blueprint.post("/cart/coupon")
def coupon() -> ResponseReturnValue:
    """Use a code, or take it off again. A refused code stays in its field with the reason."""
    session = shop_session()
    code = request.form.get("code", "").strip()[:64]
    try:
        cart = _own_cart(session)
        if request.form.get("action") == "remove":
            carts.remove_coupon(session, cart_id=cart.id, code=code, actor=current_actor())
        elif code:
            carts.apply_coupon(session, cart_id=cart.id, code=code, actor=current_actor())
    except ShopError as refused:
        session.rollback()
        if request.headers.get("X-Fragment"):
            return _answer(session, coupon_value=code, coupon_error=refused.text)
        return page("cart", _view(session, coupon_value=code, coupon_error=refused.text), refused.status)
    return _answer(session)


@blueprint.get("/cart/restore/<token>")
def restore(token: str) -> ResponseReturnValue:
    """Come back to a forgotten bag by the link of a reminder; an account's bag asks for the login."""
    cart = carts.restore(shop_session(), token=token)
    if cart.user_id is not None:
        return redirect(f"{root()}/login?next={root()}/cart", 303)
    bag.remember(cart.public_id)
    return redirect(f"{root()}/cart", 303)


def pieces(session: Session) -> int:
    """How many pieces are in this visitor's cart; saved ones left out."""
    cart = bag.current_cart(session)
    return count(session, public_id=cart.public_id, user_id=None) if cart else 0
