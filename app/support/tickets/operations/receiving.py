"""Takes mails: each becomes one message of one ticket, or is dropped with a reason; never both, never twice."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import rate_limits
from app.core.actor import Actor
from app.core.errors import ShopError, TooMany, Unavailable
from app.core.i18n import DEFAULT_LANGUAGE
from app.core.unit_of_work import unit_of_work
from app.identity.queries import user_by_email
from app.support.tickets import files, inbox, queries, rules
from app.support.tickets.errors import ThreadFull, TicketClosed, Unreadable
from app.support.tickets.files import Sent
from app.support.tickets.inbox import Incoming
from app.support.tickets.models import DroppedMail, Ticket, TicketMessage
from app.support.tickets.operations.opening import open_ticket
from app.support.tickets.operations.writing import reply

log = structlog.get_logger("support.mail")
MAILS = "30/hour"
"""From one sender; more is a loop between two programs."""


def receive(session: Session, raw: bytes) -> str:
    """Take one mail; the answer is what became of it: opened, added, known, or dropped and why.

    By the key in its address or in the mails it answers it goes to a ticket; by the number in its subject only
    when the ticket's own address sent it. Else it opens one. Files that are not taken are named in the text.

    Raises:
        Unavailable: a scanner is named and does not answer; the mail stays where it is.
    """
    try:
        mail = inbox.read(raw)
    except Unreadable:
        return "dropped: unreadable"
    if _is_known(session, mail.mail_id):
        return "known"
    if mail.robot:
        return _drop(session, mail, mail.robot)
    try:
        rate_limits.hit(MAILS, f"support:mail:{mail.sender}")
    except TooMany:
        return _drop(session, mail, "flood")
    sent, refused = _files(mail)
    ticket = _ticket(session, mail)
    if ticket is not None:
        ticket_id, who = ticket.id, _actor(session, mail, ticket)
        session.expire_all()  # read afresh under its lock: somebody may write at this moment
        try:
            reply(
                session, ticket_id=ticket_id, body=mail.reply + refused, actor=who, channel="mail",
                files=sent, mail_id=mail.mail_id,
            )  # fmt: skip
            return "added"
        except (TicketClosed, ThreadFull):
            log.info("a mail to a closed ticket opens a new one", ticket=ticket_id)
    user = user_by_email(session, mail.sender)
    known = user if user is not None and user.is_verified else None
    open_ticket(
        session, subject=mail.subject, body=mail.text + refused, email=mail.sender, name=mail.name, channel="mail",
        language=known.language if known else mail.language or DEFAULT_LANGUAGE, files=sent, mail_id=mail.mail_id,
        user_id=known.id if known else None,
        actor=Actor("customer" if known else "guest", known.id if known else None, mail.sender),
    )  # fmt: skip
    return "opened"


def _is_known(session: Session, mail_id: str) -> bool:
    taken = session.scalar(select(TicketMessage.id).where(TicketMessage.mail_id == mail_id))
    return taken is not None or session.get(DroppedMail, mail_id) is not None


def _drop(session: Session, mail: Incoming, reason: str) -> str:
    with unit_of_work(session):
        row = insert(DroppedMail).values(mail_id=mail.mail_id, sender=mail.sender, reason=reason)
        session.execute(row.on_conflict_do_nothing())
    return f"dropped: {reason}"


def _ticket(session: Session, mail: Incoming) -> Ticket | None:
    for key in mail.keys:
        found = session.scalar(select(Ticket).where(Ticket.mail_key == key))
        if found is not None:
            return queries.final(session, found)
    if mail.number:
        found = session.scalar(select(Ticket).where(Ticket.number == mail.number))
        if found is not None and found.email.lower() == mail.sender:
            return queries.final(session, found)
    return None


def _actor(session: Session, mail: Incoming, ticket: Ticket) -> Actor:
    own = ticket.user_id is not None and ticket.email.lower() == mail.sender
    return Actor("customer" if own else "guest", ticket.user_id if own else None, mail.sender)


def _files(mail: Incoming) -> tuple[list[Sent], str]:
    """The files that may be kept, and a line for the text that names the others."""
    good: list[Sent] = []
    bad: list[str] = []
    for file in mail.files:
        try:
            if len(good) == rules.MOST_FILES:
                raise Unreadable()
            files.check([file])
            good.append(file)
        except Unavailable:
            raise
        except ShopError:
            bad.append(files.plain_name(file.filename)[-80:])
    return good, f"\n\n[– {', '.join(bad)[:800]}]" if bad else ""


def fetch(session: Session) -> dict[str, int]:
    """Take all unread mails of the mailbox; each is marked read once it was taken. Returns how many of each outcome.

    A mail that cannot be taken now stays unread for the next round, and holds up none of the others.

    Raises:
        Unavailable: the mailbox does not answer.
    """
    counts: dict[str, int] = {}
    with inbox.opened() as line:
        for uid, raw in inbox.unread(line):
            try:
                outcome = receive(session, raw) if raw is not None else "dropped: too heavy"
            except Exception as problem:  # one mail must not hold up the others; noted, and tried again
                session.rollback()
                log.exception("mail not taken", problem=type(problem).__name__)
                outcome = "failed"
            counts[outcome] = counts.get(outcome, 0) + 1
            if outcome != "failed":
                inbox.mark_read(line, uid)
    return counts
