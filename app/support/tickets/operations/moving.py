"""What the desk does with a ticket: state, priority, who has it, labels, its order, and two that are one."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import locks, settings
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import InvalidFields, NotFound
from app.core.i18n import _l
from app.core.unit_of_work import unit_of_work
from app.identity.models import User
from app.orders import queries as orders
from app.orders import rules as order_rules
from app.support.settings import SupportSettings
from app.support.tickets import rules
from app.support.tickets.errors import CannotMerge, TicketClosed
from app.support.tickets.models import Ticket, TicketMessage
from app.support.tickets.operations.opening import write
from app.support.tickets.operations.writing import hush, record, step
from app.support.tickets.states import PRIORITIES, TICKET


def move(session: Session, *, ticket_id: int, state: str, actor: Actor) -> Ticket:
    """Lead a ticket to another state. To the state it is in already nothing happens.

    Raises:
        IllegalTransition: the table does not allow it. InvalidFields: there is no such state.
        NotFound: there is no such ticket.
    """
    if state not in TICKET.states:
        raise InvalidFields({"state": _l("Choose one of the possible values.")})
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        before = ticket.state
        if state == TICKET.start != before:
            raise InvalidFields({"state": _l("A ticket that was looked at is not new again.")})
        if step(session, ticket, state, utcnow()):
            record(session, ticket, actor, "state", before, state)
            hush(session, ticket)
    return ticket


def prioritise(session: Session, *, ticket_id: int, priority: str, actor: Actor) -> Ticket:
    """Set a priority; what was promised is counted anew from the beginning, pauses left out.

    Raises:
        InvalidFields: there is no such priority. TicketClosed. NotFound: there is no such ticket.
    """
    if priority not in PRIORITIES:
        raise InvalidFields({"priority": _l("Choose one of the possible values.")})
    with unit_of_work(session):
        ticket = _live(session, ticket_id)
        if ticket.priority == priority:
            return ticket
        promise, before = settings.get(session, SupportSettings), ticket.priority
        hours = promise.working_hours
        rested = hours.between(
            rules.promised(hours, ticket.created_at, getattr(promise, f"solve_{before}")), ticket.solve_due
        )
        ticket.priority = priority
        ticket.first_due = rules.promised(hours, ticket.created_at, getattr(promise, f"first_{priority}"))
        due = rules.promised(hours, ticket.created_at, getattr(promise, f"solve_{priority}"))
        ticket.solve_due = hours.after(due, rested)
        record(session, ticket, actor, "priority", before, priority)
    return ticket


def assign(session: Session, *, ticket_id: int, user_id: int | None, actor: Actor) -> Ticket:
    """Give a ticket to somebody of the shop, or to nobody.

    Raises:
        InvalidFields: this person does not work here. TicketClosed. NotFound: there is no such ticket.
    """
    with unit_of_work(session):
        ticket = _live(session, ticket_id)
        if user_id is not None:
            person = session.get(User, user_id)
            if person is None or not person.is_staff or not person.is_active:
                raise InvalidFields({"assignee": _l("This person does not work here.")})
        if ticket.assignee_id != user_id:
            before, ticket.assignee_id = ticket.assignee_id, user_id
            record(session, ticket, actor, "assignee", before, user_id)
    return ticket


def label(session: Session, *, ticket_id: int, labels: str, actor: Actor) -> Ticket:
    """Set the labels, written in a line with commas.

    Raises:
        NotFound: there is no such ticket.
    """
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        wanted = rules.labels_of(labels.replace("\x00", ""))
        if wanted != ticket.labels:
            before, ticket.labels = ticket.labels, wanted
            record(session, ticket, actor, "labels", before, wanted)
    return ticket


def link_order(session: Session, *, ticket_id: int, number: str, actor: Actor) -> Ticket:
    """Say which order a ticket is about; an empty number takes it away. For staff: any order of the requester.

    Raises:
        InvalidFields: there is no such order of this requester. NotFound: there is no such ticket.
    """
    with unit_of_work(session):
        ticket = locks.row(session, Ticket, ticket_id)
        order_id = None
        if number.strip():
            order = orders.order_by_number(session, order_rules.typed_number(number.replace("\x00", "")))
            theirs = order is not None and (
                (order.user_id is not None and order.user_id == ticket.user_id)
                or order.email.lower() == ticket.email.lower()
            )
            if order is None or not theirs:
                raise InvalidFields({"order": _l("This customer has no order with this number.")})
            order_id = order.id
        if order_id != ticket.order_id:
            before, ticket.order_id = ticket.order_id, order_id
            record(session, ticket, actor, "order", before, order_id)
    return ticket


def merge(session: Session, *, ticket_id: int, into: str, actor: Actor) -> Ticket:
    """Make two tickets of one requester one: messages go to the ticket of the number `into`, this one is closed.

    Answers to the closed one's mails go on in the other. Rows are locked in the order of their ids.

    Raises:
        CannotMerge: the same ticket, one that was merged, or somebody else's. NotFound: there is no such ticket.
    """
    with unit_of_work(session):
        target_id = session.scalar(
            select(Ticket.id).where(Ticket.number == into.strip().upper().replace("\x00", ""))
        )
        if target_id is None or target_id == ticket_id:
            raise CannotMerge()
        found = locks.rows(session, Ticket, [ticket_id, target_id])
        if ticket_id not in found:
            raise NotFound()
        ticket, target = found[ticket_id], found[target_id]
        same = (ticket.user_id is not None and ticket.user_id == target.user_id) or (
            ticket.email.lower() == target.email.lower()
        )
        if not same or ticket.merged_into_id or target.merged_into_id or target.state == "closed":
            raise CannotMerge()
        session.execute(
            update(TicketMessage).where(TicketMessage.ticket_id == ticket.id).values(ticket_id=target.id)
        )
        write(session, ticket, author="system", body=f"merged:{target.number}", channel="web")
        write(session, target, author="system", body=f"joined:{ticket.number}", channel="web")
        ticket.merged_into_id = target.id
        step(session, ticket, "closed", utcnow())
        record(session, ticket, actor, "merge", ticket.number, target.number)
        hush(session, ticket)
    return target


def _live(session: Session, ticket_id: int) -> Ticket:
    ticket = locks.row(session, Ticket, ticket_id)
    if ticket.state == "closed":
        raise TicketClosed()
    return ticket
