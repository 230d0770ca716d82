"""From a cell's text to what a browser would have posted, by the kind of field; and how values compare."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, SelectField, TextAreaField

from app.core.admin import relation_search
from app.core.admin.context import database
from app.core.admin.fields import ChoiceField, JSONField, ListField, RelationField, RelationsField
from app.core.admin.imports.files import UNREADABLE, plain
from app.core.admin.values import parse_bool
from app.core.admin.widgets import AreaWidget

CUT = (32_000, 32_767)
"""Cells of exactly so many letters were cut: by our own export, or by the spreadsheet program."""
_YES, _NO = (
    {"ja", "oui", "sí", "si", "vrai", "wahr", "waar", "x"},
    {"nee", "non", "nein", "no", "faux", "falsch", "onwaar"},
)
Finder = Callable[[Any, str], Any]
"""(field, text) -> the key of the related row."""


def clean(text: str, long: bool = False) -> str:
    """A cell's text as a person means it.

    Raises:
        ValueError: it was cut by a spreadsheet, or holds bytes that its encoding does not know.
    """
    if len(text) in CUT:
        raise ValueError(_("This text was cut off by the spreadsheet; use a CSV file."))
    if UNREADABLE in text:
        raise ValueError(_("This text cannot be read in the chosen encoding."))
    bare = plain(text)
    return bare.strip("\r\n") if long else bare.strip()


def posted(field: Any, text: str, find: Finder) -> list[str]:
    """The values a browser would send for this cell.

    Raises:
        ValueError: with a sentence for people.
    """
    bare = clean(text, isinstance(field, TextAreaField) or isinstance(field.widget, AreaWidget))
    if isinstance(field, RelationsField):
        return [str(key) for key in (find(field, part) for part in parts(bare)) if key is not None]
    if isinstance(field, RelationField):
        key = find(field, bare) if bare else None
        return ["" if key is None else str(key)]
    if isinstance(field, BooleanField):
        return ["y"] if yes(bare) else []
    if isinstance(field, JSONField):
        return [bare]
    if isinstance(field, ListField):
        return ["\n".join(parts(bare))]
    if isinstance(field, ChoiceField | SelectField):
        return [choice(field, bare)]
    return [bare]


def parts(text: str) -> list[str]:
    """Several values in one cell: on lines, or between bars, semicolons or commas."""
    sign = next((sign for sign in ("\n", "|", ";", ",") if sign in text), "\n")
    return [part.strip() for part in text.split(sign) if part.strip()]


def yes(text: str) -> bool:
    """Yes or no in the shop's languages; an empty cell is no."""
    word = text.casefold()
    if word in _YES:
        return True
    return False if not word or word in _NO else parse_bool(word)


def choice(field: Any, text: str) -> str:
    """The value of a choice, by its value or by what people read."""
    if isinstance(field, ChoiceField):
        pairs = [(str(value), str(label)) for value, label in field.pairs]
    else:
        pairs = [(str(found[0]), str(found[1])) for found in field.iter_choices()]
    for value, _label in pairs:
        if value == text:
            return value
    fold = text.casefold()
    members = getattr(field, "members", None)
    named = {str(m.value).casefold(): m.name for m in members} if members else {}
    if fold in named:
        return str(named[fold])
    return next((value for value, label in pairs if fold in (value.casefold(), label.casefold())), text)


def may_be_empty(field: Any) -> bool:
    """False for a choice without an empty one: an empty cell then leaves it as it is."""
    if not isinstance(field, SelectField):
        return True
    return any(str(found[0]) == "" for found in field.iter_choices())


def find_related(field: Any, text: str) -> Any:
    """The key of the row of another table that is called so.

    Raises:
        ValueError: there is none that this person may choose, or more than one.
    """
    rows = relation_search.exactly(database(), field.model, field.spec, text)
    if len(rows) > 1:
        raise ValueError(_("There is more than one “%(name)s”.", name=text[:80]))
    if not rows:
        raise ValueError(_("There is no “%(name)s”.", name=text[:80]))
    return relation_search.key_of(rows[0])


def comparable(field: Any) -> Any:
    """A field's value so that two spellings of nothing, or of one moment, are equal."""
    value = field.data
    if value in ("", [], {}, None) or value is False:
        return None
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(field, RelationsField):
        return sorted(str(key) for key in value)
    if isinstance(field, RelationField):
        return str(value)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value
