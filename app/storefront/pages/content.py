"""Plain pages and the pages for when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from app.storefront.pages.catalog import Card
from app.storefront.pages.shell import Crumb, Link, Meta


@dataclass(frozen=True, slots=True)
class ContentView:
    """A page of text. `html` is cleaned HTML from the content editor, printed as it is."""

    meta: Meta
    title: str
    html: str
    crumbs: tuple[Crumb, ...] = ()
    lead: str = ""
    updated_text: str = ""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A page that could not be shown. `request_id` helps support find the case.

    `again` are the fields of an expired form, for a button that sends it to `again_url` once more.
    """

    meta: Meta
    status: int
    title: str = ""
    text: str = ""
    links: tuple[Link, ...] = ()
    cards: tuple[Card, ...] = ()
    request_id: str = ""
    retry_after: int = 0
    again_url: str = ""
    again: tuple[tuple[str, str], ...] = ()
