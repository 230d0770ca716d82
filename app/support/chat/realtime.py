"""Conversations over Socket.IO (`/chat`). Saved first, then told; whoever missed something asks `catch_up`.

Every call says who it is anew, and answers `{"error": code}` instead of raising. Rooms: `chat:<id>` for both
sides, `chat-desk:<id>` for the staff who look at it, `chat-staff` for the lists of all agents.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import structlog
from flask import request
from flask_socketio import ConnectionRefusedError, Namespace, join_room, leave_room
from sqlalchemy.exc import SQLAlchemyError

from app.core import realtime
from app.core.errors import Forbidden, Invalid, ShopError, TooMany
from app.core.i18n import speak
from app.core.realtime import socketio
from app.core.web import shop_session
from app.support.chat import calls, operations, queries
from app.support.chat.calls import Answer
from app.support.chat.operations import announcing
from app.support.chat.who import Holder, Person, holder, listening

log = structlog.get_logger("support.chat")
NAMESPACE = "/chat"
STAFF_ROOM = "chat-staff"
ROOM = "chat:{}"
ROOMS = {"note": "chat-desk:{}", "listed": STAFF_ROOM}
"""Who hears what; everything else goes to both sides."""
NAMES = {"listed": "inbox"}
CALLS = (60.0, 10.0)
"""Calls a socket may make at once, and how many a second come back."""
MESSAGES = (30.0, 2.0)


def tell(event: str, key: str, body: dict[str, Any]) -> None:
    """Let everybody hear who is in the room, in whatever process. Never waited for: pages catch up by number."""
    room = ROOMS.get(event, ROOM).format(key)
    name = NAMES.get(event, event)
    if socketio.server is None:
        realtime.emit(NAMESPACE, name, body, room=room)
    else:
        socketio.start_background_task(socketio.emit, name, body, namespace=NAMESPACE, to=room)


def answered(call: Callable[..., Answer]) -> Callable[..., Answer]:
    """Give a call its person and one dictionary, and turn every refusal into an answer in the page's language."""

    @functools.wraps(call)
    def safely(self: Chat, *sent: Any) -> Answer:
        with ExitStack() as spoken:
            try:
                held = self.held()
                spoken.enter_context(speak(held.language))
                held.spend("calls", *CALLS)
                body = sent[0] if sent else {}
                if not isinstance(body, dict):
                    raise Invalid(field="body")
                return call(self, held, held.person(), body)
            except TooMany as refusal:
                return {"error": refusal.code, "message": refusal.text, "retry_after": refusal.retry_after}
            except ShopError as refusal:
                return {"error": refusal.code, "message": refusal.text}
            except (SQLAlchemyError, UnicodeError) as problem:
                log.warning("call failed", call=call.__name__, problem=repr(problem)[:300])
                return {"error": "unavailable"}
            except Exception:
                log.exception("call failed", call=call.__name__)
                return {"error": "unexpected"}
            finally:
                shop_session().rollback()

    return safely


