"""Typed shop settings, kept in the database and edited by admins.

Three kinds of settings exist and no fourth: deployment secrets (environment, `config.py`), shop
settings (one frozen dataclass a feature, here), constants (in code).
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar, get_type_hints

from sqlalchemy import Text, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit, caching
from app.core.actor import Actor
from app.core.db import Base, JsonB
from app.core.errors import Invalid
from app.core.unit_of_work import after_commit, in_unit, unit_of_work

S = TypeVar("S")
CACHE_SECONDS = 5.0
_cache: dict[str, tuple[float, Any]] = {}


def setting(
    default: Any,
    label: Any,
    help: Any = "",
    *,
    needed: bool = False,
    area: bool = False,
    least: int = 0,
    choices: Sequence[tuple[str, Any]] = (),
) -> Any:
    """A field of a settings dataclass that people may change in the back office, and how it is called.

    The dataclass itself carries `TITLE`, `HELP`, `ICON` and `POSITION` for its group, and may have
    `problems() -> {field: message}` for what does not fit together.
    """
    about = {"label": label, "help": help, "needed": needed, "area": area, "least": least, "choices": choices}
    return dataclasses.field(default=default, metadata=about)


class SettingRow(Base):
    """The changed values of one settings dataclass, by its feature's name."""

    __tablename__ = "core_setting"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JsonB)


def name_of(kind: type[Any]) -> str:
    """The stable name of a settings dataclass: feature and class."""
    return f"{kind.__module__.split('.')[1]}.{kind.__name__}"


def get(session: Session, kind: type[S]) -> S:
    """Current settings; defaults of the dataclass where nothing was changed. Cached for 5 s."""
    name = name_of(kind)
    held = _cache.get(name)
    if held and held[0] > time.monotonic():
        return held[1]
    value = _made(kind, session.scalar(select(SettingRow.values).where(SettingRow.name == name)))
    _cache[name] = (time.monotonic() + CACHE_SECONDS, value)
    return value


def held(session: Session, kind: type[S]) -> S:
    """Current settings, not the kept ones; nobody else changes them until the current unit ends."""
    if not in_unit(session):
        raise RuntimeError("settings are held in an open unit of work")
    name = name_of(kind)
    session.execute(insert(SettingRow).values(name=name, values={}).on_conflict_do_nothing())
    query = select(SettingRow.values).where(SettingRow.name == name)
    return _made(kind, session.scalar(query.with_for_update()))


def _made(kind: type[S], stored: dict[str, Any] | None) -> S:
    stored, hints = stored or {}, get_type_hints(kind)
    fields = [field.name for field in dataclasses.fields(kind)]  # type: ignore[arg-type]
    return kind(**{field: _typed(stored[field], hints[field]) for field in fields if field in stored})


def _typed(value: Any, hint: Any) -> Any:
    if hint is Decimal:
        return Decimal(value)
    if isinstance(value, list):
        return tuple(value)
    return value


def change(session: Session, kind: type[S], *, actor: Actor, **values: Any) -> S:
    """Change some settings and note who did it.

    Raises:
        Invalid: for a name the dataclass does not have.
    """
    fields = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = set(values) - fields
    if unknown:
        raise Invalid(field=min(unknown))
    name = name_of(kind)
    with unit_of_work(session):
        before = held(session, kind)
        after = dataclasses.replace(before, **values)  # type: ignore[type-var]
        plain = {k: str(v) if isinstance(v, Decimal) else v for k, v in dataclasses.asdict(after).items()}  # type: ignore[call-overload]
        upsert = insert(SettingRow).values(name=name, values=plain)
        session.execute(upsert.on_conflict_do_update(index_elements=["name"], set_={"values": plain}))
        audit.record(
            session, actor=actor, action="settings.change", entity="core_setting", entity_id=name,
            before=dataclasses.asdict(before), after=dataclasses.asdict(after),  # type: ignore[call-overload]
        )  # fmt: skip
        after_commit(session, lambda: _forget(name))
    return after


def _forget(name: str) -> None:
    _cache.pop(name, None)
    caching.purge("settings")


def forget() -> None:
    """Drop what this process remembers; used between tests."""
    _cache.clear()
