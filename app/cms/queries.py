"""What visitors see of it: the page at an address, banners in force, links of a menu, old addresses.

Everything is kept under the owner "cms" until somebody saves; windows are looked at when it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.cms import rules
from app.cms.models import Banner, MenuLink, Page, Redirect
from app.core import caching
from app.core.clock import utcnow
from app.core.i18n import translated
from app.media.rules import ImageSet

OWNER = "cms"


@dataclass(frozen=True, slots=True)
class PageText:
    """A page in one language. `body` is cleaned HTML."""

    slug: str
    title: str
    summary: str
    body: str
    updated_at: datetime
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class BannerText:
    """A banner in one language."""

    place: str
    title: str
    eyebrow: str
    text: str
    action: str
    url: str
    image: ImageSet | None
    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True)
class LinkText:
    """A link of a menu in one language."""

    place: str
    label: str
    url: str


def pages(session: Session, language: str) -> dict[str, PageText]:
    """The published pages whose time it is, by address name."""

    def load() -> list[PageText]:
        rows = session.scalars(select(Page).where(Page.state == "published").order_by(Page.slug))
        return [
            PageText(
                row.slug, translated(row, "title", language), translated(row, "summary", language),
                translated(row, "body", language), row.updated_at, row.published_from, row.published_until,
            )
            for row in rows
        ]  # fmt: skip

    now = utcnow()
    found = caching.cached(OWNER, f"pages:{language}", load)
    return {page.slug: page for page in found if rules.is_open(page.starts, page.ends, now)}


def draft(session: Session, slug: str, language: str) -> PageText | None:
    """A page whatever its state, for the people who write it."""
    row = session.scalar(select(Page).where(Page.slug == slug))
    if row is None:
        return None
    return PageText(
        row.slug, translated(row, "title", language), translated(row, "summary", language),
        translated(row, "body", language), row.updated_at, None, None,
    )  # fmt: skip


def banner(session: Session, place: str, language: str) -> BannerText | None:
    """The first banner in force at a place of the home page."""

    def load() -> list[BannerText]:
        query = select(Banner).where(Banner.is_active).options(joinedload(Banner.image))
        return [
            BannerText(
                row.place, translated(row, "title", language), translated(row, "eyebrow", language),
                translated(row, "text", language), translated(row, "action", language), row.url,
                row.image.image_set(language=language) if row.image else None, row.starts_at, row.ends_at,
            )
            for row in session.scalars(query.order_by(Banner.position, Banner.id.desc()))
        ]  # fmt: skip

    now = utcnow()
    found = caching.cached(OWNER, f"banners:{language}", load)
    return next((b for b in found if b.place == place and rules.is_open(b.starts, b.ends, now)), None)


def links(session: Session, place: str, language: str) -> tuple[LinkText, ...]:
    """The links of a menu in their order."""

    def load() -> list[LinkText]:
        query = select(MenuLink).where(MenuLink.is_active).order_by(MenuLink.position, MenuLink.id)
        return [
            LinkText(row.place, translated(row, "label", language), row.url) for row in session.scalars(query)
        ]

    return tuple(link for link in caching.cached(OWNER, f"links:{language}", load) if link.place == place)


def redirect_for(session: Session, path: str) -> str | None:
    """Where an address that is gone leads now."""

    def load() -> dict[str, str]:
        rows = session.execute(select(Redirect.source, Redirect.target))
        return {row.source: row.target for row in rows}

    return caching.cached(OWNER, "redirects", load).get(rules.redirect_key(path))
