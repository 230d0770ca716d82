"""Reads of tickets: a customer's own, one with its thread, the board of the desk, who asks."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from app.core.money import Money
from app.core.pagination import BadCursor, Page, decode_cursor, encode_cursor
from app.customers import queries as customers
from app.orders import queries as orders
from app.orders.models import Order
from app.orders.queries import OrderSummary
from app.support.chat.models import CannedReply, Conversation
from app.support.tickets.errors import TicketNotFound
from app.support.tickets.models import KeptFile, Ticket, TicketFile, TicketMessage

MOST_PER_PAGE = 100
BOARD_COLUMN = 50
URGENT_FIRST = case({"urgent": 0, "high": 1, "normal": 2}, value=Ticket.priority, else_=3)


def of_customer(
    session: Session, user_id: int, *, limit: int = 20, cursor: str | None = None
) -> Page[Ticket]:
    """A customer's own tickets, newest first (ix_support_ticket_user).

    Raises:
        BadCursor: the cursor was not made by this shop.
    """
    own = Ticket.user_id == user_id
    total = session.scalar(select(func.count()).select_from(Ticket).where(own)) or 0
    query = select(Ticket).where(own).options(joinedload(Ticket.order))
    if cursor:
        (before,) = decode_cursor(cursor, 1)
        if isinstance(before, bool) or not isinstance(before, int) or not 0 <= before < 2**63:
            raise BadCursor()
        query = query.where(Ticket.id < before)
    size = max(1, min(limit, MOST_PER_PAGE))
    rows = list(session.scalars(query.order_by(Ticket.id.desc()).limit(size + 1)))
    return Page(rows[:size], encode_cursor([rows[size - 1].id]) if len(rows) > size else None, total)


def _one(session: Session, *conditions: object) -> Ticket:
    query = select(Ticket).where(*conditions).options(  # type: ignore[arg-type]
        joinedload(Ticket.order), joinedload(Ticket.assignee),
        selectinload(Ticket.messages).selectinload(TicketMessage.files),
    )  # fmt: skip
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise TicketNotFound()
    return found


def by_token(session: Session, token: str) -> Ticket:
    """The ticket behind an unguessable token, with its thread, in three statements.

    Raises:
        TicketNotFound: nobody was given this token.
    """
    if not token.isascii() or "\x00" in token:
        raise TicketNotFound()
    return _one(session, Ticket.token == token)


def of_number(session: Session, number: str, *, user_id: int) -> Ticket:
    """A customer's own ticket by its number.

    Raises:
        TicketNotFound: there is none, or it is somebody else's.
    """
    if "\x00" in number:
        raise TicketNotFound()
    return _one(session, Ticket.number == number, Ticket.user_id == user_id)


def by_id(session: Session, ticket_id: int) -> Ticket:
    """A ticket with its thread, for staff and messages.

    Raises:
        TicketNotFound: there is none.
    """
    return _one(session, Ticket.id == ticket_id)


def of_conversation(session: Session, conversation_id: int) -> Ticket | None:
    """The ticket that a conversation goes on in (unique conversation_id)."""
    found = session.scalar(select(Ticket).where(Ticket.conversation_id == conversation_id))
    return final(session, found) if found is not None else None


def conversation_key(session: Session, ticket: Ticket) -> str:
    """The id of the conversation that a ticket came from, as the inbox's addresses have it; "" without one."""
    if ticket.conversation_id is None:
        return ""
    found = session.scalar(select(Conversation.public_id).where(Conversation.id == ticket.conversation_id))
    return str(found) if found is not None else ""


def public_messages(ticket: Ticket) -> list[TicketMessage]:
    """What the customer may read of a thread."""
    return [message for message in ticket.messages if message.author in ("customer", "agent")]


def file_of(session: Session, ticket_id: int, public_id: uuid.UUID, *, staff: bool) -> TicketFile:
    """A file of a ticket with its bytes; infected ones are opened by nobody, those of notes by staff alone.

    Raises:
        TicketNotFound: no such file here, or not for this reader.
    """
    query = (
        select(TicketFile)
        .join(TicketMessage, TicketMessage.id == TicketFile.message_id)
        .where(
            TicketFile.public_id == public_id, TicketMessage.ticket_id == ticket_id, TicketFile.state != "infected"
        )
        .options(undefer(TicketFile.data))
    )  # fmt: skip
    if not staff:
        query = query.where(TicketMessage.author.in_(("customer", "agent")))
    found = session.scalar(query)
    if found is None:
        raise TicketNotFound()
    return found


