"""Two people's conversations and tickets, and every address and call by which others might reach for them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, replace
from typing import Any

import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.actor import GUEST, Actor
from app.notifications.models import Message as Mail
from app.support.chat import operations, queries
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.operations.conversing import Upload
from app.support.chat.queries import Owner
from app.support.tickets.files import Sent
from app.support.tickets.models import Ticket, TicketFile, TicketMessage
from tests.support import making
from tests.support.chat import talking

SECRET = "The key lies under the third stone"
NOBODY = {
    "conversation": "8a3f0c52-6d1e-4b0e-9d5b-0f4d1c9be001", "message": "8a3f0c52-6d1e-4b0e-9d5b-0f4d1c9be002",
    "file": "8a3f0c52-6d1e-4b0e-9d5b-0f4d1c9be003", "number": "T-2019-900001", "token": "x" * 43, "pk": "999999999",
}  # fmt: skip
"""Names of things that do not exist: whoever asks for them hears what everybody has to hear."""
WORDS = {"client_id": "spy", "text": "x", "seq": 1, "after": 0, "rating": 1, "email": "spy@people.example"}

DOORS: dict[str, list[tuple[str, str, str]]] = {
    "chat.ask": [
        ("POST", f"/chat/ask/{name}", "json") for name in ("message", "catch_up", "read", "close", "rate", "transcript", "email")
    ],
    "chat.send": [("POST", "/chat/files", "upload")],
    "chat.file": [("GET", "/chat/files/{message}", "")],
    "tickets.own": [("GET", "/account/tickets/{number}", ""), ("POST", "/account/tickets/{number}", "form"),
                    ("GET", "/fr/account/tickets/{number}", "")],
    "tickets.own_file": [("GET", "/account/tickets/{number}/files/{file}", ""), ("GET", "/account/tickets/{mine}/files/{file}", "")],
    "tickets.by_token": [("GET", "/support/{token}", ""), ("POST", "/support/{token}", "form"), ("GET", "/support/{number}", "")],
    "tickets.file_by_token": [("GET", "/support/{token}/files/{file}", ""), ("GET", "/support/{my_token}/files/{file}", "")],
    "api.get_ticket": [("GET", "/api/v1/tickets/{number}", ""), ("GET", "/api/v1/tickets/{number}?token={token}", ""),
                       ("GET", "/api/v1/tickets/{number}?token={my_token}", "")],
    "api.reply_to_ticket": [("POST", "/api/v1/tickets/{number}/messages", "reply"),
                            ("POST", "/api/v1/tickets/{number}/messages?token={token}", "reply"),
                            ("POST", "/api/v1/tickets/{number}/messages?token={my_token}", "reply")],
}  # fmt: skip
"""Addresses that name a conversation, a ticket or a file."""
OWN = {
    "chat.hello": "/chat/hello",
    "tickets.listing": "/account/tickets",
    "api.list_tickets": "/api/v1/tickets",
}
"""Addresses that show what is one's own without naming it."""
NOTHING_OF_ANYBODY = {
    "api.create_ticket", "contact.support", "contact.contact", "contact.sent", "help.shelves", "help.article", "help.vote",
}  # fmt: skip
"""Addresses that begin something new or are the same for everybody."""
DESKS = ("ConversationView", "TicketView", "CannedReplyView", "HelpArticleView", "HelpCategoryView")
"""Screens of the back office; each with its REST."""

EVENTS = {
    "connect": "", "disconnect": "", "start": "own", "message": "names", "catch_up": "names", "typing": "names",
    "read": "names", "close": "names", "rate": "names", "transcript": "names", "email": "names", "join": "desk",
    "leave": "desk", "looking": "desk", "inbox": "desk", "available": "desk",
}  # fmt: skip
"""Calls over a socket: those that name a conversation, those of the desk."""
CALLS = {name: EVENTS[name] for name in ("start", "message", "catch_up", "read", "close", "rate", "transcript", "email", "inbox")}  # fmt: skip
_MOVES = re.compile(
    r'nonce="[^"]*"|nonce-[\w+/=-]+|name="csrf_token" value="[^"]*"|content="[^"]*" name="csrf|"csrf[^,]*,|[?&]next=[^"\s]*'
)


@dataclass(frozen=True)
class Theirs:
    """What belongs to one person: the names of it, and the guest's key where there is no account."""

    names: dict[str, str]
    guest_key: str = ""
    user: Any = None


