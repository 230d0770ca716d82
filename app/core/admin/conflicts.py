"""Two people, one row: whoever saves second sees both texts side by side instead of winning blindly.

The form carries a token of the row as it was read: its `version` where it has one, else a
fingerprint of its columns. The database's own version check catches what slips between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import inspect

from app.core.admin import formats

TOKEN = "_token"  # noqa: S105  # the name of a form field
RESOLVE = "_resolve"
_KEEP = "_keep."


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both changed: what is written now and what this person wanted to write."""

    name: str
    label: str
    theirs: Markup
    mine: Markup


def token_of(row: Any) -> str:
    """A text that changes whenever the row does."""
    mapper = inspect(type(row))
    if mapper.version_id_col is not None:
        return f"v{getattr(row, mapper.get_property_by_column(mapper.version_id_col).key)}"
    values = [repr(getattr(row, prop.key)) for prop in sorted(mapper.column_attrs, key=lambda p: p.key)]
    return "h" + hashlib.sha256("\x1f".join(values).encode("utf-8", "replace")).hexdigest()[:24]


def differences(view: Any, mine: Any, theirs: Any) -> list[Difference]:
    """The fields in which the posted form and the form of the saved row differ."""
    found = []
    for field in theirs:
        if field.name == "csrf_token":
            continue
        wanted = mine[field.name]
        if _comparable(field) != _comparable(wanted):
            found.append(Difference(field.name, str(field.label.text), shown(field), shown(wanted)))
    return found


def _comparable(field: Any) -> Any:
    if hasattr(field, "keys"):
        return sorted(str(key) for key in field.keys())  # noqa: SIM118
    return "" if field.data in (None, "") else field.data


def shown(field: Any) -> Markup:
    """The value of a field as a person reads it."""
    if hasattr(field, "chosen"):
        return Markup(", ").join(label for _key, label in field.chosen()) or formats.nothing()
    if hasattr(field, "pairs") and field.data is not None:
        label = next(
            (text for value, text in field.pairs if field.read(value) == field.data),
            field.data,
        )
        return Markup("{}").format(label)
    if field.data is None and field.raw_data:
        return Markup("{}").format(field.raw_data[0])
    return formats.plain(field.data)


def take_theirs(mine: Any, theirs: Any, names: Iterable[str]) -> None:
    """Put the saved values of these fields into the posted form."""
    for name in names:
        if name in theirs:
            mine[name].process(None, theirs[name].data)
            value = theirs[name]._value() if hasattr(theirs[name], "_value") else theirs[name].data
            mine[name].raw_data = [value]


def kept_theirs(args: Any) -> list[str]:
    """The fields for which the person chose what is already saved."""
    return [
        key.removeprefix(_KEEP)
        for key, choice in args.items()
        if key.startswith(_KEEP) and choice == "theirs"
    ]
