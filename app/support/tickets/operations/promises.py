"""What time does to tickets: promises that were broken are marked and told of once; solved ones are closed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import settings
from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.notifications import StaffToldOf
from app.support.settings import SupportSettings
from app.support.tickets.models import DroppedMail, SpentChallenge, Ticket
from app.support.tickets.operations.writing import LATE, LATE_SOLUTION, LATE_TOPIC, record, step

AT_ONCE = 200
KEPT_CHALLENGES = timedelta(days=1)
KEPT_DROPS = timedelta(days=90)


def mark_late(session: Session) -> int:
    """Mark tickets whose promised moment has passed, and tell staff of each once. Returns how many.

    A solution that is late while the first answer is still owed says nothing new: the bell has rung for that one.

    Repeatable: a mark is set once (ix_support_ticket_first_due, ix_support_ticket_solve_due); rows that somebody
    works on just now are left for the next round.
    """
    now, found = utcnow(), 0
    for due, mark, subject in (
        (Ticket.first_due, "first_late_at", LATE),
        (Ticket.solve_due, "solve_late_at", LATE_SOLUTION),
    ):
        with unit_of_work(session):
            query = select(Ticket).where(
                Ticket.state.in_(("new", "open")), due <= now, getattr(Ticket, mark).is_(None)
            )
            if mark == "first_late_at":
                query = query.where(Ticket.first_answer_at.is_(None))
            for ticket in session.scalars(
                query.order_by(due).limit(AT_ONCE).with_for_update(skip_locked=True)
            ):
                setattr(ticket, mark, now)
                found += 1
                if subject == LATE_SOLUTION and ticket.first_answer_at is None:
                    continue
                publish(
                    session,
                    StaffToldOf(
                        topic=LATE_TOPIC, subject=subject.format(ticket.id), screen="TicketView",
                        url=f"/admin/ticket/show/{ticket.id}", facts={"number": ticket.number, "subject": ticket.subject},
                    ),
                )  # fmt: skip
    return found


def close_solved(session: Session) -> int:
    """Close what has been solved for the days of the setting; forget old challenges. Repeatable."""
    now = utcnow()
    before = now - timedelta(days=settings.get(session, SupportSettings).close_days)
    with unit_of_work(session):
        query = select(Ticket).where(Ticket.state == "solved", Ticket.solved_at < before).order_by(Ticket.id)
        rows = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        for ticket in rows:
            step(session, ticket, "closed", now)
            record(session, ticket, SYSTEM, "state", "solved", "closed")
        session.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < now - KEPT_CHALLENGES))
        session.execute(delete(DroppedMail).where(DroppedMail.created_at < now - KEPT_DROPS))
    return len(rows)