def made(session: Session, name: str, guest: bool = False) -> Theirs:
    """Somebody with a conversation, a picture in it, and a ticket with a file, all with the secret."""
    user = None if guest else talking.customer(session, f"{name}@people.example")
    owner = talking.guest() if user is None else Owner(user_id=user.id)
    who = GUEST if user is None else Actor("customer", user.id)
    row = operations.start(session, owner=owner, language="en", actor=who)
    said = operations.post(
        session, conversation_id=row.id, client_id="first", text=SECRET, author_kind="customer", actor=who,
        upload=Upload("stone.pdf", "pdf", making.PDF),
    )  # fmt: skip
    ticket = making.ticket(
        session, subject=f"{SECRET} of {name}", body=SECRET, email=f"{name}@people.example",
        user_id=user.id if user is not None else None, files=[Sent("stone.pdf", making.PDF)],
    )  # fmt: skip
    file = session.scalars(
        select(TicketFile).join(TicketMessage, TicketMessage.id == TicketFile.message_id).where(TicketMessage.ticket_id == ticket.id)
    ).one()  # fmt: skip
    names = {
        "conversation": str(row.public_id), "message": str(said.public_id), "file": str(file.public_id),
        "number": ticket.number, "token": ticket.token, "pk": str(ticket.id),
    }  # fmt: skip
    return Theirs(names, owner.guest_key, user)


def reached_for(theirs: Theirs, highest: str) -> list[dict[str, str]]:
    """Names that a spy tries: the true ones (but for the token, which is the key itself), counted up and down, bent."""
    true = theirs.names
    token = true["token"]
    bent = [
        token[:-1],
        token + "x",
        token.swapcase(),
        ("a" if token[0] != "a" else "b") + token[1:],
        token[::-1],
    ]
    up, down = (
        {key: str(uuid.UUID(int=(uuid.UUID(true[key]).int + step) % 2**128)) for key in ("conversation", "message", "file")}
        | {"pk": str(int(true["pk"]) + step * 1000)}
        for step in (1, -1)
    )  # fmt: skip
    after = f"{highest[:-6]}{int(highest[-6:]) + 1:06}"
    return [
        true | {"token": bent[0]}, true | up | {"token": bent[1], "number": after},
        true | down | {"token": bent[2], "number": f"{highest[:-6]}000000"}, true | {"token": bent[3]}, true | {"token": bent[4]},
    ]  # fmt: skip


class Spy:
    """Somebody who asks over real HTTP with what cookies or token there are."""

    def __init__(
        self, url: str, mine: Theirs | None = None, token: str = "", cookies: dict[str, str] | None = None
    ):
        self.url, self.http = url, requests.Session()
        names = mine.names if mine is not None else NOBODY
        self.mine = {"mine": names["number"], "my_token": names["token"] if mine is not None else "y" * 43}
        self.http.headers["Accept"] = "application/json, text/html;q=0.9"
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"
        for name, value in (cookies or {}).items():
            self.http.cookies.set(name, value)

    def asks(
        self, method: str, path: str, body: str = "", names: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """One request: status, where it leads, and what it says, without what names the thing or differs each time."""
        named = {**(names or {}), **self.mine}
        given: dict[str, Any] = {}
        if body == "json":
            given = {"json": WORDS | {"conversation": named["conversation"]}}
        elif body == "upload":
            form = {"conversation": named["conversation"], "client_id": "spy", "text": "x"}
            given = {"data": form, "files": {"file": ("x.pdf", making.PDF)}}
        elif body:
            given = {"json": {"body": "x"}} if body == "reply" else {"data": {"body": "x"}}
            given |= {"headers": {"Idempotency-Key": uuid.uuid4().hex}} if body == "reply" else {}
        answer = self.http.request(
            method, self.url + path.format(**named), allow_redirects=False, timeout=30, **given
        )
        text = _MOVES.sub("", answer.text)
        where = answer.headers.get("Location", "")
        for value in sorted(named.values(), key=len, reverse=True):
            text, where = text.replace(value, "#"), where.replace(value, "#")
        return answer.status_code, where.split("?")[0], text


def state(session: Session) -> list[Any]:
    """Everything that a spy could have changed."""
    session.expire_all()
    talks = session.execute(
        select(Conversation.public_id, Conversation.last_seq, Conversation.state, Conversation.rating, Conversation.email,
               Conversation.staff_read, Conversation.customer_read, Conversation.with_bot).order_by(Conversation.id)
        .where(Conversation.last_seq > 0)
    )  # fmt: skip
    tickets = session.execute(select(Ticket.number, Ticket.state, Ticket.version).order_by(Ticket.id))
    counts = [
        session.scalar(select(func.count()).select_from(kind))
        for kind in (ChatMessage, TicketMessage, TicketFile, Mail)
    ]
    return [*map(tuple, talks), *map(tuple, tickets), counts]


def bent(text: str) -> str:
    """A signed text with one letter of its signature changed."""
    place = len(text) - 5
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


__all__ = ["Spy", "Theirs", "bent", "made", "queries", "reached_for", "replace", "state"]
