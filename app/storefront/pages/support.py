"""Contact, tickets and help pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.storefront.pages.shell import Crumb, Field, FieldError, Link, Meta, Notice


@dataclass(frozen=True, slots=True)
class SupportView:
    """The ways to reach the shop. `is_open` says whether somebody is there now."""

    meta: Meta
    hours: str
    is_open: bool
    help_url: str
    contact_url: str
    tickets_url: str
    find_order_url: str
    email: str
    phone: str
    articles: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class FormFile:
    """A file that a form keeps for its writer."""

    key: str
    name: str
    size: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """The contact form. `challenge` is JSON that a script solves; without one the question has to be answered."""

    meta: Meta
    action_url: str
    fields: tuple[Field, ...]
    challenge: dict[str, Any]
    question: str
    question_token: str
    question_error: str = ""
    file_error: str = ""
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()
    articles: tuple[Link, ...] = ()
    most_files: int = 5
    most_megabytes: int = 10
    kept_token: str = ""
    kept: tuple[FormFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadFile:
    """A file of a message; `url` "" when it was shut away."""

    name: str
    size: str
    url: str


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message as the customer reads it. The text is plain; a blank line starts a paragraph."""

    is_ours: bool
    author: str
    text: str
    at_iso: str
    at_text: str
    files: tuple[ThreadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with its thread; `reply_url` "" when it takes no more messages."""

    meta: Meta
    number: str
    title: str
    state: str
    state_label: str
    opened_text: str
    messages: tuple[ThreadMessage, ...]
    reply_url: str
    field: Field
    file_error: str = ""
    order: Link | None = None
    promise: str = ""
    errors: tuple[FieldError, ...] = ()
    notices: tuple[Notice, ...] = ()
    contact_url: str = ""
    section: str = ""
    kept_token: str = ""
    kept: tuple[FormFile, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in the customer's list."""

    number: str
    title: str
    url: str
    state: str
    state_label: str
    opened_text: str


@dataclass(frozen=True, slots=True)
class TicketsView:
    """The customer's tickets, newest first."""

    meta: Meta
    tickets: tuple[TicketRow, ...]
    contact_url: str
    older_url: str = ""
    newest_url: str = ""
    section: str = "tickets"


@dataclass(frozen=True, slots=True)
class HelpLink:
    """An article in a list."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True, slots=True)
class HelpShelf:
    """A category with its articles."""

    title: str
    anchor: str
    articles: tuple[HelpLink, ...]


@dataclass(frozen=True, slots=True)
class HelpView:
    """All articles by category, or those that answer what was `asked`. `markup` is the FAQ for search engines.

    Not `query`: that is what the field of the header holds, which looks for products.
    """

    meta: Meta
    action_url: str
    contact_url: str
    shelves: tuple[HelpShelf, ...] = ()
    asked: str = ""
    found: tuple[HelpLink, ...] = ()
    is_search: bool = False
    markup: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A help article. `html` is cleaned HTML; `vote_token` lets this page's reader judge it once."""

    meta: Meta
    title: str
    html: str
    vote_url: str
    vote_token: str
    contact_url: str
    summary: str = ""
    is_voted: bool = False
    other_language: str = ""
    crumbs: tuple[Crumb, ...] = ()
    others: tuple[HelpLink, ...] = ()
    markup: dict[str, Any] | None = None