def final(session: Session, ticket: Ticket) -> Ticket:
    """The ticket that a merged one has become."""
    seen = {ticket.id}
    while ticket.merged_into_id is not None and ticket.merged_into_id not in seen:
        following = session.get(Ticket, ticket.merged_into_id)
        if following is None:
            break
        seen.add(following.id)
        ticket = following
    return ticket


def kept_files(session: Session, draft: str) -> Sequence[KeptFile]:
    """What is kept for a form that came back, without the bytes (ix_support_kept_file_draft)."""
    if not draft:
        return ()
    return session.scalars(select(KeptFile).where(KeptFile.draft == draft).order_by(KeptFile.id)).all()


# --- the desk ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: the most urgent tickets of a state, and how many there are."""

    state: str
    tickets: tuple[Ticket, ...]
    count: int


def board(
    session: Session, states: Sequence[str], *, assignee_id: int | None = None, mine: bool = False
) -> list[Column]:
    """The tickets of each state, most urgent and nearest promise first; two statements (ix_support_ticket_state).

    `mine` shows those of `assignee_id` alone.
    """
    conditions: list[Any] = [Ticket.state.in_(states)]
    if mine:
        conditions.append(Ticket.assignee_id == assignee_id)
    tally = select(Ticket.state, func.count()).where(*conditions).group_by(Ticket.state)
    counts = {row[0]: row[1] for row in session.execute(tally)}
    place = func.row_number().over(
        partition_by=Ticket.state, order_by=(URGENT_FIRST, Ticket.solve_due, Ticket.id)
    )
    ranked = select(Ticket.id, place.label("place")).where(*conditions).subquery()
    query = (
        select(Ticket)
        .join(ranked, ranked.c.id == Ticket.id)
        .where(ranked.c.place <= BOARD_COLUMN)
        .options(joinedload(Ticket.assignee))
        .order_by(ranked.c.place)
    )
    rows = list(session.scalars(query))
    return [Column(s, tuple(t for t in rows if t.state == s), counts.get(s, 0)) for s in states]


def neighbours(session: Session, ticket: Ticket) -> tuple[int | None, int | None]:
    """The ticket before and after this one in the work that is left, by id."""
    left = Ticket.state.in_(("new", "open"))
    before = session.scalar(select(func.max(Ticket.id)).where(left, Ticket.id < ticket.id))
    after = session.scalar(select(func.min(Ticket.id)).where(left, Ticket.id > ticket.id))
    return before, after


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: what they bought for how much, and what they asked before."""

    group: str
    orders: tuple[OrderSummary, ...]
    order_count: int
    spent: Money | None
    tickets: tuple[Row[tuple[int, str, str, str]], ...]
    since: datetime | None


def requester(session: Session, ticket: Ticket) -> Requester:
    """The panel beside a ticket. Guests are known by their address; their orders by it too."""
    mine = (
        or_(Order.user_id == ticket.user_id, Order.email_key == ticket.email.lower())
        if ticket.user_id is not None
        else Order.email_key == ticket.email.lower()
    )
    sums = session.execute(
        select(Order.currency, func.count(), func.sum(Order.captured - Order.refunded))
        .where(mine)
        .group_by(Order.currency)
        .order_by(func.count().desc())
    ).all()
    listing = (
        orders.listing(session, user_id=ticket.user_id, limit=5)
        if ticket.user_id is not None
        else orders.listing(session, q=ticket.email, limit=5)
    )
    query = (
        select(Ticket.id, Ticket.number, Ticket.subject, Ticket.state)
        .where(func.lower(Ticket.email) == ticket.email.lower(), Ticket.id != ticket.id)
        .order_by(Ticket.id.desc())
        .limit(5)
    )
    profile = customers.profile(session, ticket.user_id) if ticket.user_id is not None else None
    return Requester(
        group=customers.group_name(session, customers.group_of(session, ticket.user_id)) if profile else "",
        orders=tuple(listing.items), order_count=sum(row[1] for row in sums),
        spent=Money.rounded(sums[0][2], sums[0][0]) if sums else None,
        tickets=tuple(session.execute(query)),
        since=ticket.user.registered_at if ticket.user is not None else None,
    )  # fmt: skip


def canned(session: Session, language: str) -> list[CannedReply]:
    """Replies kept ready, those of a language first."""
    first = case((CannedReply.language == language, 0), else_=1)
    query = select(CannedReply).where(CannedReply.is_active).order_by(first, CannedReply.title)
    return list(session.scalars(query.limit(200)))
