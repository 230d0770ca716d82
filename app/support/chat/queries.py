"""The reads of conversations: who may see one, what was said, the agents' lists, who is at the desk."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.core import settings
from app.core.clock import utcnow
from app.identity import queries as identity
from app.support.chat import rules
from app.support.chat.errors import ConversationNotFound
from app.support.chat.models import CannedReply, ChatAgent, ChatFile, ChatMessage, ChatNote, Conversation
from app.support.settings import SupportSettings

ANSWER = "support.chat"
"""The right to read and answer conversations."""
TABS = ("mine", "unassigned", "all", "closed")
PAGE = 40


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose conversation it is: an account, or a guest by the key in a signed cookie."""

    user_id: int | None = None
    guest_key: str = ""

    @property
    def is_known(self) -> bool:
        """True when something of this owner can be found again."""
        return self.user_id is not None or bool(self.guest_key)

    def owns(self, conversation: Conversation) -> bool:
        """Whether a conversation is this owner's. A guest's key opens nothing that belongs to an account."""
        if conversation.user_id is not None:
            return conversation.user_id == self.user_id
        return bool(self.guest_key) and conversation.guest_key == self.guest_key


@dataclass(frozen=True, slots=True)
class Desk:
    """Whether somebody can answer now, and when somebody will, by the desk's own clock."""

    is_open: bool
    online: int
    opens_at: datetime | None
    minutes: int

    @property
    def is_staffed(self) -> bool:
        """True while a message finds somebody: within the hours, and an agent is there."""
        return self.is_open and self.online > 0


def key_of(raw: Any) -> uuid.UUID:
    """The id of a conversation as somebody sent it.

    Raises:
        ConversationNotFound: it cannot be one.
    """
    try:
        return uuid.UUID(raw) if isinstance(raw, str) and len(raw) <= 40 else _refuse()
    except ValueError as wrong:
        raise ConversationNotFound() from wrong


def _refuse() -> uuid.UUID:
    raise ConversationNotFound()


def by_key(session: Session, raw: Any) -> Conversation:
    """The conversation with this public id, for staff (unique public_id).

    Raises:
        ConversationNotFound: there is none.
    """
    found = session.scalar(select(Conversation).where(Conversation.public_id == key_of(raw)))
    if found is None:
        raise ConversationNotFound()
    return found


def owned(session: Session, raw: Any, owner: Owner) -> Conversation:
    """One's own conversation; somebody else's is as if it were not there.

    Raises:
        ConversationNotFound: there is none, or it is not this owner's.
    """
    found = by_key(session, raw)
    if not owner.owns(found):
        raise ConversationNotFound()
    return found


def _of(owner: Owner) -> ColumnElement[bool]:
    if owner.user_id is not None:
        return Conversation.user_id == owner.user_id
    return and_(
        Conversation.guest_key == owner.guest_key,
        Conversation.guest_key != "",
        Conversation.user_id.is_(None),
    )


def latest(session: Session, owner: Owner, *, alive: bool = False) -> Conversation | None:
    """The owner's last conversation (ix_support_conversation_user, ix_support_conversation_guest)."""
    if not owner.is_known:
        return None
    query = select(Conversation).where(_of(owner)).order_by(Conversation.id.desc()).limit(1)
    return session.scalar(query.where(Conversation.state != "closed") if alive else query)


def of_user(session: Session, user_id: int) -> Sequence[Conversation]:
    """All conversations of an account, oldest first."""
    query = select(Conversation).where(Conversation.user_id == user_id).order_by(Conversation.id)
    return session.scalars(query).all()


def messages(
    session: Session, conversation_id: int, after: int = 0, limit: int = rules.PAGE
) -> Sequence[ChatMessage]:
    """Messages behind a number, in order (unique conversation_id, seq)."""
    query = (
        select(ChatMessage)
        .where(ChatMessage.conversation_id == conversation_id, ChatMessage.seq > after)
        .options(selectinload(ChatMessage.file))
        .order_by(ChatMessage.seq)
        .limit(limit)
    )
    return session.scalars(query).all()


def notes(session: Session, conversation_id: int) -> Sequence[ChatNote]:
    """What staff wrote beside a conversation."""
    query = (
        select(ChatNote)
        .where(ChatNote.conversation_id == conversation_id)
        .options(joinedload(ChatNote.author))
    )
    return session.scalars(query.order_by(ChatNote.id)).all()


