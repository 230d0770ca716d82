"""Which fields of a screen a table may fill, and which column of a table means which field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.i18n import LANGUAGES, speak

_NO_CELL = ("File", "Hidden", "CSRF", "Password")


@dataclass(frozen=True, slots=True)
class Column:
    """A field as an import sees it. `titles` are the headings it is recognised by, in every language."""

    name: str
    label: str
    titles: frozenset[str] = field(default_factory=frozenset)
    is_key: bool = False
    is_needed: bool = False
    is_only_new: bool = False
    help: str = ""


def columns(view: Any) -> list[Column]:
    """Everything that a table may bring for this screen, what tells rows apart first."""
    add = view.new_form() if view.can_ever("add") else ()
    edit = view.edit_form(None, meta={"csrf": False}) if view.can_ever("edit") else ()
    adding, editing = dict(_fields(view, add)), dict(_fields(view, edit))
    found = adding | {name: f for name, f in editing.items() if name not in adding}
    sections = _sections(view)
    labels = [str(f.label.text) for f in found.values()]
    keys = set(view.imports.names)
    made = []
    for name, form_field in found.items():
        section = sections.get(name) if labels.count(str(form_field.label.text)) > 1 else None
        made.append(
            Column(
                name, _label(form_field.label.text, section), _titles(view, name, form_field.label.text, section),
                name in keys, name in adding and bool(form_field.flags.required), bool(editing) and name not in editing,
                str(form_field.description or ""),
            )
        )  # fmt: skip
    for name in view.imports.names:
        if name not in found:
            label = view.label_columns.get(name, name)
            made.append(Column(name, str(label), _titles(view, name, label, None), is_key=True))
    return sorted(made, key=lambda column: not column.is_key)


def _fields(view: Any, form: Any) -> Iterator[tuple[str, Any]]:
    for form_field in form:
        told = any(word in form_field.type for word in _NO_CELL)
        if not told and form_field.name not in view.imports.leave_out and form_field.name != "csrf_token":
            yield form_field.name, form_field


def _sections(view: Any) -> dict[str, Any]:
    fieldsets = [*(view.add_fieldsets or ()), *(view.edit_fieldsets or ())]
    return {name: title for title, options in fieldsets for name in options["fields"]}


def _label(label: Any, section: Any) -> str:
    return f"{label} ({section})" if section else str(label)


def _titles(view: Any, name: str, label: Any, section: Any) -> frozenset[str]:
    found = {normal(name)}
    if name.endswith("_id"):
        found.add(normal(name.removesuffix("_id")))
    for language in LANGUAGES:
        with speak(language):
            found.add(normal(_label(label, section)))
            if not section:
                found.add(normal(str(view.label_columns.get(name, name))))
    return frozenset(found - {""})


def normal(title: str) -> str:
    """A heading without capitals, spaces and signs."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def guess(header: Sequence[str], found: Sequence[Column]) -> dict[str, int]:
    """For each field the column whose heading is its name or label; each column means one field."""
    titles = [normal(title) for title in header]
    taken: dict[str, int] = {}
    for knows in (lambda c: {normal(c.name), normal(c.label)}, lambda c: c.titles):
        for column in found:
            if column.name in taken:
                continue
            at = next(
                (i for i, t in enumerate(titles) if t in knows(column) and i not in taken.values()), None
            )
            if at is not None:
                taken[column.name] = at
    return taken


def cells_of(row: Sequence[str], mapping: Mapping[str, int], fixed: Mapping[str, str]) -> dict[str, str]:
    """A row's cells by field; a field without a column has its fixed value."""
    cells = {name: row[at] if at < len(row) else "" for name, at in mapping.items()}
    return cells | {name: value for name, value in fixed.items() if name not in mapping}
