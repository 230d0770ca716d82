"""The transactional outbox: an announcement commits with the change it announces.

One row per (event, handler). Delivery locks the row, runs the handler and marks the row done in one
transaction, so a handler's own database changes happen exactly once; whatever it does outside may
happen twice and must bear it. `app.core.dispatch` delivers: inline handlers at once in the process
that committed, all others in the dispatcher, which sweeps up whatever was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, Integer, Text, func, insert, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.db import Base, JsonB, Timestamp, pk
from app.core.event import Event
from app.core.unit_of_work import after_commit

HandlerFunction = Callable[[Session, Any], None]
MAX_ATTEMPTS = 20


class OutboxRow(Base):
    """One event to be delivered to one handler. `done_at` is set when it has been."""

    __tablename__ = "core_outbox"
    __table_args__ = (
        Index(
            "ix_core_outbox_due",
            "due_at",
            "id",
            postgresql_where=text("done_at IS NULL AND NOT dead"),
        ),
        Index(
            "ix_core_outbox_done",
            "done_at",
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = pk()
    kind: Mapped[str] = mapped_column(Text)
    handler: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JsonB)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None] = mapped_column(Timestamp)
    dead: Mapped[bool] = mapped_column(Boolean, server_default="false")


@dataclass(frozen=True, slots=True)
class Handler:
    """A feature's reaction to an event: `fn(session, event)`. Inline ones run right after commit."""

    event: type[Event]
    fn: HandlerFunction
    inline: bool = False

    @property
    def name(self) -> str:
        """Stable name in the outbox: module path and function."""
        return f"{self.fn.__module__}.{self.fn.__qualname__}"

    @property
    def tells_people(self) -> bool:
        """True for handlers that write mails or speak to open pages: silent for orders of the past."""
        return self.fn.__module__.endswith(".messages") or self.fn.__name__.startswith("live_")


_QUIET = "outbox.quiet"
_HANDLERS: dict[str, list[Handler]] = {}
_BY_NAME: dict[str, Handler] = {}
_wake: list[Callable[[list[int], list[int]], None]] = []


def register(handlers: Iterable[Handler]) -> None:
    """Make handlers known; one function may hear several events. The same handler twice is a no-op.

    Raises:
        ValueError: the same function is to run inline for one event and later for another.
    """
    for handler in handlers:
        if _BY_NAME.setdefault(handler.name, handler).inline != handler.inline:
            raise ValueError(f"{handler.name} is inline for one event and not for another")
        known = _HANDLERS.setdefault(handler.event.kind, [])
        if all(handler.name != other.name for other in known):
            known.append(handler)


def handler_named(name: str) -> Handler | None:
    """The handler an outbox row speaks of, if this version of the shop still has it."""
    return _BY_NAME.get(name)


def on_committed(call: Callable[[list[int], list[int]], None]) -> None:
    """Set who is told (inline row ids, other row ids) after a commit: the dispatcher's doorbell."""
    _wake[:] = [call]


@contextmanager
def quietly(session: Session) -> Iterator[None]:
    """Announce without telling anybody: for imports and demos, whose orders are long over."""
    session.info[_QUIET] = True
    try:
        yield
    finally:
        session.info.pop(_QUIET, None)


def publish(session: Session, *events: Event) -> None:
    """Announce events with the current unit of work. Nothing leaves if the unit is rolled back."""
    quiet = session.info.get(_QUIET, False)
    rows = [
        {"kind": event.kind, "handler": handler.name, "body": event.body()}
        for event in events
        for handler in _HANDLERS.get(event.kind, ())
        if not (quiet and handler.tells_people)
    ]
    if not rows:
        return
    result = session.execute(insert(OutboxRow).returning(OutboxRow.id, OutboxRow.handler), rows)
    inline: list[int] = []
    other: list[int] = []
    for row_id, name in result:
        (inline if _BY_NAME[name].inline else other).append(row_id)
    if _wake:
        after_commit(session, lambda: _wake[0](inline, other) if _wake else None)
