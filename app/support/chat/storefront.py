"""The chat's doors in the shop: the button on every page, the first look, files."""

from __future__ import annotations

import uuid
from functools import lru_cache
from io import BytesIO

from flask import Blueprint, jsonify, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core import rate_limits, settings
from app.core.errors import Invalid, NotFound
from app.core.i18n import LANGUAGES, current_language
from app.core.page_cache import csrf_token
from app.core.slots import Slot
from app.core.web import shop_session
from app.identity import sessions
from app.support.chat import calls, files, keys, operations, queries, views, who
from app.support.chat.errors import ConversationNotFound, FileNotAllowed, FileTooLarge
from app.support.chat.rules import MOST_FILE_MEGABYTES
from app.support.settings import SupportSettings

blueprint = Blueprint("chat", __name__)
ASKS, ASKS_OF_ADDRESS = "300/minute", "6000/minute"
"""Calls over plain HTTP: of one person, and of one address, behind which a whole house may sit."""
LAST = 60
"""Messages that a window shows at once; those before them come when somebody scrolls up (`catch_up`)."""


def button(**_values: object) -> str:
    """The button, the same for everybody; nothing where the shop has no chat. Only on pages of the shop."""
    if not settings.get(shop_session(), SupportSettings).chat:
        return ""
    return render_template("support/chat_button.html", window=_window(str(get_locale())))


@lru_cache(maxsize=len(LANGUAGES))
def _window(_language: str) -> Markup:
    """The window, the same for everybody on every page of this language; drawn once a process."""
    return Markup(render_template("support/chat_window.html"))  # noqa: S704 - a rendered template


SLOTS = (Slot("base.end", button, position=80),)


@blueprint.get("/chat/hello")
def hello() -> ResponseReturnValue:
    """Who is at the desk, and this visitor's conversation so far (JSON). Begins nothing."""
    if not settings.get(shop_session(), SupportSettings).chat:
        raise NotFound()
    session, person = shop_session(), who.in_request()
    row = queries.latest(session, person.owner)
    desk = queries.desk(session)
    held = None
    if row is not None:
        after = max(0, row.last_seq - LAST)
        held = views.started(session, row) | views.caught_up(session, row, after, "customer")
    answer = jsonify(
        is_staffed=desk.is_staffed, words=views.desk_words(desk), csrf=csrf_token(), conversation=held,
        is_known=person.owner.user_id is not None, language=current_language(),
    )  # fmt: skip
    answer.headers["Cache-Control"] = "no-store"
    if not person.owner.is_known:
        keys.write(answer, keys.new())
    return answer


@blueprint.post("/chat/ask/<name>")
def ask(name: str) -> ResponseReturnValue:
    """One call of a window or desk that gets no socket: what it asks and hears is what the socket's call says (JSON)."""
    if name not in calls.CALLS or not settings.get(shop_session(), SupportSettings).chat:
        raise NotFound()
    person, address = who.in_request(), request.remote_addr or ""
    rate_limits.hit(ASKS, f"chat-ask:{person.actor.user_id or person.owner.guest_key or address}")
    rate_limits.hit(ASKS_OF_ADDRESS, f"chat-ask-from:{address}")
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Invalid(field="body")
    answer = jsonify(calls.CALLS[name](calls.Asked(person, body, address)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/chat/files")
def send() -> ResponseReturnValue:
    """Send a picture or PDF into a conversation one may write in (JSON `{id, seq}`)."""
    session, person = shop_session(), who.in_request()
    rate_limits.hit(
        "20/minute", f"chat-file:{person.actor.user_id or person.owner.guest_key or request.remote_addr}"
    )
    raw = request.form.get("conversation", "")
    row = queries.by_key(session, raw) if person.answers else queries.owned(session, raw, person.owner)
    given = request.files.get("file")
    if given is None:
        raise FileNotAllowed()
    data = given.stream.read(MOST_FILE_MEGABYTES * 1_000_000 + 1)
    if len(data) > MOST_FILE_MEGABYTES * 1_000_000:
        raise FileTooLarge(most=MOST_FILE_MEGABYTES)
    upload = files.read(data, given.filename)
    side = person.side_of(row)
    said = operations.post(
        session, conversation_id=row.id, client_id=request.form.get("client_id", ""), upload=upload,
        text=request.form.get("text", ""), author_kind="customer" if side == "customer" else "agent",
        actor=person.actor, author_name=person.name,
    )  # fmt: skip
    return jsonify(id=str(said.public_id), seq=said.seq)


@blueprint.get("/chat/files/<uuid:message_id>")
def file(message_id: uuid.UUID) -> ResponseReturnValue:
    """A file of a conversation, for its owner and for staff who may answer; for others it is not there."""
    person = who.in_request()  # first: whose token is no good hears that, whether the file exists or not
    conversation, held = queries.file_of(shop_session(), str(message_id))
    if not person.answers and not person.owner.owns(conversation):
        raise ConversationNotFound()
    answer = send_file(
        BytesIO(held.data),
        mimetype=files.TYPES[held.kind],
        download_name=held.name,
        as_attachment=held.kind == "pdf",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def merge_after_login(session: Session, user_id: int) -> None:
    """Give the guest's conversations to the account that has just logged in."""
    operations.merge_guest(session, guest_key=keys.held(), user_id=user_id)


def setup() -> None:
    """Hear of logins."""
    if merge_after_login not in sessions.after_login:
        sessions.after_login.append(merge_after_login)