def file_of(session: Session, raw: Any) -> tuple[Conversation, ChatFile]:
    """The file of a message by its public id, with its conversation, for the door to decide about.

    Raises:
        ConversationNotFound: there is none.
    """
    query = (
        select(Conversation, ChatFile)
        .join(ChatMessage, ChatMessage.conversation_id == Conversation.id)
        .join(ChatFile, ChatFile.message_id == ChatMessage.id)
        .where(ChatMessage.public_id == key_of(raw))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise ConversationNotFound()
    return found[0], found[1]


# --- the desk ------------------------------------------------------------------------------------------


def online_agents(session: Session) -> Select[Any]:
    """Agents who take conversations and whose screen was heard of a moment ago."""
    since = utcnow() - rules.ONLINE
    return select(ChatAgent).where(ChatAgent.is_available.is_(True), ChatAgent.seen_at >= since)


def desk(session: Session) -> Desk:
    """Who could answer now."""
    held = settings.get(session, SupportSettings)
    now, hours = utcnow(), held.working_hours
    online = session.scalar(select(func.count()).select_from(online_agents(session).subquery())) or 0
    is_open = hours.is_open(now)
    opens = None if is_open else hours.next_open(now)
    there = opens.astimezone(ZoneInfo(held.timezone)) if opens else None
    return Desk(is_open, int(online), there, held.chat_minutes)


def least_busy(session: Session) -> ChatAgent | None:
    """The agent online with the fewest conversations alive; of equals, who was given one longest ago."""
    count = (
        select(func.count())
        .where(Conversation.assignee_id == ChatAgent.user_id, Conversation.state.in_(("open", "waiting")))
        .correlate(ChatAgent)
        .scalar_subquery()
    )
    query = online_agents(session).order_by(count, ChatAgent.given_at.asc().nulls_first(), ChatAgent.user_id)
    for agent in session.scalars(query.limit(20)):
        if identity.may(session, agent.user_id, ANSWER):
            return agent
    return None


def agents(session: Session) -> list[ChatAgent]:
    """Everybody who has answered or could: for the list to assign to."""
    query = select(ChatAgent).options(joinedload(ChatAgent.user)).order_by(ChatAgent.user_id)
    return [agent for agent in session.scalars(query) if agent.user.is_active]


def agent(session: Session, user_id: int) -> ChatAgent | None:
    """The agent's own row."""
    return session.get(ChatAgent, user_id)


# --- the inbox -----------------------------------------------------------------------------------------


def _tab(tab: str, user_id: int) -> ColumnElement[bool]:
    alive = Conversation.state != "closed"
    seen = Conversation.last_seq > 0
    if tab == "mine":
        return and_(alive, seen, Conversation.assignee_id == user_id)
    if tab == "unassigned":
        return and_(alive, seen, Conversation.assignee_id.is_(None), Conversation.with_bot.is_(False))
    if tab == "closed":
        return and_(Conversation.state == "closed", seen)
    return and_(alive, seen)


def counts(session: Session, user_id: int) -> dict[str, int]:
    """How many conversations each tab holds, in one statement; closed ones of the last thirty days."""
    recent = Conversation.closed_at >= utcnow() - timedelta(days=30)
    columns = [
        func.count().filter(and_(_tab(tab, user_id), recent) if tab == "closed" else _tab(tab, user_id))
        for tab in TABS
    ]
    where = or_(Conversation.state != "closed", recent)
    row = session.execute(select(*columns).select_from(Conversation).where(where)).one()
    return dict(zip(TABS, (int(value) for value in row), strict=True))


def listed(
    session: Session, tab: str, user_id: int, *, term: str = "", before: int | None = None
) -> Sequence[Conversation]:
    """The conversations of a tab: who waits longest first, then the latest; closed ones latest first."""
    query = select(Conversation).where(_tab(tab, user_id)).options(
        joinedload(Conversation.user), joinedload(Conversation.assignee)
    )  # fmt: skip
    if term and rules.storable(term):
        like = f"%{term[:80].replace(chr(92), '').replace('%', '').replace('_', chr(92) + '_')}%"
        query = query.where(or_(Conversation.subject.ilike(like), Conversation.email.ilike(like)))
    if before is not None:
        query = query.where(Conversation.id < before)
    if tab == "closed":
        query = query.order_by(Conversation.closed_at.desc(), Conversation.id.desc())
    else:
        query = query.order_by(
            Conversation.waiting_since.asc().nulls_last(), Conversation.last_message_at.desc(), Conversation.id.desc()
        )  # fmt: skip
    return session.scalars(query.limit(PAGE)).all()


def last_texts(session: Session, rows: Sequence[Conversation]) -> dict[int, str]:
    """The last message of each conversation, for a list."""
    wanted = [row.id for row in rows]
    query = (
        select(ChatMessage.conversation_id, ChatMessage.text)
        .join(Conversation, Conversation.id == ChatMessage.conversation_id)
        .where(Conversation.id.in_(wanted), ChatMessage.seq == Conversation.last_seq)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def canned(session: Session, language: str = "") -> Sequence[CannedReply]:
    """Replies kept ready, those in the customer's language first."""
    query = select(CannedReply).where(CannedReply.is_active.is_(True))
    return session.scalars(query.order_by(CannedReply.language != language, CannedReply.shortcut)).all()


# --- invariants ----------------------------------------------------------------------------------------


def with_gaps(session: Session) -> list[str]:
    """Conversations whose messages are not numbered 1 to `last_seq`."""
    said = (
        select(ChatMessage.conversation_id, func.count().label("n"), func.max(ChatMessage.seq).label("top"))
        .group_by(ChatMessage.conversation_id)
        .subquery()
    )
    query = (
        select(Conversation.id, Conversation.last_seq, said.c.n, said.c.top)
        .outerjoin(said, said.c.conversation_id == Conversation.id)
        .where(
            or_(
                func.coalesce(said.c.n, 0) != Conversation.last_seq,
                func.coalesce(said.c.top, 0) != Conversation.last_seq,
            )
        )
    )
    return [
        f"conversation {i}: last_seq {last}, {n} messages up to {top}"
        for i, last, n, top in session.execute(query)
    ]


def miscounted(session: Session) -> list[str]:
    """Conversations whose unread counts are not what their messages say."""
    of_customer = ChatMessage.author_kind == "customer"
    said = select(
        Conversation.id,
        Conversation.customer_unread,
        Conversation.staff_unread,
        func.count().filter(and_(~of_customer, ChatMessage.seq > Conversation.customer_read)).label("theirs"),
        func.count().filter(and_(of_customer, ChatMessage.seq > Conversation.staff_read)).label("ours"),
    ).outerjoin(ChatMessage, ChatMessage.conversation_id == Conversation.id).group_by(Conversation.id).subquery()  # fmt: skip
    query = select(said).where(
        or_(said.c.customer_unread != said.c.theirs, said.c.staff_unread != said.c.ours)
    )
    return [
        f"conversation {row.id}: unread {row.customer_unread}/{row.staff_unread}"
        for row in session.execute(query)
    ]
