"""The manifest by which a feature declares itself; `app.bootstrap` collects them, nobody else does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.core.outbox import Handler
from app.core.slots import Slot

__all__ = ["Admin", "Check", "Every", "Feature", "Handler", "IndexFields", "Slot"]


@dataclass(frozen=True, slots=True)
class Admin:
    """A screen of the back office and its place in the sidebar."""

    view: type[Any]
    label: Any
    category: str = ""
    icon: str = ""
    position: int = 100
    in_menu: bool = True


@dataclass(frozen=True, slots=True)
class Every:
    """A schedule: run the job `job` every so many seconds (one holder in the whole fleet)."""

    seconds: int
    job: str


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant of the shop: `find(session)` returns a sentence for each violation."""

    name: str
    find: Callable[[Session], list[str]]


IndexFields = Callable[[Session, list[int]], dict[int, dict[str, Any]]]
"""Given product ids, what this feature knows of them for the search document."""


@dataclass(frozen=True)
class Feature:
    """What one package brings to the house. Everything but the name is optional."""

    name: str
    models: Any = None
    blueprints: tuple[Any, ...] = ()
    admin: tuple[Admin, ...] = ()
    handlers: tuple[Handler, ...] = ()
    jobs: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    slow_jobs: tuple[str, ...] = ()
    """Those of `jobs` that take minutes by nature: they wait for each other and never hold up the others."""
    schedules: tuple[Every, ...] = ()
    permissions: tuple[str, ...] = ()
    settings: type[Any] | None = None
    slots: tuple[Slot, ...] = ()
    checks: tuple[Check, ...] = ()
    cli: tuple[Any, ...] = ()
    index_fields: IndexFields | None = None
    personal_data: tuple[Any, ...] = ()
    setup: Callable[[Any], None] | None = None
    """Called once with the Flask application, for what no other entry covers (Socket.IO, filters)."""


_features: list[Feature] = []


def collect(features: Iterable[Feature]) -> None:
    """Set the features of this process, in the order of the floors."""
    _features[:] = features


def collected() -> tuple[Feature, ...]:
    """The features of this process."""
    return tuple(_features)
