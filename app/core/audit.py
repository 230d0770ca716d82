"""Who changed what, before and after, in a chain of hashes that shows any later tampering.

Each row's hash covers its content and the previous row's hash (SHA-256), so a changed or removed
row breaks the chain from there on. Rows are written inside the unit of work of the change itself;
the chain is closed by `seal`, in commit order, so that writers do not wait for each other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.core.actor import Actor
from app.core.db import Base, JsonB, Timestamp, extra_ddl, pk
from app.core.state_machine import IllegalTransition
from app.core.unit_of_work import unit_of_work

SEAL_LOCK = 7_310_001


class AuditRow(Base):
    """One change. `hash` and `previous_hash` are set when the row is sealed, and then never again."""

    __tablename__ = "core_audit"
    __table_args__ = (
        Index("ix_core_audit_entity", "entity", "entity_id", "id"),
        Index("ix_core_audit_unsealed", "id", postgresql_where=text("hash IS NULL")),
    )

    id: Mapped[int] = pk()
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    actor_kind: Mapped[str] = mapped_column(Text)
    actor_user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_label: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    chain: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    hash: Mapped[str | None] = mapped_column(Text)
    previous_hash: Mapped[str | None] = mapped_column(Text)


extra_ddl(
    "core_audit_append_only",
    """
CREATE FUNCTION core_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.hash IS NOT NULL OR
       (NEW.id, NEW.at, NEW.action, NEW.entity, NEW.entity_id, NEW.before, NEW.after, NEW.actor_label)
       IS DISTINCT FROM
       (OLD.id, OLD.at, OLD.action, OLD.entity, OLD.entity_id, OLD.before, OLD.after, OLD.actor_label)
    THEN
        RAISE EXCEPTION 'the audit log is append-only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_audit
    FOR EACH ROW EXECUTE FUNCTION core_audit_guard();
""",
    """
DROP TRIGGER core_audit_append_only ON core_audit;
DROP FUNCTION core_audit_guard();
""",
)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else json.loads(json.dumps(dict(values), default=str))


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: int | str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note a change with the current unit of work. Values must already be free of secrets."""
    session.execute(
        insert(AuditRow).values(
            actor_kind=actor.kind,
            actor_user_id=actor.user_id,
            actor_label=actor.label,
            action=action,
            entity=entity,
            entity_id=str(entity_id),
            before=_plain(before),
            after=_plain(after),
        )
    )


@contextmanager
def refusals(
    session: Session, *, actor: Actor, action: str, entity: str, entity_id: int | str
) -> Iterator[None]:
    """Let an illegal step through as the refusal it is, but leave a trace: who tried what, from which state.

    The attempt itself is rolled back, so the trace (`<action>.refused`) is written in a transaction of its own.
    """
    bind = session.get_bind()
    try:
        yield
    except IllegalTransition as refusal:
        with sessionmaker(bind)() as own, unit_of_work(own):
            record(
                own, actor=actor, action=f"{action}.refused", entity=entity, entity_id=entity_id,
                before={"state": refusal.params.get("state")}, after={"step": refusal.params.get("event")},
            )  # fmt: skip
        raise


def _digest(row: AuditRow, previous: str) -> str:
    content = [
        previous, row.id, row.at.isoformat(), row.actor_kind, row.actor_user_id, row.actor_label,
        row.action, row.entity, row.entity_id, row.before, row.after,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def seal(session: Session, limit: int = 5000) -> int:
    """Close the chain over rows written since the last time. One process at a time (advisory lock)."""
    with unit_of_work(session):
        session.execute(select(func.pg_advisory_xact_lock(SEAL_LOCK)))
        last = session.execute(
            select(AuditRow.chain, AuditRow.hash)
            .where(AuditRow.chain.is_not(None))
            .order_by(AuditRow.chain.desc())
            .limit(1)
        ).first()
        start, previous = (last.chain, last.hash) if last else (0, "")
        rows = session.scalars(
            select(AuditRow).where(AuditRow.hash.is_(None)).order_by(AuditRow.id).limit(limit)
        ).all()
        for link, row in enumerate(rows, start=start + 1):
            row.chain, row.previous_hash, row.hash = (
                link,
                previous,
                _digest(row, previous),
            )
            previous = row.hash
        return len(rows)


def broken_links(session: Session) -> list[int]:
    """Ids of sealed rows whose hash does not fit their content or their predecessor."""
    wrong: list[int] = []
    previous, expected = "", 1
    query = select(AuditRow).where(AuditRow.chain.is_not(None)).order_by(AuditRow.chain)
    for row in session.scalars(query.execution_options(yield_per=1000)):
        intact = row.chain == expected and row.previous_hash == previous
        expected = (row.chain or 0) + 1
        if not intact or row.hash != _digest(row, previous):
            wrong.append(row.id)
        previous = row.hash or ""
    return wrong
