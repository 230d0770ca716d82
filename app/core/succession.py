"""Versions that take each other's place: one waits in shadow, one serves, those before it rest and may come back.

A version is a row with `state`, `reason`, `promoted_at` and `retired_at`; unique indexes admit one champion and one
shadow. What it holds stands in tables of its own, which the row outlives. Steps are taken one at a time, under a lock
that lasts until the transaction ends. Who may enter, and what has to be shown for it, is its owner's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from app.core import audit, caching
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.errors import ShopError
from app.core.unit_of_work import after_commit, unit_of_work


@dataclass(frozen=True, slots=True)
class Succession:
    """The steps of one kind of version.

    `holdings` are the columns by which tables point to the version they belong to; the first one says whether anything
    is left. `word` is what the one in use does ("serves"), for the audit, whose actions begin with `verb`.
    """

    model: Any
    lock_key: int
    holdings: tuple[Any, ...]
    keep: int
    """Versions whose holdings are kept beside the one in use: so far one can go back."""
    entity: str
    verb: str
    word: str
    caches: str
    missing: type[ShopError]
    unproven: type[ShopError]
    reasons: Mapping[str, Any]

    def lock(self, session: Session) -> None:
        """Nobody else takes a step until this transaction ends."""
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": self.lock_key})

    def take(self, session: Session, number: int) -> Any:
        """A version as it stands now, its row locked; None if there is none."""
        return session.get(self.model, number, with_for_update=True, populate_existing=True)

    def is_kept(self, session: Session, number: int) -> bool:
        """Whether what a version holds is still there."""
        return bool(session.scalar(select(exists().where(self.holdings[0] == number))))

    def note(self, session: Session, version: Any, actor: Actor) -> None:
        """Write down what became of a version."""
        audit.record(
            session, actor=actor, action=f"{self.verb}.judge", entity=self.entity, entity_id=version.id,
            after={"state": version.state, "reason": version.reason},
        )  # fmt: skip

    def set_aside(self, session: Session, version: Any, reason: str, actor: Actor) -> None:
        """Refuse a version: what it holds goes, its figures stay."""
        version.state, version.reason = "refused", reason
        for column in self.holdings:
            session.execute(delete(column.class_).where(column == version.id))
        self.note(session, version, actor)

    def switch(
        self, session: Session, version: Any, reason: str, actor: Actor, gone: str = "replaced"
    ) -> None:
        """Let this version serve, or none: the unique index admits one, so the other goes first."""
        now = utcnow()
        before = session.scalar(select(self.model).where(self.model.state == "champion").with_for_update())
        if before is not None:
            before.state, before.reason, before.retired_at = "retired", gone, now
            session.flush()
        if version is not None:
            version.state, version.reason, version.promoted_at, version.retired_at = (
                "champion",
                reason,
                now,
                None,
            )
            session.flush()
        was, serves = before.id if before is not None else None, version.id if version is not None else None
        audit.record(
            session, actor=actor, action=f"{self.verb}.switch", entity=self.entity, entity_id=serves or was or 0,
            before={self.word: was}, after={self.word: serves, "reason": reason},
        )  # fmt: skip
        after_commit(session, lambda: caching.purge(self.caches, "pages"))

    def forget_old(self, session: Session) -> None:
        """Drop what old versions hold; their figures stay."""
        row = self.model
        served = select(row.id).where(row.promoted_at.is_not(None)).order_by(row.promoted_at.desc())
        waiting = select(row.id).where(row.state == "shadow")
        ids = [*session.scalars(served.limit(self.keep + 1)), *session.scalars(waiting)]
        for column in self.holdings:
            session.execute(delete(column.class_).where(column.not_in(ids)))

    def withdraw(self, session: Session, number: int, *, actor: Actor) -> Any:
        """Take a version out of the shadow: it is refused. A repeat changes nothing.

        Raises:
            missing: there is none, or it does not wait in shadow.
        """
        with unit_of_work(session):
            self.lock(session)
            held = self.take(session, number)
            if held is not None and (held.state, held.reason) == ("refused", "withdrawn"):
                return held
            if held is None or held.state != "shadow":
                raise self.missing()
            self.set_aside(session, held, "withdrawn", actor)
            return held

    def promote(self, session: Session, number: int, *, actor: Actor) -> Any:
        """Put a version in use again that had been in use. A repeat changes nothing.

        Raises:
            missing: what it holds is gone, or there is none. unproven: it was refused, or waits in shadow.
        """
        with unit_of_work(session):
            self.lock(session)
            held = self.take(session, number)
            if held is None:
                raise self.missing()
            if held.state in ("refused", "shadow"):
                raise self.unproven(reason=str(self.reasons.get(held.reason, held.reason)))
            if held.state != "champion":
                if not self.is_kept(session, number):
                    raise self.missing()
                self.switch(session, held, "chosen", actor)
            return held
