"""Plain pages, the sitemap and what robots may read. Shops edit texts in the CMS; these are the first ones."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, current_app, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.catalog.queries import category_tree, public_product_slugs
from app.cms import queries as content
from app.core import settings
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language, localized_path
from app.core.web import absolute, shop_session
from app.identity.sessions import is_staff_login
from app.storefront import help
from app.storefront.pages import ContentView, Crumb
from app.storefront.settings import ShopSettings
from app.storefront.shell import meta, page, root, same_for_all

blueprint = Blueprint("content", __name__)
BUILT_IN = ("contact", "delivery", "privacy", "returns", "terms")
"""Pages every shop has from the start; one written by shop people under the same name replaces it."""


def _texts(slug: str, own: ShopSettings) -> tuple[str, list[str]] | None:
    days = own.return_days
    contact = _(
        "Write to %(email)s or to %(name)s, %(address)s.", email=own.email, name=own.name, address=own.address
    )
    pages = {
        "delivery": (
            _("Delivery"),
            [
                _("We hand every parcel to the carrier within one working day, except on backorder."),
                _("What shipping costs depends on the country, the weight and the value of your order. You see the full price before you pay, with every method that reaches your address."),
                _("As soon as your parcel is on its way you receive an e-mail with its number. The link in your order confirmation always shows where it is."),
            ],
        ),
        "returns": (
            _("Returns"),
            [
                _("You may send anything back within %(days)s days of receiving it, without giving a reason. The law gives you fourteen; we think you should have longer.", days=days),
                _("Tell us before you send it: we answer with the address and keep an eye out for your parcel. We pay back what you paid, the way you paid it."),
                contact,
            ],
        ),
        "terms": (
            _("Terms"),
            [
                _("Your order is a purchase as soon as you receive our confirmation. Prices include VAT and are those shown when you placed the order."),
                _("Goods stay ours until they are paid. You keep all rights that consumer law in your country gives you, two years of legal guarantee included."),
                contact,
            ],
        ),
        "privacy": (
            _("Privacy"),
            [
                _("We keep what we need to deliver your order and to keep our books, and nothing else. We do not sell it and we do not follow you around."),
                _("Without your consent only the cookies a shop cannot work without are set: your bag, your sign-in and your currency."),
                contact,
            ],
        ),
        "contact": (_("Contact"), [contact, own.phone]),
    }  # fmt: skip
    return pages.get(slug)


def _written(slug: str) -> ResponseReturnValue | None:
    """The page that shop people wrote for this address; drafts for those who may edit them."""
    session, language = shop_session(), current_language()
    found = content.pages(session, language).get(slug)
    preview = (
        found is None and is_staff_login() and current_app.appbuilder.sm.has_access("can_edit", "PageView")
    )
    if preview:
        found = content.draft(session, slug, language)
    if found is None:
        return None
    if not preview:
        same_for_all()
    crumbs = (Crumb(_("Home"), f"{root()}/"), Crumb(found.title))
    about = meta(found.title, description=found.summary, robots="noindex" if preview else "")
    changed = format_date(found.updated_at, "long")
    return page(
        "content",
        ContentView(about, found.title, found.body, crumbs, lead=found.summary, updated_text=changed),
    )


@blueprint.get("/pages/<slug>")
def show(slug: str) -> ResponseReturnValue:
    """A plain page of text."""
    own = _written(slug)
    if own is not None:
        return own
    same_for_all()
    found = _texts(slug, settings.get(shop_session(), ShopSettings))
    if found is None:
        abort(404)
    title, paragraphs = found
    html = Markup("").join(Markup("<p>{}</p>").format(escape(text)) for text in paragraphs if text)
    crumbs = (Crumb(_("Home"), f"{root()}/"), Crumb(title))
    return page("content", ContentView(meta(title, description=paragraphs[0]), title, str(html), crumbs))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What robots may read, and where the sitemap is."""
    closed = (
        "/admin/",
        "/api/",
        "/cart",
        "/checkout",
        "/account",
        "/orders/",
        "/fragments/",
        "/login",
        "/search",
        "/support/",
    )
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {absolute('/sitemap.xml')}",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _entry(paths: dict[str, str]) -> str:
    """One address with its counterparts in the other languages (sitemaps.org with xhtml:link)."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{escape(absolute(localized_path(code, path)))}"/>'
        for code, path in paths.items()
    )
    return f"<url><loc>{escape(absolute(paths[DEFAULT_LANGUAGE]))}</loc>{links}</url>"


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every public page: home, categories, products."""
    session = shop_session()

    def lines() -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        yield ' xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        yield _entry(dict.fromkeys(LANGUAGES, "/"))
        trees = {code: category_tree(session, code) for code in LANGUAGES}
        for category_id in trees[DEFAULT_LANGUAGE].nodes:
            if trees[DEFAULT_LANGUAGE].is_shown(category_id):
                yield _entry({code: f"/c/{tree.nodes[category_id].path}" for code, tree in trees.items()})
        for slug in sorted({*content.pages(session, DEFAULT_LANGUAGE), *BUILT_IN}):
            yield _entry(dict.fromkeys(LANGUAGES, f"/pages/{slug}"))
        for paths in (dict.fromkeys(LANGUAGES, "/contact"), *help.sitemap_paths()):
            yield _entry(paths)
        for slugs in public_product_slugs(session, limit=49_000):
            yield _entry({code: f"/p/{slugs.get(code, slugs[DEFAULT_LANGUAGE])}" for code in LANGUAGES})
        yield "</urlset>"

    return Response(stream_with_context(lines()), content_type="application/xml; charset=utf-8")


@blueprint.get("/favicon.ico")
def favicon() -> ResponseReturnValue:
    """Browsers ask for it whatever the page says."""
    from flask import redirect

    from app.core.assets import asset

    assert current_app
    return redirect(asset("shop/icon.svg"), 302)
