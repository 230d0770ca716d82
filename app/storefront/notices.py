"""The customer's bell: the list in the account, and what the header shows of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.core.web import shop_session
from app.notifications.onsite import queries, telling
from app.storefront.accounts_gate import customer, go, show, signed_in
from app.storefront.pages.shell import Meta
from app.storefront.shell import meta, root

blueprint = Blueprint("notices", __name__)


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Something the account was told."""

    title: str
    body: str
    url: str
    at: str
    moment: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class NoticesView:
    """The newest of them; older ones are kept a year and shown by an export of the account's data."""

    meta: Meta
    notices: tuple[NoticeRow, ...]
    unread: int
    section: str = "notices"


@blueprint.get("/account/notices")
@signed_in
def overview() -> ResponseReturnValue:
    """What this account was told, newest first."""
    session, person = shop_session(), customer()
    rows = []
    for notice in queries.newest(session, person.id):
        title, body = telling.words_of(notice)
        url = f"{root()}{notice.url}" if notice.url.startswith("/") else ""
        rows.append(
            NoticeRow(
                title, body, url, notice.created_at.isoformat(), format_datetime(notice.created_at, "medium"),
                notice.read_at is None,
            )
        )  # fmt: skip
    unread = queries.unread(session, person.id)
    return show("account/notices", NoticesView(meta(_("Notices"), robots="noindex"), tuple(rows), unread))


@blueprint.post("/account/notices")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read; the account's other pages count less at once."""
    telling.read(shop_session(), user_id=customer().id)
    return go("/account/notices")
