"""Idempotency keys: the same key and body give the stored answer, another body is refused.

The key row is inserted first, in the same transaction as the work: of two equal requests the second
waits on the unique index until the first has committed, and then finds its answer.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import utcnow
from app.core.db import Base, JsonB, Timestamp
from app.core.errors import Invalid
from app.core.unit_of_work import in_unit, unit_of_work


class IdempotencyMismatch(Invalid):
    """The key was used before with other content."""

    code = "idempotency_mismatch"
    message = _l("This idempotency key was already used for another request.")


class IdempotencyRow(Base):
    """A key, the fingerprint of its request and the answer that was given."""

    __tablename__ = "core_idempotency"

    scope: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JsonB)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now(), index=True)


def fingerprint(body: Any) -> str:
    """A hash of the request's content, independent of key order."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def begin(session: Session, *, scope: str, key: str, body: Any) -> dict[str, Any] | None:
    """Claim a key inside the current unit. Returns the stored answer when the work was done before.

    Raises:
        IdempotencyMismatch: the key belongs to another body.
        Invalid: the key is empty or longer than 255 characters.
    """
    if not in_unit(session):
        raise RuntimeError("idempotency needs an open unit of work")
    if not key or len(key) > 255 or not key.isprintable():
        raise Invalid(
            _l("The idempotency key must be 1 to 255 printable characters."),
            field="Idempotency-Key",
        )
    mark = fingerprint(body)
    claimed = session.execute(
        insert(IdempotencyRow)
        .values(scope=scope, key=key, fingerprint=mark)
        .on_conflict_do_nothing()
        .returning(IdempotencyRow.key)
    ).first()
    if claimed is not None:
        return None
    row = session.execute(
        select(IdempotencyRow.fingerprint, IdempotencyRow.answer).where(
            IdempotencyRow.scope == scope, IdempotencyRow.key == key
        )
    ).one()
    if row.fingerprint != mark:
        raise IdempotencyMismatch()
    return row.answer or {}


def finish(session: Session, *, scope: str, key: str, answer: dict[str, Any]) -> None:
    """Store the answer with the work it answers."""
    session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.scope == scope, IdempotencyRow.key == key)
        .values(answer=answer)
    )


def clean(session: Session, keep: timedelta = timedelta(days=2)) -> None:
    """Forget old keys."""
    with unit_of_work(session):
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < utcnow() - keep))
