"""What somebody may do on a screen of the back office: doors that do a screen's work ask for the screen's rights."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from sqlalchemy import ColumnElement

from app.core.admin.context import database
from app.core.errors import Forbidden


def screen(name: str) -> Any:
    """The screen of this name ("OrderView")."""
    views: list[Any] = current_app.appbuilder.baseviews  # type: ignore[attr-defined]
    return next(view for view in views if type(view).__name__ == name)


def may(person: Any, right: str) -> bool:
    """True when this person has the right ("OrderView.ship") of a screen; never for a stranger."""
    name, _dot, method = right.partition(".")
    g.admin_person = person
    return person is not None and bool(screen(name).can(method))


def ask(person: Any, right: str) -> None:
    """Let only those pass who have the right.

    Raises:
        Forbidden: the right is missing.
    """
    if not may(person, right):
        raise Forbidden()


def row(person: Any, name: str, condition: ColumnElement[bool]) -> Any | None:
    """The one row that fits and that this person may see on the screen; None for somebody else's."""
    g.admin_person = person
    return database().scalars(screen(name).visible().where(condition)).unique().one_or_none()
