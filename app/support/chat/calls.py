"""What a window or a desk asks of a conversation, whatever line it comes over: a socket, or plain HTTP without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core import rate_limits
from app.core.errors import Forbidden, Invalid
from app.core.i18n import current_language, speak
from app.core.web import shop_session
from app.support.chat import keys, operations, queries, rules, views
from app.support.chat.models import Conversation
from app.support.chat.who import Person

MESSAGES_OF_PERSON = "240/minute"
STARTS_OF_ADDRESS = "3000/hour"
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: who asks, from where, with what. `is_new_guest`: nobody has told this guest a way back yet."""

    person: Person
    body: dict[str, Any]
    address: str
    is_new_guest: bool = False

    def open(self) -> Conversation:
        """The conversation it names, which this person may read and write in.

        Raises:
            ConversationNotFound: there is none, or it is somebody else's.
        """
        raw = self.body.get("conversation")
        if self.person.answers:
            return queries.by_key(shop_session(), raw)
        return self.own()

    def own(self) -> Conversation:
        """The conversation it names, which is this person's as a customer.

        Raises:
            ConversationNotFound: there is none, or it is somebody else's.
        """
        return queries.owned(shop_session(), self.body.get("conversation"), self.person.owner)


def start(asked: Asked) -> Answer:
    """Begin, or go on with, one's own conversation. A new guest's token comes with the answer."""
    rate_limits.hit(STARTS_OF_ADDRESS, f"chat-start:{asked.address}")
    given, page, owner = asked.body.get("language"), asked.body.get("page"), asked.person.owner
    language = given if isinstance(given, str) else current_language()
    row = operations.start(
        shop_session(), owner=owner, actor=asked.person.actor,
        language=language, page=page if isinstance(page, str) and page.startswith("/") and rules.storable(page) else "",
    )  # fmt: skip
    with speak(language):  # that of the page: a socket has no address that says it
        answer = views.started(shop_session(), row)
    if asked.is_new_guest and owner.guest_key:
        answer["guest"] = keys.sealed(owner.guest_key)
    return answer


def message(asked: Asked) -> Answer:
    """Say something; `{id, seq}` comes once it is kept."""
    row, person, body = asked.open(), asked.person, asked.body
    rate_limits.hit(MESSAGES_OF_PERSON, f"chat:{person.actor.user_id or person.owner.guest_key}")
    side = person.side_of(row)
    said = operations.post(
        shop_session(), conversation_id=row.id, client_id=body.get("client_id"), text=body.get("text"),
        author_kind="customer" if side == "customer" else "agent", actor=person.actor, author_name=person.name,
    )  # fmt: skip
    return {"id": str(said.public_id), "seq": said.seq, "at": said.at.isoformat()}


def catch_up(asked: Asked) -> Answer:
    """Messages behind the number `after`, a hundred at most; `more` says that there are others."""
    row = asked.open()
    return views.caught_up(
        shop_session(), row, number(asked.body.get("after"), "after"), asked.person.side_of(row)
    )


def read(asked: Asked) -> Answer:
    """Everything up to `seq` was read."""
    row = asked.open()
    upto = operations.mark_read(
        shop_session(), conversation_id=row.id, side=asked.person.side_of(row), seq=number(asked.body.get("seq"), "seq")
    )  # fmt: skip
    return {"seq": upto}


def close(asked: Asked) -> Answer:
    """End the conversation, from either side."""
    row = asked.open()
    operations.close(
        shop_session(),
        conversation_id=row.id,
        actor=asked.person.actor,
        reason=text(asked.body.get("reason")),
    )
    return {"closed": True}


def rate(asked: Asked) -> Answer:
    """One to five stars, and why."""
    operations.rate(
        shop_session(), conversation_id=asked.own().id, rating=asked.body.get("rating"),
        comment=text(asked.body.get("text")), actor=asked.person.actor,
    )  # fmt: skip
    return {"ok": True}


def transcript(asked: Asked) -> Answer:
    """Mail the conversation to its customer."""
    row = asked.own()
    rate_limits.hit("5/hour", f"chat-transcript:{row.id}")
    rate_limits.hit("20/hour", f"chat-transcript-from:{asked.address}")
    sent = operations.send_transcript(
        shop_session(), conversation_id=row.id, email=text(asked.body.get("email")), actor=asked.person.actor
    )
    return {"email": sent}


def email(asked: Asked) -> Answer:
    """Where to answer, when nobody is there."""
    row = asked.own()
    rate_limits.hit("10/hour", f"chat-email:{row.id}")
    operations.leave_email(
        shop_session(), conversation_id=row.id, email=text(asked.body.get("email")), actor=asked.person.actor
    )
    return {"ok": True}


def inbox(asked: Asked) -> Answer:
    """The lists with their counts, for staff; who looks at them is there.

    Raises:
        Forbidden: this person may not answer.
    """
    if not asked.person.answers:
        raise Forbidden()
    session, user_id = shop_session(), asked.person.actor.user_id or 0
    operations.touch_agent(session, user_id=user_id)
    tab = asked.body.get("tab")
    return views.inbox(session, user_id, tab if tab in queries.TABS else "all")


CALLS: dict[str, Callable[[Asked], Answer]] = {
    "start": start, "message": message, "catch_up": catch_up, "read": read, "close": close, "rate": rate,
    "transcript": transcript, "email": email, "inbox": inbox,
}  # fmt: skip


def number(raw: Any, field: str) -> int:
    """A message's number as it was sent.

    Raises:
        Invalid: not a whole number that a conversation can have.
    """
    if raw is None:
        return 0
    if isinstance(raw, bool) or not isinstance(raw, int) or not -1 <= raw < 2**31:
        raise Invalid(field=field)
    return max(raw, 0)


def text(raw: Any) -> str:
    """A text that was sent; "" for none.

    Raises:
        Invalid: something else was sent.
    """
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Invalid(field="text")
    return raw
