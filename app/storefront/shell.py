"""What surrounds every page: the shop's name, the menu, languages and currencies."""

from __future__ import annotations

from typing import Any

from flask import current_app, g, render_template, request
from flask.globals import request_ctx
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.catalog.queries import category_tree
from app.cms import queries as content
from app.core import caching, page_cache, settings
from app.core.db import db, read_alone
from app.core.errors import ShopError
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language, localized_path
from app.core.web import absolute, shop_session, typed_before
from app.regions.queries import enabled_currencies
from app.storefront.pages import Choice, Link, LinkGroup, Meta, NavCategory, Shop
from app.storefront.settings import ShopSettings

CURRENCY_COOKIE = "currency"
MENU_DEPTH = 3
PAGE_OWNERS = ("pages", "settings")
"""Whose changes make a kept page stale: events of the catalogue, prices and stock; settings."""


def root() -> str:
    """The language prefix of this page: "" or "/fr"."""
    return request.script_root


def currency() -> str:
    """The currency this visitor shops in; anything unknown in the cookie is ignored."""
    if "currency" not in g:
        wanted = request.cookies.get(CURRENCY_COOKIE, "")
        codes = currency_codes(shop_session())
        g.currency = wanted if wanted in codes else codes[0]
    return str(g.currency)


def currency_codes(session: Session) -> tuple[str, ...]:
    """Codes of the currencies the shop sells in, its own first."""
    return caching.cached("regions", "codes", lambda: tuple(enabled_currencies(session)))


def readable_path() -> str:
    """The path of this page for who only looks: the page of its form where the address takes posts alone."""
    path = request.path
    adapter = request_ctx.url_adapter
    while path and request.method == "POST" and adapter is not None and not adapter.test(path, "GET"):
        path = path.rpartition("/")[0]
    return path or "/"


def localized_url(language: str) -> str:
    """This page in another language (by its current address; old addresses redirect there)."""
    here = g.get("localized_paths") or {}
    path = here.get(language) or readable_path()
    return localized_path(language, path, request.query_string.decode("utf-8", "ignore"))


def same_for_all() -> None:
    """This page only reads, and is the same for everybody of one language and currency: keep it. Say so first."""
    page_cache.shared(*PAGE_OWNERS)
    read_alone(db.session())


def meta(title: str, *, description: str = "", robots: str = "", image_url: str = "") -> Meta:
    """The head of this page; its canonical address is the page without a query."""
    canonical = "" if robots else absolute(f"{root()}{request.path}")
    return Meta(title, description[:300], canonical, robots, image_url)


def _category(tree: Any, node: Any, prefix: str, depth: int) -> NavCategory:
    below = tree.children(node.id) if depth > 1 else ()
    children = tuple(_category(tree, child, prefix, depth - 1) for child in below)
    return NavCategory(
        node.name, f"{prefix}/c/{node.path}", children, node.image if depth == MENU_DEPTH else None
    )


def _departments(language: str) -> tuple[NavCategory, ...]:
    def load() -> tuple[NavCategory, ...]:
        prefix = "" if language == DEFAULT_LANGUAGE else f"/{language}"
        tree = category_tree(shop_session(), language)
        return tuple(_category(tree, node, prefix, MENU_DEPTH) for node in tree.children())

    return caching.cached("catalog", f"menu:{language}", load)


def _written(place: str, language: str, prefix: str) -> tuple[Link, ...]:
    """The links that shop people put into a menu."""
    return tuple(
        Link(link.label, f"{prefix}{link.url}" if link.url.startswith("/") else link.url)
        for link in content.links(shop_session(), place, language)
    )


def _menu(language: str, prefix: str) -> tuple[NavCategory, ...]:
    own = (NavCategory(link.label, link.url) for link in _written("main", language, prefix))
    return (*_departments(language), *own)


def _footer(language: str, prefix: str) -> tuple[LinkGroup, ...]:
    return (
        LinkGroup(
            _("Help"),
            _written("help", language, prefix)
            or (
                Link(_("Delivery"), f"{prefix}/pages/delivery"),
                Link(_("Returns"), f"{prefix}/pages/returns"),
                Link(_("Find your order"), f"{prefix}/orders/find"),
                Link(_("Help pages"), f"{prefix}/help"),
                Link(_("Contact"), f"{prefix}/contact"),
            ),
        ),
        LinkGroup(
            _("Your account"),
            (
                Link(_("Sign in"), f"{prefix}/login", is_for_guests=True),
                Link(_("Account"), f"{prefix}/account"),
                Link(_("Orders"), f"{prefix}/account/orders"),
                Link(_("Create an account"), f"{prefix}/register", is_for_guests=True),
            ),
        ),
    )


def _tagline(own: ShopSettings) -> str:
    """The shop's own line; the one it came with is translated."""
    return _("Good things for daily life") if own.tagline == ShopSettings().tagline else own.tagline


def shop_view() -> Shop:
    """The shop around this page, in this page's language and currency."""
    if "shop_view" in g:
        return g.shop_view
    language, prefix, own = current_language(), root(), settings.get(shop_session(), ShopSettings)
    here = request.full_path.rstrip("?") if request.query_string else readable_path()
    g.shop_view = Shop(
        name=own.name,
        root=prefix,
        here=f"{prefix}{here}",
        language=language,
        currency=currency(),
        tagline=_tagline(own),
        notice=own.notice,
        departments=_menu(language, prefix),
        languages=tuple(Choice(code, label, code == language) for code, label in LANGUAGES.items()),
        currencies=tuple(Choice(code, code, code == currency()) for code in currency_codes(shop_session())),
        footer=_footer(language, prefix),
        legal=_written("legal", language, prefix)
        or (Link(_("Terms"), f"{prefix}/pages/terms"), Link(_("Privacy"), f"{prefix}/pages/privacy")),
        email=own.email,
        phone=own.phone,
        address=own.address,
        payment_names=(_("Cash on delivery"), _("Bank transfer"), _("Card")),
        is_demo=bool(current_app.config.get("DEMO")),
    )
    return g.shop_view


_menus: dict[tuple[str, str], tuple[Any, Markup]] = {}


def kept_menu(shop: Shop) -> Markup:
    """The menu's HTML, rendered once for each tree of departments and language: it has no visitor in it."""
    key = (shop.root, shop.name)
    held = _menus.get(key)
    if held is None or held[0] != shop.departments:
        html = Markup(render_template("shop/parts/menu.html", shop=shop))  # noqa: S704 - our own template
        held = _menus[key] = (shop.departments, html)
    return held[1]


def page(template: str, view: Any, status: int = 200) -> tuple[str, int]:
    """Render one of the shop's pages with its view model."""
    return render_template(f"shop/{template}.html", shop=shop_view(), page=view), status


def error_page(error: ShopError) -> str:
    """A refusal as a page of the shop."""
    from app.core.security import request_id
    from app.storefront.pages import ErrorView

    view = ErrorView(
        meta=Meta(error.text, robots="noindex"),
        status=error.status,
        text=error.text,
        request_id=request_id(),
        retry_after=getattr(error, "retry_after", 0),
        again_url=f"{root()}{request.path}",
        again=typed_before() if error.code == "csrf" else (),
    )
    names = {404: "404", 410: "410", 429: "429", 503: "503"}
    try:
        return page(f"errors/{'expired' if view.again else names.get(error.status, 'error')}", view)[0]
    except (SQLAlchemyError, ShopError):  # what the menu is made of cannot be read now
        return render_template("shop/errors/plain.html", page=view)
