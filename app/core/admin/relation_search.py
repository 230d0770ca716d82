"""Relations by search-as-you-type: a form never loads the related table.

The widget asks `<view>/related/<column>?q=` and gets at most twenty rows; saving checks the one
chosen key. Both obey the ownership rule of the related model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, inspect, or_, select
from sqlalchemy.orm import Session

from app.core.admin import ownership
from app.core.admin.values import MAX_TEXT, parse_key, storable

PER_SEARCH = 20
MOST_LABELS = 1_000
"""So many rows are read to find one by a label that no column holds."""
_USUAL = (
    "name",
    "title",
    "label",
    "number",
    "sku",
    "code",
    "email",
    "username",
    "slug",
    "key",
    "subject",
    "text",
)


@dataclass(frozen=True, slots=True)
class Related:
    """How rows of a related model are found and named."""

    search: tuple[str, ...] = ()
    label: Callable[[Any], str] | None = None
    where: Callable[[Any], ColumnElement[bool]] | None = None
    order_by: str | None = None
    called: Callable[[str], ColumnElement[bool]] | None = None


def related(
    *search: str,
    label: Callable[[Any], str] | None = None,
    where: Callable[[Any], ColumnElement[bool]] | None = None,
    order_by: str | None = None,
    called: Callable[[str], ColumnElement[bool]] | None = None,
) -> Related:
    """Describe a relation field: `relations = {"brand": related("name")}`.

    `search` are text columns of the related model, `label(row)` names a row, `where(Model)` narrows
    the choice (only active ones), `order_by` is a column of the related model. `called(words)` finds rows by what
    people call them where no column holds that: names in the reader's language.
    """
    return Related(search, label, where, order_by, called)


def search_columns(model: type[Any], spec: Related) -> list[Any]:
    """The attributes that are searched: those declared, else the usual names the model has."""
    columns = inspect(model).columns
    names = spec.search or tuple(name for name in _USUAL if name in columns)[:3]
    return [getattr(model, name) for name in names]


def label_of(row: Any, spec: Related) -> str:
    """What a person reads for a row."""
    if row is None:
        return ""
    if spec.label is not None:
        return str(spec.label(row))
    if "__str__" in type(row).__dict__:
        return str(row)
    columns = inspect(type(row)).columns
    for name in (*spec.search, *_USUAL):
        if name in columns and getattr(row, name) not in (None, ""):
            return str(getattr(row, name))
    return f"#{key_of(row)}"


def key_of(row: Any) -> Any:
    """The primary key of a row (the first column of a compound one)."""
    mapper = inspect(type(row))
    return getattr(row, mapper.get_property_by_column(mapper.primary_key[0]).key)


def _base(model: type[Any], spec: Related) -> Select[Any]:
    statement = ownership.restrict(select(model), model)
    return statement if spec.where is None else statement.where(spec.where(model))


def find(session: Session, model: type[Any], spec: Related, words: str, limit: int = PER_SEARCH) -> list[Any]:
    """Rows whose text contains the words; those that begin with them come first."""
    statement = _base(model, spec)
    words = words.strip()[:MAX_TEXT]
    if words:
        if not storable(words):
            return []
        columns = search_columns(model, spec)
        if not columns:
            key = parse_key(inspect(model).primary_key[0], words)
            return rows_of(session, model, spec, [key]) if key is not None else []
        found = [cast(c, String).icontains(words, autoescape=True) for c in columns]
        statement = statement.where(or_(*found, *([spec.called(words)] if spec.called else [])))
    if spec.order_by:
        statement = statement.order_by(getattr(model, spec.order_by))
    elif not words:
        statement = statement.order_by(*inspect(model).primary_key)
    rows = list(session.scalars(statement.limit(limit)).unique())
    if not spec.order_by and words:
        rows.sort(
            key=lambda row: (not label_of(row, spec).lower().startswith(words.lower()), label_of(row, spec))
        )
    return rows


def exactly(session: Session, model: type[Any], spec: Related, words: str) -> list[Any]:
    """The rows that are called exactly so, at most two: by a searched column, else by their label."""
    if not words or len(words) > MAX_TEXT or not storable(words):
        return []
    names = [name for name in dict.fromkeys((*spec.search, *_USUAL)) if name in inspect(model).columns]
    several: list[Any] = []
    for name in names:
        same = cast(getattr(model, name), String) == words
        rows = list(session.scalars(_base(model, spec).where(same).limit(2)).unique())
        if len(rows) == 1:
            return rows
        several = several or rows
    if several or (spec.label is None and "__str__" not in model.__dict__):
        return several
    rows = list(session.scalars(_base(model, spec).limit(MOST_LABELS)).unique())
    return [row for row in rows if words in (label_of(row, spec), label_of(row, Related()))][:2]


def rows_of(session: Session, model: type[Any], spec: Related, keys: Sequence[Any]) -> list[Any]:
    """The rows with these keys that this person may choose."""
    column = inspect(model).primary_key[0]
    wanted = [key for key in (parse_key(column, raw) for raw in keys) if key is not None]
    if not wanted:
        return []
    return list(session.scalars(_base(model, spec).where(column.in_(wanted))).unique())


def as_choices(rows: Iterable[Any], spec: Related) -> list[dict[str, str]]:
    """The rows as the widget wants them."""
    return [{"id": str(key_of(row)), "label": label_of(row, spec)} for row in rows]
