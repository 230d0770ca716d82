"""Beside a row: what belongs to it, and who changed what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.admin import formats, ownership
from app.core.admin.context import database
from app.core.audit import AuditRow

PER_RELATED_LIST = 10
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history: who, when, and each field before and after."""

    at: datetime
    who: str
    action: str
    fields: list[tuple[str, Any, Any]]
    words: Any = ""

    @property
    def title(self) -> str:
        """What was done, in words: the screen's own, "Changed", "Created", or the action's name."""
        if self.words:
            return str(self.words)
        verb = self.action.rsplit(".", 1)[-1]
        known = {"create": _("Created"), "update": _("Changed"), "delete": _("Deleted")}
        return known.get(verb) or verb.replace("_", " ").capitalize()

    @property
    def when(self) -> Any:
        """The moment, for the eye."""
        return formats.moment(self.at)


@dataclass(frozen=True, slots=True)
class RelatedList:
    """Some rows of another screen that belong to the row shown."""

    view: Any
    columns: list[str]
    rows: list[Any]
    has_more: bool
    all_url: str
    add_url: str


def valued(_name: str, value: Any) -> Any:
    """A value of the audit log for the eye; it keeps days as text."""
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):  # somebody's text that only looks like a day
            value = date.fromisoformat(value)
    return formats.plain(value)


def changes_of(
    row: AuditRow, labels: dict[str, Any], words: Any = "", say: Callable[[str, Any], Any] = valued
) -> Change:
    """An audit row for the eye: only what differs, each value as `say` puts it."""
    before, after = row.before or {}, row.after or {}
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    fields = [
        (
            str(labels.get(name, name.replace("_", " "))),
            say(name, before.get(name)),
            say(name, after.get(name)),
        )
        for name in names[:40]
    ]
    who = _("System") if row.actor_label == SYSTEM.label else row.actor_label
    return Change(row.at, who, row.action, fields, words)


class HistoryMixin:
    """The history panel and the related lists of a show page. `history_words` puts actions into words."""

    history_words: Mapping[str, Any] = {}

    def history(self, item: Any, limit: int = 15) -> list[Change]:
        """The latest entries of the audit log about this row."""
        query = (
            select(AuditRow)
            .where(AuditRow.entity == self.audit_entity, AuditRow.entity_id == self.key_text(item))
            .order_by(AuditRow.id.desc())
            .limit(limit)
        )
        return [
            changes_of(row, self.label_columns, self.history_words.get(row.action, ""), self.history_value)
            for row in database().scalars(query)
        ]

    def history_value(self, name: str, value: Any) -> Any:
        """A value of the history as the screen calls it: codes by its choices."""
        known = (label for key, label in self.choices.get(name, ()) if str(key) == str(value))
        return next(known, None) or valued(name, value)

    def related_lists(self, item: Any) -> list[RelatedList]:
        """Rows of the screens named in `related_views` that point to this row."""
        found = []
        for view in self._related_views:
            if not hasattr(view, "visible") or not view.can("list"):
                continue
            link = self._link_of(view)
            if link is None:
                continue
            key = self.key_of(item)
            model = view.datamodel.obj
            columns = [name for name in view.list_columns if name.split(".")[0] != link]
            attribute = getattr(model, view.datamodel.key_column(link))
            statement = (
                ownership.restrict(view.visible(), model)
                .where(attribute == key)
                .options(*view.loading(columns))
            )
            statement = statement.order_by(model.__mapper__.primary_key[0].desc()).limit(PER_RELATED_LIST + 1)
            rows = list(database().scalars(statement).unique())
            all_url = f"{view.url('list')}?{link}.eq={key}" if link in view.search_columns else ""
            add_url = (
                f"{view.url('add')}?{link}={key}" if link in view.add_columns and view.can("add") else ""
            )
            more = len(rows) > PER_RELATED_LIST
            found.append(RelatedList(view, columns, rows[:PER_RELATED_LIST], more, all_url, add_url))
        return found

    def _link_of(self, view: Any) -> str | None:
        """The column or relationship of another screen's model that points to this one."""
        for name in (*view.datamodel.list_properties,):
            points = view.datamodel.is_relation_many_to_one(name) or (
                name in view.datamodel.list_columns and view.datamodel.is_fk(name)
            )
            if points and view.datamodel.target_of(name) is self.datamodel.obj:
                return name
        return None
