"""JSON in front of the same forms as the screens: into form data, and rows out again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField

from app.core.admin import formats, relation_search
from app.core.admin.fields import JSONField, ListField, RelationField, RelationsField
from app.core.admin.writing import SECRET_WORDS
from app.core.errors import Invalid, InvalidFields
from app.core.money import Money


def read_body() -> dict[str, Any]:
    """The JSON object of the request.

    Raises:
        Invalid: for anything else.
    """
    try:
        body = json.loads(request.get_data(cache=True) or b"null")
    except (ValueError, RecursionError) as wrong:
        raise Invalid(_("The body must be a JSON object."), code="bad_json") from wrong
    if not isinstance(body, dict):
        raise Invalid(_("The body must be a JSON object."), code="bad_json")
    return body


def form_data(form: Any, body: Mapping[str, Any]) -> MultiDict[str, str]:
    """What a browser would have posted to say the same as this JSON object.

    Raises:
        InvalidFields: unknown names, or values of a kind that the field cannot hold.
    """
    errors: dict[str, Any] = {name: _("There is no such field.") for name in body if name not in form}
    errors.pop("csrf_token", None)
    found: MultiDict[str, str] = MultiDict()
    for field in form:
        if field.name not in body or field.name == "csrf_token":
            continue
        try:
            found.setlist(field.name, as_posted(field, body[field.name]))
        except ValueError as wrong:
            errors[field.name] = str(wrong)
    if errors:
        raise InvalidFields(errors)
    return found


def as_posted(field: Any, value: Any) -> list[str]:
    """The texts a browser would send for this value. Raises ValueError for a value of the wrong kind."""
    if isinstance(field, JSONField):
        return [""] if value is None else [json.dumps(value)]
    if value is None:
        return [] if isinstance(field, RelationsField | BooleanField) else [""]
    if isinstance(field, RelationsField | ListField):
        if not isinstance(value, list):
            raise ValueError(_("This must be a list."))
        texts = [_text(_key(part)) for part in value]
        return texts if isinstance(field, RelationsField) else ["\n".join(texts)]
    if isinstance(field, BooleanField):
        if not isinstance(value, bool):
            raise ValueError(_("This must be true or false."))
        return ["y"] if value else []
    return [_text(_key(value) if isinstance(field, RelationField) else value)]


def _key(value: Any) -> Any:
    """A relation may be given as it is read: {"id": "7", "label": "…"}."""
    return value["id"] if isinstance(value, dict) and "id" in value else value


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(_("This must be a text or a number."))
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def current_data(form: Any) -> MultiDict[str, str]:
    """What an edit form of a row would post if nobody changed anything in it."""
    found: MultiDict[str, str] = MultiDict()
    for field in form:
        if field.name == "csrf_token" or "File" in field.type:
            continue
        if isinstance(field, RelationField):
            found.setlist(field.name, [str(key) for key in field.keys()])  # noqa: SIM118
        elif isinstance(field, BooleanField):
            found.setlist(field.name, ["y"] if field.data else [])
        elif isinstance(field.data, Enum):
            found[field.name] = field.data.name
        elif hasattr(field, "_value"):
            found[field.name] = field._value()
        elif field.data is not None:
            found[field.name] = str(field.data)
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it: exact decimals are texts, moments RFC 3339 in UTC."""
    if value is None or isinstance(value, bool | int | float | dict):
        return value
    if isinstance(value, Markup):
        return value.striptags()
    if isinstance(value, str):
        return value
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": str(value.currency)}
    if isinstance(value, datetime):
        utc = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return utc.isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date | Decimal | UUID):
        return str(value)
    if isinstance(value, list | tuple | set):
        return [plain(part) for part in value]
    if hasattr(value, "__mapper__"):
        label = relation_search.label_of(value, relation_search.Related())
        return {"id": plain(relation_search.key_of(value)), "label": label}
    return str(value)


def row_json(view: Any, row: Any, columns: Iterable[str]) -> dict[str, Any]:
    """A row with its key and the columns of its screen; secrets never."""
    shown = [name for name in columns if not any(word in name for word in SECRET_WORDS)]
    return {"id": view.key_text(row)} | {name: plain(formats.told(view, row, name)) for name in shown}
