"""People and conversations for the tests of chat."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import GUEST, SYSTEM, Actor
from app.identity import rules as roles
from app.identity.models import User
from app.support.chat import operations, queries
from app.support.chat.models import ChatMessage, Conversation
from app.support.chat.queries import Owner
from app.support.settings import SupportSettings
from tests.identity.people import person, staff

ALWAYS = "mon-sun 00:00-23:59"


def guest() -> Owner:
    """Somebody with a cookie of their own."""
    return Owner(guest_key=uuid.uuid4().hex)


def customer(session: Session, email: str = "kim@people.example", language: str = "en") -> User:
    """Somebody with an account."""
    return person(session, email, first_name="Kim", language=language)


def agent(session: Session, email: str = "anna@shop.example", available: bool = True) -> User:
    """Somebody who answers, at the desk or not."""
    made = staff(session, roles.SUPPORT, email=email)
    operations.set_available(session, user_id=made.id, is_available=available, actor=actor(made))
    return made


def actor(user: User) -> Actor:
    """Staff."""
    return Actor("staff", user.id, user.email)


def hours(session: Session, text: str = ALWAYS) -> None:
    """Set the opening hours."""
    settings.change(session, SupportSettings, hours=text, actor=SYSTEM)


def closed_now() -> str:
    """Hours of a day that is neither today nor a neighbour."""
    from app.core.clock import utcnow

    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(utcnow().weekday() + 3) % 7]
    return f"{day} 09:00-10:00"


def conversation(session: Session, owner: Owner | None = None, **more: Any) -> Conversation:
    """A new conversation of somebody."""
    values: dict[str, Any] = {"language": "en", "actor": GUEST} | more
    return operations.start(session, owner=owner or guest(), **values)


def asks(session: Session, row: Conversation, text: str = "Where is my lamp?", key: str = "") -> ChatMessage:
    """The customer writes."""
    return operations.post(
        session, conversation_id=row.id, client_id=key or uuid.uuid4().hex, text=text, author_kind="customer",
        actor=GUEST if row.user_id is None else Actor("customer", row.user_id),
    )  # fmt: skip


def answers(
    session: Session, row: Conversation, user: User, text: str = "On its way.", key: str = ""
) -> ChatMessage:
    """An agent writes."""
    return operations.post(
        session, conversation_id=row.id, client_id=key or uuid.uuid4().hex, text=text, author_kind="agent",
        actor=actor(user), author_name=user.first_name,
    )  # fmt: skip


def fresh(session: Session, row: Conversation) -> Conversation:
    """The conversation as it is now."""
    session.expire_all()
    return queries.by_key(session, str(row.public_id))