def for_staff(call: Callable[..., Answer]) -> Callable[..., Answer]:
    """Only for people who may answer."""

    @functools.wraps(call)
    def guarded(self: Chat, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        if not person.answers:
            raise Forbidden()
        return call(self, held, person, body)

    return answered(guarded)


class Chat(Namespace):
    """The namespace of both sides."""

    def __init__(self, namespace: str = NAMESPACE) -> None:
        super().__init__(namespace)
        self.holders: dict[str, Holder] = {}

    def held(self) -> Holder:
        """What this socket brought along."""
        found = self.holders.get(request.sid)  # type: ignore[attr-defined]
        if found is None:
            raise Forbidden()
        return found

    def on_connect(self, auth: Any = None) -> None:
        """Let in who has a good token, a cookie from a page of ours, or nothing at all (a new guest)."""
        try:
            self.holders[request.sid] = held = holder(auth)  # type: ignore[attr-defined]
            if still := listening(held):
                realtime.guard(self.namespace, request.sid, still)  # type: ignore[attr-defined]
        except ShopError as refusal:
            raise ConnectionRefusedError(refusal.code) from refusal
        except SQLAlchemyError as problem:
            raise ConnectionRefusedError("unavailable") from problem

    def on_disconnect(self, *_reason: Any) -> None:
        """Forget the socket."""
        self.holders.pop(request.sid, None)  # type: ignore[attr-defined]
        realtime.unguard(self.namespace, request.sid)  # type: ignore[attr-defined]

    # --- both sides ---

    @answered
    def on_start(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Begin, or go on with, one's own conversation. A new guest's token comes with the answer."""
        answer = calls.start(asked(person, body, held.is_new_guest and not held.token))
        join_room(ROOM.format(answer["conversation"]))
        return answer

    @answered
    def on_message(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Say something; `{id, seq}` comes once it is kept."""
        held.spend("messages", *MESSAGES)
        return calls.message(asked(person, body))

    @answered
    def on_catch_up(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Messages behind the number `after`, a hundred at most; `more` says that there are others."""
        answer = calls.catch_up(asked(person, body))
        join_room(ROOM.format(queries.key_of(body.get("conversation"))))
        return answer

    @answered
    def on_typing(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Tell the other side that somebody writes. Not kept."""
        row = asked(person, body).open()
        side = person.side_of(row)
        said = {"conversation": str(row.public_id), "author": "customer" if side == "customer" else "agent"}
        said["name"] = "" if side == "customer" else person.name
        self.emit("typing", said, room=row.room, include_self=False)
        return {"ok": True}

    @answered
    def on_read(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Everything up to `seq` was read."""
        return calls.read(asked(person, body))

    @answered
    def on_close(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """End the conversation, from either side."""
        return calls.close(asked(person, body))

    # --- the customer's side ---

    @answered
    def on_rate(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """One to five stars, and why."""
        return calls.rate(asked(person, body))

    @answered
    def on_transcript(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Mail the conversation to its customer."""
        return calls.transcript(asked(person, body))

    @answered
    def on_email(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Where to answer, when nobody is there."""
        return calls.email(asked(person, body))

    # --- the desk ---

    @for_staff
    def on_join(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Follow a conversation; colleagues who look at it hear who came."""
        row = queries.by_key(shop_session(), body.get("conversation"))
        key = str(row.public_id)
        join_room(row.room)
        join_room(f"chat-desk:{key}")
        self._present(key, person, "looking", is_new=True)
        return {"conversation": key, "seq": row.last_seq, "state": row.state}

    @for_staff
    def on_leave(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Follow it no longer."""
        row = queries.by_key(shop_session(), body.get("conversation"))
        leave_room(row.room)
        leave_room(f"chat-desk:{row.public_id}")
        self._present(str(row.public_id), person, "gone")
        return {"ok": True}

    @for_staff
    def on_looking(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Say to colleagues what one does here: looking or typing."""
        row = queries.by_key(shop_session(), body.get("conversation"))
        self._present(str(row.public_id), person, "typing" if body.get("what") == "typing" else "looking")
        return {"ok": True}

    @for_staff
    def on_inbox(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """The lists with their counts; from now on this socket hears what changes in them."""
        join_room(STAFF_ROOM)
        return calls.inbox(asked(person, body))

    @for_staff
    def on_available(self, held: Holder, person: Person, body: dict[str, Any]) -> Answer:
        """Take conversations, or no longer."""
        on = body.get("on") is True
        user_id = person.actor.user_id or 0
        operations.set_available(shop_session(), user_id=user_id, is_available=on, actor=person.actor)
        return {"available": on}

    def _present(self, key: str, person: Person, what: str, is_new: bool = False) -> None:
        body = {
            "conversation": key,
            "user": person.actor.user_id,
            "name": person.name,
            "what": what,
            "is_new": is_new,
        }
        self.emit("present", body, room=f"chat-desk:{key}", include_self=False)


def asked(person: Person, body: dict[str, Any], is_new_guest: bool = False) -> calls.Asked:
    """A call as both lines hand it on."""
    return calls.Asked(person, body, request.remote_addr or "", is_new_guest)


def setup() -> None:
    """Open the namespace, and hear what operations announce."""
    socketio.on_namespace(Chat())
    if tell not in announcing.listeners:
        announcing.listeners.append(tell)
