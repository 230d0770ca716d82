"""Files of a form: those that come with it now, and those that were kept when it came back with an error."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from flask import current_app, request
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from app.core import rate_limits
from app.core.errors import InvalidFields, ShopError, TooMany
from app.core.web import shop_session
from app.identity import sessions
from app.identity.rules import fingerprint
from app.storefront.pages.support import FormFile
from app.support.tickets import operations, queries, rules
from app.support.tickets.errors import FilesNotKept, TooManyFiles
from app.support.tickets.files import Checked, Sent
from app.support.tickets.operations.keeping import KEPT_FOR

KEEPINGS = "30/hour"
"""Forms with files that come back, from one place."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a form brought: `draft` names what was kept for it, `promised` how many files that were."""

    draft: str = ""
    promised: int = 0
    sent: tuple[Sent, ...] = ()
    dropped: tuple[UUID, ...] = ()
    is_expired: bool = False


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="support.files")


def files_sent() -> list[Sent]:
    """The files of a form, as they were sent."""
    found: list[FileStorage] = [file for file in request.files.getlist("files") if file.filename]
    return [
        Sent((file.filename or "").replace("\x00", ""), file.read()) for file in found[: rules.MOST_FILES + 1]
    ]


def given() -> Given:
    """The files of this request: new ones, and the way to the kept ones where its token is good."""
    token, sent = request.form.get("kept", ""), tuple(files_sent())
    if not token:
        return Given(sent=sent)
    try:
        draft, promised = _signer().loads(token[:500], max_age=int(KEPT_FOR.total_seconds()))
        dropped = tuple(UUID(raw) for raw in request.form.getlist("drop")[: rules.MOST_FILES])
    except (BadData, ValueError, TypeError):
        return Given(sent=sent, is_expired=True)
    return Given(str(draft), int(promised), sent, dropped)


def taken(files: Given) -> list[Checked | Sent]:
    """All files of a form that is sent now, inside the unit that takes them.

    Raises:
        InvalidFields: kept ones are gone; nobody should believe that they were sent. TooManyFiles.
    """
    session = shop_session()
    lost = InvalidFields({"files": _("Your files were kept for two hours only. Please choose them again.")})
    if files.is_expired or len(queries.kept_files(session, files.draft)) < files.promised:
        raise lost
    operations.drop_kept(session, draft=files.draft, public_ids=files.dropped)
    kept = operations.take_kept(session, draft=files.draft)
    if len(kept) + len(files.sent) > rules.MOST_FILES:
        raise TooManyFiles(most=rules.MOST_FILES)
    return [*kept, *files.sent]


def keep(files: Given) -> tuple[Given, str]:
    """Keep the files of a form that goes back to its writer; with what is wrong with them, "" for nothing."""
    session, error = shop_session(), ""
    draft = files.draft or secrets.token_hex(16)
    try:
        operations.drop_kept(session, draft=draft, public_ids=files.dropped)
        if files.sent:
            rate_limits.hit(KEEPINGS, f"form-files:{fingerprint(sessions.client_ip())[:32]}")
            refusal = operations.keep_files(session, draft=draft, sent=files.sent)
            error = refusal.text if refusal is not None else ""
    except TooMany:
        error = FilesNotKept().text
    except ShopError as refused:
        session.rollback()
        error = refused.text
    return Given(draft), error


def listed(files: Given) -> tuple[str, tuple[FormFile, ...]]:
    """The token and the lines of what is kept for a form; "" and none without."""
    rows = queries.kept_files(shop_session(), files.draft)
    if not rows:
        return "", ()
    token = _signer().dumps([files.draft, len(rows)])
    lines = tuple(FormFile(str(row.public_id), row.filename, size_text(row.size)) for row in rows)
    return token if isinstance(token, str) else token.decode(), lines


def size_text(size: int) -> str:
    """A size as people read it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"
