"""The verbs of what shop people write: save and remove pages, banners, links and redirects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cms import queries, rules
from app.cms.models import Banner, MenuLink, Page, Redirect
from app.core import caching, locks, records
from app.core.actor import Actor
from app.core.i18n import _l
from app.core.unit_of_work import after_commit, unit_of_work
from app.media.models import Image

R = TypeVar("R", Page, Banner, MenuLink, Redirect)
Errors = dict[str, Any]
_PAGE: dict[str, Any] = {
    "slug": "", "state": "draft", "title": "", "summary": "", "body": "", "translations": {}, "published_from": None,
    "published_until": None,
}  # fmt: skip
_BANNER: dict[str, Any] = {
    "place": "hero", "title": "", "eyebrow": "", "text": "", "action": "", "url": "", "image_id": None, "position": 0,
    "is_active": True, "starts_at": None, "ends_at": None, "translations": {},
}  # fmt: skip
_LINK: dict[str, Any] = {
    "place": "help", "label": "", "url": "", "position": 0, "is_active": True, "translations": {},
}  # fmt: skip
_REDIRECT: dict[str, Any] = {"source": "", "target": ""}


def save_page(session: Session, *, page_id: int | None = None, actor: Actor, **values: Any) -> Page:
    """Add a page of text, or change the one with `page_id`; its body is cleaned of all that could run.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such page.
    """

    def check(given: dict[str, Any]) -> Errors:
        errors = rules.text_errors(given, "title")
        if not isinstance(given["slug"], str) or not rules.SLUG.fullmatch(given["slug"]):
            errors["slug"] = _l("Small letters, digits and hyphens.")
        elif session.scalar(select(Page.id).where(Page.slug == given["slug"], Page.id != (page_id or 0))):
            errors["slug"] = _l("This value is already taken.")
        if given["state"] not in ("draft", "published"):
            errors["state"] = _l("Choose one of the possible values.")
        errors |= rules.window_errors(given["published_from"], given["published_until"], "published_until")
        if not errors:
            given["body"] = rules.clean_body(given["body"])
            for texts in given["translations"].values():
                if texts.get("body"):
                    texts["body"] = rules.clean_body(texts["body"])
        return errors

    return _save(session, Page, page_id, actor, _PAGE, values, check)


def remove_page(session: Session, *, page_id: int, actor: Actor) -> None:
    """Delete a page; addresses the shop comes with show their own text again.

    Raises:
        NotFound: there is no such page.
    """
    _remove(session, Page, page_id, actor, _PAGE)


def save_banner(session: Session, *, banner_id: int | None = None, actor: Actor, **values: Any) -> Banner:
    """Add a banner of the home page, or change the one with `banner_id`.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such banner.
    """

    def check(given: dict[str, Any]) -> Errors:
        errors = rules.text_errors(given, "title") | _link_errors(given, ("hero", "editorial"))
        if given["image_id"] is not None and session.get(Image, given["image_id"]) is None:
            errors["image_id"] = _l("There is no such picture.")
        return errors | rules.window_errors(given["starts_at"], given["ends_at"], "ends_at")

    return _save(session, Banner, banner_id, actor, _BANNER, values, check)


def remove_banner(session: Session, *, banner_id: int, actor: Actor) -> None:
    """Delete a banner.

    Raises:
        NotFound: there is no such banner.
    """
    _remove(session, Banner, banner_id, actor, _BANNER)


def save_menu_link(session: Session, *, link_id: int | None = None, actor: Actor, **values: Any) -> MenuLink:
    """Add a link to a menu, or change the one with `link_id`.

    Raises:
        InvalidFields: naming each wrong field. NotFound: there is no such link.
    """

    def check(given: dict[str, Any]) -> Errors:
        return rules.text_errors(given, "label") | _link_errors(given, ("main", "help", "legal"))

    return _save(session, MenuLink, link_id, actor, _LINK, values, check)


def remove_menu_link(session: Session, *, link_id: int, actor: Actor) -> None:
    """Delete a link; a menu without any shows what the shop comes with.

    Raises:
        NotFound: there is no such link.
    """
    _remove(session, MenuLink, link_id, actor, _LINK)


def save_redirect(
    session: Session, *, redirect_id: int | None = None, actor: Actor, **values: Any
) -> Redirect:
    """Lead an address that is gone to another one; used only where nothing else answers.

    Raises:
        InvalidFields: naming each wrong field, a circle among them. NotFound: there is no such redirect.
    """

    def check(given: dict[str, Any]) -> Errors:
        errors: Errors = {}
        source, target = given["source"], given["target"]
        if (
            not isinstance(source, str)
            or not rules.is_own_address(source)
            or rules.redirect_key(source) == "/"
        ):
            return {"source": _l("An address of this shop, beginning with /.")}
        if not isinstance(target, str) or not rules.is_link(target):
            return {"target": _l("An address of this shop (beginning with /), or a whole web address.")}
        given["source"] = rules.redirect_key(source)
        known: dict[str, str] = {
            row.source: row.target
            for row in session.execute(
                select(Redirect.source, Redirect.target).where(Redirect.id != (redirect_id or 0))
            )
        }
        if given["source"] in known:
            errors["source"] = _l("This value is already taken.")
        seen, here = {given["source"]}, rules.redirect_key(target) if target.startswith("/") else ""
        while here and here not in seen:
            seen.add(here)
            following = known.get(here, "")
            here = rules.redirect_key(following) if following.startswith("/") else ""
        if here:
            errors["target"] = _l("These addresses would lead to each other in a circle.")
        return errors

    return _save(session, Redirect, redirect_id, actor, _REDIRECT, values, check)


def remove_redirect(session: Session, *, redirect_id: int, actor: Actor) -> None:
    """Delete a redirect.

    Raises:
        NotFound: there is no such redirect.
    """
    _remove(session, Redirect, redirect_id, actor, _REDIRECT)


def _link_errors(given: Mapping[str, Any], places: tuple[str, ...]) -> Errors:
    errors: Errors = {}
    if given["place"] not in places:
        errors["place"] = _l("Choose one of the possible values.")
    if not isinstance(given["url"], str) or not rules.is_link(given["url"]):
        errors["url"] = _l("An address of this shop (beginning with /), or a whole web address.")
    position = given["position"]
    if isinstance(position, bool) or not isinstance(position, int) or abs(position) > rules.MOST_POSITION:
        errors["position"] = _l("Please enter a whole number.")
    return errors


def _save(
    session: Session, model: type[R], row_id: int | None, actor: Actor, defaults: Mapping[str, Any],
    values: Mapping[str, Any], check: Callable[[dict[str, Any]], Errors],
) -> R:  # fmt: skip
    with unit_of_work(session):
        locks.advisory(session, f"cms.{model.__tablename__}")
        row = locks.row(session, model, row_id) if row_id is not None else None
        row = records.save(session, row, model, actor=actor, defaults=defaults, values=values, check=check)
        after_commit(session, _forget)
    return row


def _remove(session: Session, model: type[R], row_id: int, actor: Actor, defaults: Mapping[str, Any]) -> None:
    with unit_of_work(session):
        records.remove(session, locks.row(session, model, row_id), actor=actor, noted=defaults)
        after_commit(session, _forget)


def _forget() -> None:
    caching.purge(queries.OWNER, "pages")
