"""Writes the timeline, and notes refused steps in the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.orders.models import History


def write(
    session: Session,
    *,
    order_id: int,
    kind: str,
    actor: Actor,
    state: str | None = None,
    data: Mapping[str, Any] | None = None,
    is_public: bool = True,
) -> None:
    """Add an entry with the current unit of work."""
    session.execute(
        insert(History).values(
            order_id=order_id,
            kind=kind,
            state=state,
            data=dict(data or {}),
            is_public=is_public,
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            actor_label=actor.label,
        )
    )


def write_steps(session: Session, *, order_id: int, steps: Sequence[tuple[str, str]], actor: Actor) -> None:
    """Add several steps, as (kind, state), with one statement."""
    rows = [
        {
            "order_id": order_id,
            "kind": kind,
            "state": state,
            "actor_kind": actor.kind,
            "actor_user_id": actor.user_id,
            "actor_label": actor.label,
        }
        for kind, state in steps
    ]
    session.execute(insert(History), rows)


@contextmanager
def refusals_audited(session: Session, *, actor: Actor, action: str, order_id: int) -> Iterator[None]:
    """Let an illegal step of an order through, but leave a trace of the attempt (see `audit.refusals`)."""
    with audit.refusals(session, actor=actor, action=action, entity="orders_order", entity_id=order_id):
        yield
