"""Messages of a thread: the customer's, the shop's, and notes that only staff read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, locks, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import Conflict, InvalidFields
from app.core.i18n import _l
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.notifications import StaffMattersOver
from app.events.support import TicketAnswered, TicketReplied
from app.identity.models import User
from app.support.settings import SupportSettings
from app.support.tickets import files as attachments
from app.support.tickets import rules
from app.support.tickets.errors import ThreadFull, TicketClosed
from app.support.tickets.files import Checked, Sent
from app.support.tickets.models import Ticket, TicketMessage
from app.support.tickets.operations.opening import write
from app.support.tickets.states import STEP_TO, TICKET

LATE_TOPIC, LATE, LATE_SOLUTION = "ticket-late", "{}", "{}:solution"
"""What the bell calls the two promises of a ticket, by its id."""


def reply(
    session: Session,
    *,
    ticket_id: int,
    body: str,
    actor: Actor,
    channel: str = "web",
    files: Sequence[Sent | Checked] = (),
    mail_id: str | None = None,
    at: datetime | None = None,
) -> TicketMessage:
    """Add what the customer writes; a ticket that waited or was solved is open again.

    The same mail again gives the message that it gave before.

    Raises:
        InvalidFields: no text, or too long. TicketClosed, ThreadFull: it takes no more messages.
        FileRefused, FileTooLarge, TooManyFiles. NotFound: there is no such ticket.
    """
    text = _text(body, rules.LONGEST_BODY if channel == "mail" else rules.LONGEST_TYPED)
    kept = attachments.check(files)
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        if mail_id is not None:
            known = session.scalar(select(TicketMessage).where(TicketMessage.mail_id == mail_id))
            if known is not None:
                return known
        if ticket.state == "closed":
            raise TicketClosed()
        room(session, ticket)
        written = write(
            session, ticket, author="customer", body=text, channel=channel, author_id=actor.user_id, name=ticket.name,
            files=kept, mail_id=mail_id, at=at,
        )  # fmt: skip
        if ticket.state in ("waiting", "solved"):
            step(session, ticket, "open", at or utcnow())
        ticket.updated_at = utcnow()
        session.flush()
        publish(session, TicketReplied(ticket_id=ticket.id, message_id=written.id))
    return written


def answer(
    session: Session,
    *,
    ticket_id: int,
    body: str,
    actor: Actor,
    then: str = "waiting",
    files: Sequence[Sent] = (),
    at: datetime | None = None,
    version: int | None = None,
) -> TicketMessage:
    """Answer the customer, who gets a mail; the ticket is then waiting, solved or stays open.

    Nobody's ticket becomes that of who answers. `version` is the one that was read: an answer to a thread that
    has gone on meanwhile is refused, its words are kept by the form.

    Raises:
        InvalidFields, TicketClosed, ThreadFull, FileRefused, FileTooLarge, TooManyFiles.
        Conflict: somebody wrote meanwhile. NotFound: there is no such ticket.
    """
    text = _text(body, rules.LONGEST_TYPED)
    if then not in ("open", "waiting", "solved"):
        raise InvalidFields({"then": _l("Choose one of the possible values.")})
    kept, now = attachments.check(files), at or utcnow()
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        if ticket.state == "closed":
            raise TicketClosed()
        if version is not None and ticket.version != version:
            raise Conflict()
        room(session, ticket)
        written = write(
            session, ticket, author="agent", body=text, channel="web", author_id=actor.user_id, name=_name(session, actor),
            files=kept, at=now,
        )  # fmt: skip
        ticket.first_answer_at = ticket.first_answer_at or now
        if ticket.assignee_id is None:
            ticket.assignee_id = actor.user_id
        step(session, ticket, then, now)
        hush(session, ticket)
        ticket.updated_at = utcnow()
        session.flush()
        publish(session, TicketAnswered(ticket_id=ticket.id, message_id=written.id))
    return written


def note(
    session: Session, *, ticket_id: int, body: str, actor: Actor, files: Sequence[Sent] = ()
) -> TicketMessage:
    """Write a note that only staff read; nobody gets a mail and nothing moves.

    Raises:
        InvalidFields, ThreadFull, FileRefused, FileTooLarge, TooManyFiles. NotFound: there is no such ticket.
    """
    text = _text(body, rules.LONGEST_TYPED)
    kept = attachments.check(files)
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        room(session, ticket)
        return write(
            session, ticket, author="note", body=text, channel="web", author_id=actor.user_id, name=_name(session, actor),
            files=kept,
        )  # fmt: skip


def step(session: Session, ticket: Ticket, state: str, now: datetime) -> bool:
    """Lead a ticket to a state; the promise rests while the customer is waited for. Inside a unit, row locked.

    Raises:
        IllegalTransition: the table does not allow it.
    """
    before = ticket.state
    if before == state:
        return False
    if not TICKET.transition(ticket, STEP_TO[state]):
        return False
    if before == "waiting" and ticket.paused_at is not None:
        hours = settings.get(session, SupportSettings).working_hours
        ticket.solve_due = rules.moved(hours, ticket.solve_due, ticket.paused_at, now)
        ticket.paused_at = None
    if state == "waiting":
        ticket.paused_at = now
    ticket.solved_at = now if state == "solved" else ticket.solved_at if state == "closed" else None
    ticket.closed_at = now if state == "closed" else None
    session.flush()
    return True


def hush(session: Session, ticket: Ticket) -> None:
    """Let the bell forget promises that nobody waits for any more: answered, or at their end."""
    is_done = ticket.state in ("solved", "closed")
    over = [LATE] if ticket.first_late_at and (is_done or ticket.first_answer_at) else []
    over += [LATE_SOLUTION] if ticket.solve_late_at and is_done else []
    if over:
        publish(session, StaffMattersOver(LATE_TOPIC, tuple(subject.format(ticket.id) for subject in over)))


def record(
    session: Session, ticket: Ticket, actor: Actor, action: str, before: object, after: object
) -> None:
    """Note a change of a ticket in the audit log."""
    audit.record(
        session, actor=actor, action=f"ticket.{action}", entity="support_ticket", entity_id=ticket.id,
        before={action: before}, after={action: after},
    )  # fmt: skip


def _text(body: str, longest: int) -> str:
    errors = rules.text_errors("-", body, longest=longest)
    if errors:
        raise InvalidFields(errors)
    return rules.clean(body)


def room(session: Session, ticket: Ticket) -> None:
    """Refuse what a thread has no room for.

    Raises:
        ThreadFull: it holds as many messages as one may.
    """
    query = select(func.count()).select_from(TicketMessage).where(TicketMessage.ticket_id == ticket.id)
    if (session.scalar(query) or 0) >= rules.MOST_MESSAGES:
        raise ThreadFull()


def _name(session: Session, actor: Actor) -> str:
    """The first name of who answers: customers talk with people."""
    person = session.get(User, actor.user_id) if actor.user_id is not None else None
    return (person.first_name or person.name) if person is not None else ""
