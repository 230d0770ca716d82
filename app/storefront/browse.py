"""Home, categories and search: the shop one can look around in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.queries import CategoryNode, category_page, category_tree
from app.cms import queries as content
from app.core import settings
from app.core.i18n import LANGUAGES, current_language
from app.core.web import absolute, shop_session
from app.search.queries import Listing, listing, suggest
from app.storefront.cards import cards
from app.storefront.listing import list_view
from app.storefront.money import money
from app.storefront.pages import Alternative, Card, Crumb, HomeView, SearchView, SubCategory, Teaser
from app.storefront.settings import ShopSettings
from app.storefront.shell import currency, meta, page, root, same_for_all, shop_view

blueprint = Blueprint("storefront", __name__)
SHELF = 8
LONGEST_QUERY = 200


def _shelves(*sorts: str) -> tuple[tuple[Card, ...], ...]:
    """A row of products in each of these orders; all cards are read together."""
    session, lang = shop_session(), current_language()
    asked = (
        Listing(sort=sort, per_page=SHELF, currency=currency(), lang=lang, with_facets=False)
        for sort in sorts
    )
    rows = [listing(session, one).product_ids for one in asked]
    wanted = list(dict.fromkeys(product_id for row in rows for product_id in row))
    made = cards(session, wanted, lang, currency(), root())
    known = {card.product_id: card for card in made}
    return tuple(tuple(known[i] for i in row if i in known) for row in rows)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The front door: departments, what is new, what others like."""
    same_for_all()
    session = shop_session()
    own = settings.get(session, ShopSettings)
    tree = category_tree(session, current_language())
    departments = [node for node in tree.children() if node.product_count or tree.children(node.id)]
    first = departments[0] if departments else None
    newest, popular = _shelves("newest", "popularity")
    view = HomeView(
        meta=meta(own.name, description=shop_view().tagline),
        hero=_banner("hero")
        or Teaser(
            title=_("Made well, kept long"),
            url=f"{root()}/c/{first.path}" if first else f"{root()}/search",
            image=_hero(departments),
            text=_("Objects for every day, chosen one by one from makers we know."),
            action=_("See the collection"),
            eyebrow=shop_view().tagline,
        ),
        departments=tuple(_teaser(node) for node in departments[:6]),
        new_arrivals=newest,
        new_arrivals_url=f"{root()}/search?sort=newest",
        popular=popular,
        popular_url=f"{root()}/search?sort=popularity",
        editorial=_banner("editorial"),
        json_ld={
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": own.name,
            "url": absolute(f"{root()}/"),
            "potentialAction": {
                "@type": "SearchAction",
                "target": absolute(f"{root()}/search?q={{search_term_string}}"),
                "query-input": "required name=search_term_string",
            },
        },
    )
    return page("home", view)


def _banner(place: str) -> Teaser | None:
    """What shop people put at this place of the home page."""
    found = content.banner(shop_session(), place, current_language())
    if found is None:
        return None
    url = f"{root()}{found.url}" if found.url.startswith("/") else found.url
    return Teaser(found.title, url, found.image, found.text, found.action, found.eyebrow)


def _hero(departments: list[CategoryNode]) -> Any:
    return next((node.image for node in departments if node.image), None)


def _teaser(node: CategoryNode) -> Teaser:
    return Teaser(node.name, f"{root()}/c/{node.path}", node.image, node.description)


@blueprint.get("/c/<path:path>")
def category(path: str) -> ResponseReturnValue:
    """A category with its filters; an old address redirects to the present one."""
    same_for_all()
    session, language = shop_session(), current_language()
    found = category_page(session, path.strip("/"), language)
    if found.is_moved:
        g.pop("shared_page", None)
        query = request.query_string.decode("utf-8", "ignore")
        return redirect(f"{root()}/c/{found.node.path}{'?' + query if query else ''}", 301)
    node = found.node
    g.localized_paths = {code: f"/c/{category_tree(session, code).nodes[node.id].path}" for code in LANGUAGES}
    crumbs = (
        Crumb(_("Home"), f"{root()}/"),
        *(Crumb(n.name, f"{root()}/c/{n.path}") for n in found.crumbs[:-1]),
    )
    view = list_view(
        session,
        request.args,
        path=f"{root()}/c/{node.path}",
        title=node.name,
        category_id=node.id,
        description=node.description,
        crumbs=(*crumbs, Crumb(node.name)),
        subcategories=tuple(
            SubCategory(child.name, f"{root()}/c/{child.path}", child.product_count)
            for child in found.children
        ),
        image=node.image,
    )
    return page("category", view)


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """Results for a query; without one, everything there is."""
    same_for_all()
    session = shop_session()
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    title = _("Results for “%(query)s”", query=query) if query else _("Everything")
    found = list_view(session, request.args, path=f"{root()}/search", title=title, query=query)
    alternatives: tuple[Alternative, ...] = ()
    popular: tuple[Card, ...] = ()
    categories: tuple[SubCategory, ...] = ()
    if query and not found.chips and (not found.total or found.match in ("most", "any")):
        words = [word for word in query.split() if len(word) > 2] if " " in query else []
        alternatives = tuple(Alternative(w, f"{root()}/search?{urlencode({'q': w})}") for w in words[:4])
    if query and not found.total and not found.chips:
        (popular,) = _shelves("popularity")
        tree = category_tree(session, current_language())
        categories = tuple(
            SubCategory(n.name, f"{root()}/c/{n.path}", n.product_count) for n in tree.children()
        )
    shown, typed = (found.corrected, query) if found.corrected and found.total else (query, "")
    return page("search", SearchView(found.meta, shown, found, typed, categories, alternatives, popular))


@blueprint.get("/search/suggest")
def suggestions() -> ResponseReturnValue:
    """Up to five products and some departments for what has been typed so far (JSON)."""
    session, language = shop_session(), current_language()
    query = " ".join(request.args.get("q", "").split())[:LONGEST_QUERY]
    found = suggest(session, query, language, 5) if query else None
    product_ids = list(found.product_ids) if found else []
    shown = cards(session, product_ids, language, currency(), root())
    tree = category_tree(session, language)
    fitting = [tree.nodes[i] for i in (found.category_ids if found else ()) if i in tree.nodes][:3]
    queries = [q for q in (found.queries if found else ()) if q != query.casefold()][:3]
    answer = jsonify(
        products=[
            {"name": c.name, "url": c.url, "image": c.image.src if c.image else None, "price": money(c.price)}
            for c in shown
        ],
        categories=[{"name": n.name, "url": f"{root()}/c/{n.path}"} for n in fitting],
        queries=[{"text": q, "url": f"{root()}/search?{urlencode({'q': q})}"} for q in queries],
        count=len(shown) + len(fitting) + len(queries),
    )
    answer.headers["Cache-Control"] = "public, max-age=30"
    return answer
