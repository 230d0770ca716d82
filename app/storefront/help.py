"""Help pages: shelves, search, an article, and whether it was helpful.

The voting needs no cookie of its own: a signed token says that the page was really opened, and a keyed hash of place,
browser and day lets a reader count once. Nothing that names the reader is kept.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Blueprint, abort, current_app, flash, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from app.core import rate_limits
from app.core.clock import today
from app.core.errors import Invalid
from app.core.i18n import LANGUAGES, current_language
from app.core.web import absolute, shop_session
from app.identity.sessions import client_agent, client_ip, is_staff_login
from app.storefront.accounts_gate import go, show
from app.storefront.pages import Crumb
from app.storefront.pages.support import ArticleView, HelpLink, HelpShelf, HelpView
from app.storefront.shell import meta, page, root, same_for_all
from app.support.help import operations, queries
from app.support.help.queries import ArticleText

blueprint = Blueprint("help", __name__)
VOTES = "60/hour"
OPEN_SECONDS = 6 * 3600


@blueprint.get("/help")
def shelves() -> Any:
    """All articles by category; with `q`, those that answer it."""
    typed = request.args.get("q", "")[:200].replace("\x00", "").strip()
    session, language = shop_session(), current_language()
    here, contact = f"{root()}/help", f"{root()}/contact"
    if typed:
        found = tuple(_link(article) for article in queries.search(session, typed, language))
        about = meta(_("Help: %(query)s", query=typed), robots="noindex")
        return page("support/help", HelpView(about, here, contact, asked=typed, found=found, is_search=True))
    same_for_all()
    articles = queries.articles(session, language)
    by_shelf: dict[str, list[ArticleText]] = {}
    for article in articles:
        by_shelf.setdefault(article.category_slug, []).append(article)
    shown = tuple(
        HelpShelf(shelf[0].category, slug, tuple(_link(article) for article in shelf))
        for slug, shelf in by_shelf.items()
    )
    about = meta(
        _("Help"), description=_("Answers to questions about orders, delivery, returns and payment.")
    )
    return page("support/help", HelpView(about, here, contact, shown, markup=_faq(articles)))


@blueprint.get("/help/<slug>")
def article(slug: str) -> Any:
    """One article; drafts for those who may edit them."""
    session, language = shop_session(), current_language()
    found = queries.by_slug(session, slug, language)
    if found is None and is_staff_login() and _edits():
        found = queries.draft(session, slug, language)
    if found is None:
        abort(404)
    others = tuple(
        _link(other)
        for other in queries.articles(session, language)
        if other.category_slug == found.category_slug and other.id != found.id
    )
    view = ArticleView(
        meta=meta(found.title, description=found.summary), title=found.title, html=found.body, summary=found.summary,
        vote_url=f"{root()}/help/{found.slug}/vote", vote_token=str(_signer().dumps(found.id)),
        contact_url=f"{root()}/contact", is_voted=request.args.get("thanks") == "1",
        other_language=found.language if found.language != language else "",
        crumbs=(Crumb(_("Home"), f"{root()}/"), Crumb(_("Help"), f"{root()}/help"), Crumb(found.title)),
        others=others[:6], markup=_faq((found,)),
    )  # fmt: skip
    return show("support/article", view)


@blueprint.post("/help/<slug>/vote")
def vote(slug: str) -> Any:
    """Count a reader's word; the same reader's second word on a day changes the first."""
    found = queries.by_slug(shop_session(), slug, current_language())
    if found is None:
        abort(404)
    try:
        known = _signer().loads(request.form.get("token", "")[:300], max_age=OPEN_SECONDS)
    except (BadData, UnicodeError) as wrong:
        raise Invalid(_("This page has been open for too long. Please load it again.")) from wrong
    if known != found.id or request.form.get("helpful") not in ("yes", "no"):
        raise Invalid()
    rate_limits.hit(VOTES, f"help:{_voter(0)[:24]}")
    operations.vote(
        shop_session(),
        article_id=found.id,
        voter=_voter(found.id),
        is_helpful=request.form["helpful"] == "yes",
    )
    flash(_("Thank you. That helps us to write better."), "success")
    return go(f"/help/{found.slug}?thanks=1")


def _edits() -> bool:
    return bool(current_app.appbuilder.sm.has_access("can_edit", "HelpArticleView"))  # type: ignore[attr-defined]


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="help.vote")


def _voter(article_id: int) -> str:
    key = hashlib.sha256(f"help.voter:{current_app.config['SECRET_KEY']}".encode()).digest()
    who = f"{article_id}|{today()}|{client_ip()}|{client_agent()}"
    return hmac.new(key, who.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _link(article: ArticleText) -> HelpLink:
    return HelpLink(article.title, article.summary, f"{root()}/help/{article.slug}")


def _faq(articles: tuple[ArticleText, ...]) -> dict[str, Any] | None:
    """Questions and answers for search engines (schema.org FAQPage)."""
    if not articles:
        return None
    return {
        "@context": "https://schema.org", "@type": "FAQPage", "inLanguage": current_language(),
        "url": absolute(f"{root()}{request.path}"),
        "mainEntity": [
            {"@type": "Question", "name": a.title, "acceptedAnswer": {"@type": "Answer", "text": a.words[:2000] or a.title}}
            for a in articles
        ],
    }  # fmt: skip


def sitemap_paths() -> list[dict[str, str]]:
    """The addresses of help for the sitemap: path by language."""
    slugs = [article.slug for article in queries.articles(shop_session(), "en")]
    return [dict.fromkeys(LANGUAGES, path) for path in ("/help", *(f"/help/{slug}" for slug in slugs))]
