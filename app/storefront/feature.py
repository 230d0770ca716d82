"""Manifest of the shop's pages."""

from __future__ import annotations

from typing import Any

from app.core import web
from app.core.feature import Feature
from app.core.realtime import socketio
from app.identity import sessions
from app.storefront import (
    accounts,
    bag,
    browse,
    cart,
    checkout,
    contact,
    content,
    emails,
    find_order,
    fragments,
    help,
    live,
    looking,
    notices,
    orders,
    product,
    reviews,
    shell,
    tickets,
    track,
    visits,
)
from app.storefront.money import money
from app.storefront.settings import SLOTS, ShopSettings


def setup(app: Any) -> None:
    """Give templates what they print with, refusals their pages, sockets their namespace."""
    app.jinja_env.globals.update(money=money, kept_menu=shell.kept_menu, localized_url=shell.localized_url)
    web.set_error_page(shell.error_page)
    socketio.on_namespace(live.Notifications("/notifications"))
    if bag.merge_after_login not in sessions.after_login:
        sessions.after_login.append(bag.merge_after_login)


FEATURE = Feature(
    name="storefront",
    blueprints=(
        browse.blueprint,
        product.blueprint,
        cart.blueprint,
        checkout.blueprint,
        find_order.blueprint,
        orders.blueprint,
        track.blueprint,
        accounts.blueprint,
        emails.blueprint,
        fragments.blueprint,
        reviews.blueprint,
        contact.blueprint,
        tickets.blueprint,
        help.blueprint,
        content.blueprint,
        visits.blueprint,
        notices.blueprint,
        looking.blueprint,
    ),
    settings=ShopSettings,
    slots=SLOTS,
    setup=setup,
)
