"""What customers think: below the product, on a page of its own, in the account, and the form to write it.

Pages that show reviews are the same for everyone and kept; whether one may write is said by the form alone.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from app.catalog.queries import ProductPage, product_page
from app.core import rate_limits
from app.core.errors import InvalidFields, ShopError
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, current_language
from app.core.web import shop_session
from app.reviews import operations, queries
from app.reviews.errors import NotBought, ReviewNotFound
from app.reviews.models import Review
from app.reviews.queries import SORTS, ReviewView, Shown
from app.reviews.rules import LONGEST_BODY, LONGEST_TITLE, STARS
from app.reviews.states import STATE_LABELS
from app.storefront.accounts_gate import LONGEST_ECHO, actor, customer, go, show, signed_in
from app.storefront.pages import Choice, Crumb, Field, FieldError, Notice
from app.storefront.pages.reviews import (
    OwnReviewRow,
    OwnReviewsView,
    ReviewCard,
    ReviewFormView,
    ReviewsPart,
    ReviewsView,
    StarRow,
    ToReview,
)
from app.storefront.shell import meta, page, root, same_for_all

blueprint = Blueprint("reviews", __name__)
AT_PRODUCT = 5
A_PAGE = 10
WRITES = "20/hour"


def part_of(product_slug: str, shown: Shown, sort: str = "newest") -> ReviewsPart:
    """Average, histogram and reviews as a page prints them."""
    here, rating = f"{root()}/p/{product_slug}", shown.rating
    labels = {"newest": _("Most recent"), "highest": _("Most stars"), "lowest": _("Fewest stars")}
    more = urlencode({"sort": sort, "after": shown.next}) if shown.next else ""
    return ReviewsPart(
        count=rating.count,
        average=float(rating.average),
        write_url=f"{here}/review",
        all_url=f"{here}/reviews",
        rows=tuple(StarRow(n, rating.stars[n - 1], rating.percent(n)) for n in reversed(STARS)),
        items=tuple(_card(review) for review in shown.reviews),
        sorts=tuple(Choice(f"{here}/reviews?sort={s}", labels[s], s == sort) for s in SORTS),
        more_url=f"{here}/reviews?{more}" if more else "",
    )


def markup(shown: Shown) -> dict[str, Any]:
    """Stars and reviews for the product's markup (schema.org); nothing without reviews."""
    if not shown.rating.count:
        return {}
    return {
        "aggregateRating": {
            "@type": "AggregateRating", "ratingValue": str(shown.rating.average), "bestRating": "5",
            "worstRating": "1", "reviewCount": shown.rating.count,
        },
        "review": [
            {
                "@type": "Review", "name": review.title, "reviewBody": review.body, "inLanguage": review.language,
                "datePublished": review.written_at.date().isoformat(),
                "author": {"@type": "Person", "name": review.author or _("A customer")},
                "reviewRating": {"@type": "Rating", "ratingValue": review.rating, "bestRating": 5, "worstRating": 1},
            }
            for review in shown.reviews
        ],
    }  # fmt: skip


def _card(review: ReviewView) -> ReviewCard:
    return ReviewCard(
        rating=review.rating, title=review.title, body=review.body, language=review.language,
        author=review.author or _("A customer"), date_iso=review.written_at.date().isoformat(),
        date_text=format_date(review.written_at, "long"), answer=review.answer,
    )  # fmt: skip


# --- for everyone ----------------------------------------------------------------------------------


@blueprint.get("/p/<slug>/reviews")
def listing(slug: str) -> ResponseReturnValue:
    """All reviews of a product: newest, best or worst first, a page at a time."""
    same_for_all()
    session = shop_session()
    product = product_page(session, slug, current_language())
    if product.is_moved:
        g.pop("shared_page", None)
        query = request.query_string.decode("utf-8", "ignore")
        return redirect(f"{root()}/p/{product.slug}/reviews{'?' + query if query else ''}", 301)
    slugs = product.slugs
    g.localized_paths = {c: f"/p/{slugs.get(c, slugs[DEFAULT_LANGUAGE])}/reviews" for c in LANGUAGES}
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else "newest"
    cursor = request.args.get("after") or None
    shown = queries.shown(session, product.id, sort=sort, limit=A_PAGE, cursor=cursor)
    url = f"{root()}/p/{product.slug}"
    view = ReviewsView(
        meta=meta(_("Reviews of %(name)s", name=product.name)),
        name=product.name,
        url=url,
        reviews=part_of(product.slug, shown, sort),
        image=product.images[0] if product.images else None,
        crumbs=(Crumb(_("Home"), f"{root()}/"), Crumb(product.name, url), Crumb(_("Reviews"))),
        first_url=f"{url}/reviews?sort={sort}" if cursor else "",
    )
    return page("reviews", view)


# --- for who bought it -----------------------------------------------------------------------------


