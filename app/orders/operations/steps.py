"""Moves orders from state to state. Lock order: order first, then payments, stock and coupons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, locks
from app.core.actor import Actor
from app.core.event import Event
from app.core.outbox import publish
from app.core.state_machine import IllegalTransition
from app.core.unit_of_work import unit_of_work
from app.events import orders as events
from app.inventory import operations as inventory
from app.orders import history
from app.orders.models import Order
from app.orders.states import ORDER


def locked_trace(session: Session, order_id: int, step: str, actor: Actor) -> AbstractContextManager[None]:
    """What is refused inside leaves its trace in the audit log."""
    return history.refusals_audited(session, actor=actor, action=f"order.{step}", order_id=order_id)


@contextmanager
def locked_for(session: Session, order_id: int, step: str, actor: Actor) -> Iterator[Order]:
    """Lock an order for a step; an illegal step leaves its trace in the audit log and passes on.

    Raises:
        NotFound: when there is no such order.
    """
    with locked_trace(session, order_id, step, actor), unit_of_work(session):
        yield locks.row(session, Order, order_id)


def take_step(
    session: Session, order: Order, step: str, kind: str, event: Event, actor: Actor, **data: Any
) -> None:
    """The part every transition shares: the machine, the timeline, the audit log, one event."""
    before = order.state
    ORDER.transition(order, step)
    session.flush()
    history.write(session, order_id=order.id, kind=kind, actor=actor, state=order.state, data=data)
    if actor.kind == "staff":
        audit.record(
            session, actor=actor, action=f"order.{step}", entity="orders_order", entity_id=order.id,
            before={"state": before}, after={"state": order.state, **data},
        )  # fmt: skip
    publish(session, event)


def confirm(session: Session, *, order_id: int, actor: Actor) -> None:
    """Promise to carry the order out although its money comes later.

    It no longer expires, and its goods are sold from now on.

    Raises:
        IllegalTransition: unless it is pending.
    """
    with locked_for(session, order_id, "confirm", actor) as order:
        order.expires_at = None
        take_step(session, order, "confirm", "confirmed", events.OrderConfirmed(order_id=order.id), actor)
        inventory.claim(session, holder=order.holder, actor=actor)


def pack(session: Session, *, order_id: int, actor: Actor) -> None:
    """Everything lies ready for the carrier.

    Raises:
        IllegalTransition: unless the order is confirmed or paid.
    """
    with locked_for(session, order_id, "pack", actor) as order:
        take_step(session, order, "pack", "packed", events.OrderPacked(order_id=order.id), actor)


def ship(session: Session, *, order_id: int, actor: Actor, **data: Any) -> None:
    """The last parcel has left; `data` (carrier, tracking number) goes into the timeline.

    Raises:
        IllegalTransition: unless the order is confirmed, paid or packed.
    """
    with locked_for(session, order_id, "ship", actor) as order:
        take_step(session, order, "ship", "shipped", events.OrderShipped(order_id=order.id), actor, **data)


def deliver(session: Session, *, order_id: int, actor: Actor) -> None:
    """Every parcel has arrived.

    Raises:
        IllegalTransition: unless the order is shipped.
    """
    with locked_for(session, order_id, "deliver", actor) as order:
        take_step(session, order, "deliver", "delivered", events.OrderDelivered(order_id=order.id), actor)


def return_order(session: Session, *, order_id: int, actor: Actor) -> None:
    """Everything came back. Restocking and refunds are decisions of their own.

    Raises:
        IllegalTransition: unless the order is shipped or delivered.
    """
    with locked_for(session, order_id, "return", actor) as order:
        take_step(session, order, "return", "returned", events.OrderReturned(order_id=order.id), actor)


def note_if_illegal(session: Session, *, order_id: int, step: str, actor: Actor) -> None:
    """For doors that refuse by themselves: leave the trace of a step the order's state does not allow.

    Does nothing for a step that would be allowed, or that no machine knows.
    """
    state = session.scalar(select(Order.state).where(Order.id == order_id))
    transition = ORDER.transitions.get(step)
    if state is None or transition is None or state in transition.sources:
        return
    with suppress(IllegalTransition), locked_trace(session, order_id, step, actor):
        raise IllegalTransition(event=step, state=state)
