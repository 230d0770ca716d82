"""Records that people fill in (pages, articles, boards): what stands, what was given, what is wrong, the note of it.

The caller owns the transaction, the locks and what has to be forgotten after the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.db import Base
from app.core.errors import InvalidFields

R = TypeVar("R", bound=Base)
Check = Callable[[dict[str, Any]], dict[str, Any]]


def save(
    session: Session, row: R | None, make: Callable[[], R], *, actor: Actor, defaults: Mapping[str, Any],
    values: Mapping[str, Any], check: Check,
) -> R:  # fmt: skip
    """Write what was given over what stands, or over the defaults of a new record, and note it in the audit log.

    Only the fields of `defaults` are taken; None stands for the default. `check` answers what is wrong with each field;
    it may clean what it is given and add columns to it. Mappings are copies, so that it never reaches into the row.

    Raises:
        InvalidFields: naming each wrong field.
    """
    before = None if row is None else {name: getattr(row, name) for name in defaults}
    given = {**defaults, **(before or {}), **{k: v for k, v in values.items() if k in defaults}}
    given = {name: defaults[name] if value is None else value for name, value in given.items()}
    given = {name: deepcopy(value) if isinstance(value, Mapping) else value for name, value in given.items()}
    if errors := check(given):
        raise InvalidFields(errors)
    if row is None:
        row = make()
        session.add(row)
    for name, value in given.items():
        setattr(row, name, value)
    session.flush()
    _note(session, row, "save", actor, before=before, after={name: given[name] for name in defaults})
    return row


def remove(session: Session, row: Base, *, actor: Actor, noted: Iterable[str]) -> None:
    """Delete a record and note in the audit log what these fields of it held."""
    before = {name: getattr(row, name) for name in noted}
    session.delete(row)
    _note(session, row, "remove", actor, before=before)


def _note(session: Session, row: Base, verb: str, actor: Actor, **what: Any) -> None:
    kind, row_id = row.__tablename__, row.id
    audit.record(session, actor=actor, action=f"{kind}.{verb}", entity=kind, entity_id=row_id, **what)
