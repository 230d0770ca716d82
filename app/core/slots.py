"""Slots: named places in a page that other features may fill, without the page knowing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Slot:
    """Fills the place `name` with what `render(**values)` returns; lower `position` comes first."""

    name: str
    render: Callable[..., str]
    position: int = 100


_slots: dict[str, list[Slot]] = {}


def register(slots: Iterable[Slot]) -> None:
    """Make fillings known. Registering the same one twice is a no-op."""
    for slot in slots:
        filled = _slots.setdefault(slot.name, [])
        if slot not in filled:
            filled.append(slot)
            filled.sort(key=lambda s: s.position)


def render(name: str, **values: Any) -> Markup:
    """Everything that features put into this place, in order."""
    filled = (slot.render(**values) for slot in _slots.get(name, ()))
    return Markup("").join(Markup(html) for html in filled)  # noqa: S704 - rendered templates


def filling(name: str) -> tuple[Slot, ...]:
    """The fillings themselves, in order: for places that want values, not markup."""
    return tuple(_slots.get(name, ()))


def is_filled(name: str) -> bool:
    """True when at least one feature fills this place."""
    return bool(_slots.get(name))
