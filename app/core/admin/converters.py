"""From a model to a form: every column type has a field, relations are searched, help text is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_appbuilder.forms import DynamicForm
from flask_babel import lazy_gettext as _l
from sqlalchemy import Boolean, Enum, Integer, Numeric, String, Text, select
from wtforms import BooleanField
from wtforms import validators as checks
from wtforms.fields.core import UnboundField

from app.core.admin import fields, formats
from app.core.admin.context import database
from app.core.admin.relation_search import Related
from app.core.admin.widgets import AreaWidget, SwitchWidget, TextWidget

MAX_LONG_TEXT = 100_000
_LONG = ("description", "note", "notes", "body", "text", "html", "message", "comment", "terms")
Choices = Iterable[tuple[str, Any]]


class Unique:
    """Validator: no other row has this value. The database's constraint stays the last word."""

    def __init__(self, datamodel: Any, column: str):
        self.datamodel, self.column = datamodel, column

    def __call__(self, form: Any, field: Any) -> None:
        if field.data in (None, ""):
            return
        model = self.datamodel.obj
        query = (
            select(*model.__mapper__.primary_key).where(getattr(model, self.column) == field.data).limit(1)
        )
        other = database().execute(query).first()
        if other is not None and tuple(other) != getattr(form, "_key", None):
            raise checks.ValidationError(str(_l("This value is already taken.")))


class FormMaker:
    """Makes the add and edit forms of a view."""

    def __init__(self, view: Any):
        self.view, self.datamodel = view, view.datamodel

    def make(self, columns: Iterable[str], extra: Mapping[str, Any] | None = None) -> type[DynamicForm]:
        """A form with these columns; `extra` holds fields that are not columns, by name.

        Raises:
            TypeError: for a name that is neither a column nor an extra field.
        """
        made: dict[str, Any] = {}
        for name in columns:
            made[name] = (extra or {}).get(name) or self.field(name)
        return type("AdminForm", (DynamicForm,), made)

    def field(self, name: str) -> UnboundField[Any]:
        """The field of one column or relationship."""
        view, datamodel = self.view, self.datamodel
        if not datamodel.is_known(name):
            raise TypeError(f"{type(view).__name__}: {name} is no column; add it to add_form_extra_fields")
        rules = list(view.validators_columns.get(name, ()))
        given = {
            "label": view.label_columns.get(name, name),
            "description": view.description_columns.get(name, ""),
        }
        if datamodel.is_relation(name) or datamodel.is_fk(name):
            return self._relation(name, given, rules)
        optional = self._optional(name)
        rules.insert(0, checks.Optional() if optional else checks.InputRequired())
        column = datamodel.list_columns[name]
        if column.unique and not datamodel.is_boolean(name):
            rules.append(Unique(datamodel, name))
        default = datamodel.get_col_default(name)
        if default is None:
            default = literal_default(column)
        return self._simple(name, column, given | {"default": default}, rules, optional)

    def _optional(self, name: str) -> bool:
        column = self.datamodel.list_columns[name]
        return bool(column.nullable or column.default is not None or column.server_default is not None)

    def _may_be_empty(self, name: str, common: dict[str, Any]) -> bool:
        """Whether a list of choices starts with none: only where the column may stay empty."""
        return self.datamodel.list_columns[name].nullable or common["default"] is None

    def _relation(self, name: str, given: dict[str, Any], rules: list[Any]) -> UnboundField[Any]:
        datamodel, view = self.datamodel, self.view
        many = datamodel.is_relation_many_to_many(name) or datamodel.is_relation_one_to_many(name)
        key = None if many else datamodel.key_column(name)
        required = key is not None and not datamodel.list_columns[key].nullable
        rules.insert(0, checks.InputRequired() if required else checks.Optional())
        spec = view.relations.get(name) or Related()
        target = datamodel.target_of(name)
        url: Callable[[], str] = lambda: view.url("related", column=name)  # noqa: E731
        kind = fields.RelationsField if many else fields.RelationField
        return kind(validators=rules, model=target, spec=spec, url=url, **given)

    def _simple(self, name: str, column: Any, given: dict[str, Any], rules: list[Any], optional: bool) -> Any:
        datamodel, kind = self.datamodel, datamodel_type(self.datamodel, name)
        common = given | {"validators": rules}
        choices = self.view.choices.get(name)
        if choices is not None:
            return fields.ChoiceField(
                choices=list(choices), optional=self._may_be_empty(name, common), **common
            )
        if datamodel.is_enum(name):
            members = kind.enum_class
            names = [(m, formats.member_label(members[m] if members else None, m)) for m in kind.enums]
            return fields.ChoiceField(
                choices=names, members=members, optional=self._may_be_empty(name, common), **common
            )
        if datamodel.is_boolean(name):
            return BooleanField(
                widget=SwitchWidget(), **given, false_values=(False, "false", "", "0", "n", "no")
            )
        if datamodel.is_json(name):
            return fields.JSONField(**common)
        if datamodel.is_array(name):
            return fields.ListField(of=int if kind.item_type.python_type is int else str, **common)
        if datamodel.is_uuid(name):
            return fields.uuid_field(**common)
        if datamodel.is_integer(name):
            return fields.integer_field(column_type=kind, **common)
        if datamodel.is_numeric(name) or datamodel.is_float(name):
            return fields.decimal_field(column_type=kind, **common)
        if datamodel.is_datetime(name):
            return fields.moment_field(**common)
        if datamodel.is_date(name):
            return fields.date_field(**common)
        return self._text(name, column, common)

    @staticmethod
    def _text(name: str, column: Any, common: dict[str, Any]) -> Any:
        length = getattr(column.type, "length", None)
        long = (
            length is None
            and isinstance(column.type, Text | String)
            and any(name == word or name.endswith(f"_{word}") for word in _LONG)
        )
        limit = length or (MAX_LONG_TEXT if long else 2_000)
        rules = [*common.pop("validators"), fields.Storable(), checks.Length(max=limit)]
        widget = AreaWidget() if long else TextWidget(maxlength=limit)
        return fields.TextField(nullable=bool(column.nullable), widget=widget, validators=rules, **common)


def literal_default(column: Any) -> Any:
    """What the database itself would put into an empty column, where that is a plain value."""
    told, kind = getattr(column.server_default, "arg", None), column.type
    words = "" if told is None else str(getattr(told, "text", told)).strip()
    if words.startswith("'") and words.endswith("'") and words.count("'") == 2:
        words = words[1:-1]
    if isinstance(kind, Boolean):
        return {"true": True, "false": False}.get(words.lower())
    if isinstance(kind, Integer | Numeric):
        plain = words.lstrip("-").replace(".", "", 1).isdigit()
        return None if not plain else Decimal(words) if isinstance(kind, Numeric) else int(Decimal(words))
    if isinstance(kind, Enum | String) and words.replace("_", "").isalnum():
        return words
    return None


def datamodel_type(datamodel: Any, name: str) -> Any:
    """The plain SQL type of a column, below any decorator."""
    kind = datamodel.list_columns[name].type
    return getattr(kind, "impl_instance", kind)