@blueprint.route("/p/<slug>/review", methods=["GET", "POST"])
@signed_in
def write(slug: str) -> Any:
    """The form: a new review, or the customer's own to be changed. Only for who bought the product."""
    session, person = shop_session(), customer()
    product = product_page(session, slug, current_language())
    own = queries.own_review(session, person.id, product.id)
    if request.method == "GET":
        if own is None and not queries.may_write(session, person.id, product.id):
            return show(
                "account/review",
                _form(product, None, {}, {}, (Notice(NotBought().text, "info"),), closed=True),
            )
        held = {"rating": str(own.rating), "title": own.title, "body": own.body} if own else {}
        return show("account/review", _form(product, own, held, {}, _standing(own)))
    typed = {name: request.form.get(name, "") for name in ("rating", "title", "body")}
    try:
        _save(product, own, typed)
    except InvalidFields as wrong:
        session.rollback()
        return show("account/review", _form(product, own, typed, wrong.errors, ()), wrong)
    except ShopError as refusal:
        session.rollback()
        notices = (Notice(refusal.text, "error"),)
        return show("account/review", _form(product, own, typed, {}, notices), refusal)
    flash(_("Thank you. Your review is shown once we have read it."), "success")
    return go("/account/reviews")


def _save(product: ProductPage, own: Review | None, typed: dict[str, str]) -> None:
    rate_limits.hit(WRITES, f"review:{customer().id}")
    stars = typed["rating"]
    verb = operations.write_review if own is None else operations.edit_review
    verb(
        shop_session(), user_id=customer().id, product_id=product.id, language=current_language(), actor=actor(),
        rating=int(stars) if stars in {str(n) for n in STARS} else None, title=typed["title"], body=typed["body"],
    )  # fmt: skip


def _standing(own: Review | None) -> tuple[Notice, ...]:
    """Where the customer's review stands."""
    if own is None or own.state == "approved":
        return ()
    if own.state == "pending":
        return (Notice(_("We have not read your review yet. You can still change it."), "info"),)
    return (Notice(_("Your review is not shown: %(reason)s", reason=own.reason), "warning"),)


def _form(
    product: ProductPage,
    own: Review | None,
    typed: dict[str, str],
    errors: dict[str, Any],
    notices: tuple[Notice, ...],
    closed: bool = False,
) -> ReviewFormView:
    url, said = f"{root()}/p/{product.slug}", {name: str(text) for name, text in errors.items()}
    fields = (
        Field("title", _("Title"), typed.get("title", "")[:LONGEST_ECHO], said.get("title", ""), required=False,
              maxlength=LONGEST_TITLE),
        Field("body", _("Your review"), typed.get("body", "")[: 2 * LONGEST_BODY], said.get("body", ""), kind="textarea",
              hint=_("What do you like, what not? Shown with your first name and the first letter of your last name."),
              maxlength=LONGEST_BODY),
    )  # fmt: skip
    rating = typed.get("rating", "")
    summary = [FieldError("f-rating-5", said["rating"])] if "rating" in said else []
    summary += [FieldError(field.id, field.error) for field in fields if field.error]
    title = _("Change your review") if own else _("Write a review")
    return ReviewFormView(
        meta=meta(title, robots="noindex"),
        title=title,
        name=product.name,
        url=url,
        action_url=f"{url}/review",
        submit=_("Send review"),
        image=product.images[0] if product.images else None,
        rating=int(rating) if rating in {str(n) for n in STARS} else 0,
        rating_error=said.get("rating", ""),
        fields=() if closed else fields,
        errors=tuple(summary),
        notices=notices,
        delete_url=f"{url}/review/delete" if own else "",
    )


@blueprint.post("/p/<slug>/review/delete")
@signed_in
def delete(slug: str) -> Any:
    """Take one's own review back; a second click is harmless."""
    session, person = shop_session(), customer()
    product = product_page(session, slug, current_language())
    try:
        operations.delete_review(session, user_id=person.id, product_id=product.id, actor=actor())
        flash(_("Your review is gone."), "success")
    except ReviewNotFound:
        flash(_("This review was gone already."), "info")
    return go("/account/reviews")


@blueprint.get("/account/reviews")
@signed_in
def own_reviews() -> Any:
    """What the customer wrote, and what was bought and not judged yet."""
    session, person, language = shop_session(), customer(), current_language()
    cursor = request.args.get("after") or None
    found = queries.reviews_of(session, person.id, language, cursor=cursor)
    waiting = () if cursor else queries.waiting_for(session, person.id, language)
    here = f"{root()}/account/reviews"
    view = OwnReviewsView(
        meta=meta(_("My reviews"), robots="noindex"),
        reviews=tuple(_own_row(row) for row in found.items),
        waiting=tuple(
            ToReview(card.name, f"{root()}/p/{card.slug}", f"{root()}/p/{card.slug}/review", card.image)
            for card in waiting
        ),
        older_url=f"{here}?after={found.next}" if found.next else "",
        newest_url=here if cursor else "",
    )
    return show("account/reviews", view)


def _own_row(row: queries.OwnReview) -> OwnReviewRow:
    review, card = row.review, row.product
    url = f"{root()}/p/{card.slug}" if card else ""
    return OwnReviewRow(
        name=card.name if card else row.name,
        url=url,
        edit_url=f"{url}/review" if card else "",
        image=card.image if card else None,
        card=ReviewCard(
            rating=review.rating, title=review.title, body=review.body, language=review.language, author="",
            date_iso=review.created_at.date().isoformat(), date_text=format_date(review.created_at, "long"),
            answer=review.answer,
        ),
        state=review.state,
        state_label=str(STATE_LABELS[review.state]),
        reason=review.reason,
    )  # fmt: skip
