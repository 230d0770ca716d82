"""Replies kept ready, for conversations and tickets."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import locks
from app.core.actor import Actor
from app.core.errors import Conflict, InvalidFields, ShopError
from app.core.i18n import LANGUAGES, _l
from app.core.unit_of_work import unit_of_work
from app.support.chat import rules
from app.support.chat.models import CannedReply

_SHORTCUT = re.compile(r"[a-z0-9-]{1,40}")


def save_canned(
    session: Session,
    *,
    canned_id: int | None = None,
    shortcut: Any,
    title: Any,
    text: Any,
    language: Any = "en",
    is_active: bool = True,
    actor: Actor,
    version: int | None = None,
) -> CannedReply:
    """Keep a reply ready, or change one.

    Raises:
        InvalidFields: naming each wrong field, a shortcut in use too. Conflict: it is not the `version` that was read.
        NotFound: there is none to change.
    """
    values, errors = _read(shortcut, title, text, language)
    with unit_of_work(session):
        taken = session.scalar(
            select(CannedReply.id).where(CannedReply.shortcut == values.get("shortcut", ""))
        )
        if taken is not None and taken != canned_id:
            errors["shortcut"] = _l("Another reply has this shortcut.")
        if errors:
            raise InvalidFields(errors)
        row = CannedReply() if canned_id is None else locks.row(session, CannedReply, canned_id)
        if version is not None and row.version != version:
            raise Conflict()
        for name, value in values.items():
            setattr(row, name, value)
        row.is_active = bool(is_active)
        session.add(row)
        session.flush()
    return row


def delete_canned(session: Session, *, canned_id: int, actor: Actor) -> None:
    """Remove a reply.

    Raises:
        NotFound: there is none.
    """
    with unit_of_work(session):
        session.delete(locks.row(session, CannedReply, canned_id))


def _read(shortcut: Any, title: Any, text: Any, language: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {
        "shortcut": str(shortcut or "").strip().lower(),
        "language": str(language or "en"),
    }
    if not _SHORTCUT.fullmatch(values["shortcut"]):
        errors["shortcut"] = _l("Use small letters, digits and hyphens, at most 40.")
    if values["language"] not in LANGUAGES:
        errors["language"] = _l("Please choose one of the languages.")
    for name, raw, most in (("title", title, 100), ("text", text, rules.LONGEST_TEXT)):
        try:
            values[name] = rules.clean(raw or "", most)
            if not values[name]:
                errors[name] = _l("Please write something.")
        except ShopError as refusal:
            errors[name] = refusal.text
    return values, errors
