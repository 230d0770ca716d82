"""Figures on the first page: each feature declares its own, the page only lays them out.

In a manifest: `Slot("admin.home", orders_today, position=10)` with

    def orders_today(session: Session) -> Tile:
        return Tile(_("Orders today"), 12, url="/admin/order/list/", trend=0.2, view="OrderView")

`trend` is the change against the period before as a fraction (0.2 is "+20 %"), None when there is
nothing to compare with. `view` names the screen whose list a person must be allowed to see. Where a figure asks
for something to be done, `right` names what a person must be allowed to do there (`right="paid_back"`, an action):
whoever may only look is not called to work.
Steps of the welcome are slots too: `Slot("admin.home.steps", step)` with `step(session) -> Step | None`
(None once it is done).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from babel.numbers import format_percent
from flask import current_app
from flask_babel import format_decimal, get_locale
from sqlalchemy.orm import Session

from app.core import slots
from app.core.admin.context import database
from app.core.admin.formats import money
from app.core.money import Money

log = structlog.get_logger("core.admin.tiles")
SLOT = "admin.home"
STEPS = "admin.home.steps"


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure. `value` is a number, Money or text; `tone` is "", "good", "wait" or "bad"."""

    label: Any
    value: Any
    url: str = ""
    trend: float | None = None
    note: Any = ""
    icon: str = ""
    tone: str = ""
    view: str = ""
    less_is_better: bool = False
    right: str = "can_list"

    @property
    def text(self) -> Any:
        """The figure in the reader's language."""
        if isinstance(self.value, Money):
            return money(self.value)
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return format_decimal(self.value)
        return self.value

    @property
    def trend_text(self) -> str:
        """The change with its sign."""
        change = self.trend or 0.0
        words = format_percent(abs(change), locale=get_locale() or "en")
        return ("+" if change > 0 else "−" if change < 0 else "") + words

    @property
    def direction(self) -> str:
        """good, bad or flat: how a person should feel about the change."""
        if not self.trend:
            return "flat"
        return "good" if (self.trend > 0) != self.less_is_better else "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """Something a new shop still needs: a link with a sentence. `view` and `right` as in `Tile`."""

    label: Any
    url: str
    icon: str = "check"
    view: str = ""
    right: str = "can_list"


def collect(session: Session) -> list[Tile]:
    """The figures this person may see, in order. A figure that fails is logged and left out."""
    return [tile for tile in _filled(SLOT, session) if _may(tile.view, tile.right)]


def steps() -> list[Step]:
    """What a new shop still needs, as far as this person may do it."""
    return [step for step in _filled(STEPS, database()) if _may(step.view, step.right)]


def _filled(name: str, session: Session) -> Iterable[Any]:
    for slot in slots.filling(name):
        made = _ask(slot.render, session)
        if made is not None:
            yield from made if isinstance(made, list | tuple) else (made,)


def _ask(call: Callable[..., Any], session: Session) -> Any:
    try:
        with session.begin_nested():
            return call(session)
    except Exception:  # one feature's broken figure must not close the first page
        log.exception("a figure of the first page failed", figure=getattr(call, "__name__", repr(call)))
        return None


def _may(view: str, right: str = "can_list") -> bool:
    sm = current_app.appbuilder.sm
    return not view or all(bool(sm.has_access(one, view)) for one in {"can_list", right})
