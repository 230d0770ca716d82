"""Saving from a screen: the refusal lands beside its field, and half a change is never kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.core.errors import Conflict, Invalid, InvalidFields, ShopError

SECRET_WORDS = ("password", "secret", "token", "hash", "key_id")


class Stale(Conflict):
    """The row changed between reading and writing."""

    code = "stale"


def attempt(session: Session, call: Callable[[], Any], model: type[Any]) -> Any:
    """Run a change; turn what the database refuses into a refusal people understand.

    Raises:
        ShopError: whatever the operation or the database refused. Nothing was written.
    """
    try:
        with refusals(model):
            return call()
    except ShopError:
        session.rollback()
        raise


@contextmanager
def refusals(model: type[Any]) -> Iterator[None]:
    """Turn what the database refuses inside into a refusal people understand; undoing is the caller's.

    Raises:
        ShopError: whatever the operation or the database refused.
    """
    try:
        yield
    except StaleDataError as stale:
        raise Stale() from stale
    except IntegrityError as refused:
        raise explain(refused, model) from refused
    except DataError as refused:
        raise Invalid(_("One of the values is too large or has the wrong form.")) from refused


def explain(refused: IntegrityError, model: type[Any]) -> ShopError:
    """Which rule of the database was hurt, in words and at its field."""
    state = getattr(refused.orig, "sqlstate", "")
    name = getattr(getattr(refused.orig, "diag", None), "constraint_name", "") or ""
    column = getattr(getattr(refused.orig, "diag", None), "column_name", None)
    if state == "23505":
        columns = _columns_of(model, name)
        message = _("This value is already taken.")
        return InvalidFields({columns[-1]: message}) if columns else Invalid(message)
    if state == "23503":
        return Conflict(_("Other records still refer to this one, or it refers to one that is gone."))
    if state == "23502" and column:
        return InvalidFields({column: _("This value is needed.")})
    return Invalid(_("The shop's rules do not allow this combination of values."))


def _columns_of(model: type[Any], constraint: str) -> list[str]:
    table = inspect(model).local_table
    for item in (*table.constraints, *table.indexes):
        if item.name == constraint and hasattr(item, "columns"):
            return [column.name for column in item.columns]
    return []


def show_refusal(refusal: ShopError, form: Any, names: Mapping[str, str]) -> None:
    """Put the messages beside their fields; what has no field goes to the top of the form.

    `names` maps the operation's argument names to field names (`brand_id` to `brand`).
    """
    found = refusal.errors if isinstance(refusal, InvalidFields) else {refusal.field or "": refusal.text}
    for name, message in found.items():
        field_name = name if name in form else names.get(name, name)
        if field_name and field_name in form:
            field = form[field_name]
            field.errors = [*field.errors, str(message)]
        else:
            form.form_errors = [*form.form_errors, str(message)]


def snapshot(row: Any) -> dict[str, Any]:
    """The columns of a row for the audit log, without secrets."""
    found: dict[str, Any] = {}
    for prop in inspect(type(row)).column_attrs:
        if any(word in prop.key for word in SECRET_WORDS):
            continue
        value = getattr(row, prop.key)
        found[prop.key] = value if _plain(value) else str(value)
    return found


def _plain(value: Any) -> bool:
    return value is None or isinstance(
        value, str | int | float | bool | dict | list | Decimal | datetime | date | UUID
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the columns that differ, as (before, after)."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}
