"""Takes one row into a screen: finds the row it means, fills the screen's own form, uses its own writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, false, func, select
from werkzeug.datastructures import MultiDict

from app.core.admin import json_forms
from app.core.admin.context import database
from app.core.admin.converters import literal_default
from app.core.admin.fields import RelationField
from app.core.admin.imports import cells as cell_words
from app.core.admin.imports.columns import Column, columns
from app.core.admin.imports.errors import AlreadySo, RowRefused
from app.core.admin.values import BadValue, parse_for
from app.core.admin.writing import refusals, show_refusal
from app.core.errors import ShopError

CREATED, UPDATED, SAME = "created", "updated", "same"
MOST_REMEMBERED = 5_000


class ScreenTarget:
    """The screen a table goes to. Rights and ownership are those of the person of this context."""

    def __init__(self, view: Any, is_check: bool = False):
        self.view, self.imports, self.is_check = view, view.imports, is_check
        self.columns: list[Column] = columns(view)
        self.labels = {column.name: column.label for column in self.columns}
        self._known: dict[tuple[str, str], Any] = {}
        self._promised: set[str] = set()

    def take(self, cells: Mapping[str, str]) -> str:
        """Take a row inside the caller's unit of work; says whether it is new, changed or the same.

        The caller must undo what was written when the answer is "same".

        Raises:
            RowRefused: with a sentence for each field; the caller undoes what was written.
        """
        given = self.view.import_cells(cells)
        item = self.find(given)
        return self._add(given) if item is None else self._change(item, given)

    # --- which row is meant ------------------------------------------------------------------------

    def find(self, cells: Mapping[str, str]) -> Any | None:
        """The row that one of the natural keys names; None for a new one.

        Raises:
            RowRefused: the key is missing, names several rows, or somebody else's.
        """
        usable = 0
        for key in self.imports.keys:
            conditions = self._conditions(key, cells)
            if conditions is None:
                continue
            usable += 1
            statement = self.view.visible().where(*conditions).limit(2)
            rows = list(database().scalars(statement).unique())
            if len(rows) > 1:
                raise RowRefused({key[0]: _("More than one entry has this value.")})
            if rows:
                return rows[0]
            hidden = select(self.view.datamodel.obj.__mapper__.primary_key[0]).where(*conditions).limit(1)
            if database().scalar(hidden) is not None:
                raise RowRefused({key[0]: _("This entry belongs to somebody else.")})
        if self.imports.keys and not usable:
            raise RowRefused({self.imports.keys[0][0]: _("This value is needed.")})
        return None

    def _conditions(self, key: tuple[str, ...], cells: Mapping[str, str]) -> list[ColumnElement[bool]] | None:
        made: list[ColumnElement[bool]] = []
        for name in key:
            found = self._condition(name, cells.get(name, ""))
            if found is None:
                return None
            made.append(found)
        return made

    def _condition(self, name: str, text: str) -> ColumnElement[bool] | None:
        """What tells rows apart by one field; None where the cell is empty but may not be."""
        datamodel = self.view.datamodel
        local = datamodel.key_column(name) or name
        attribute = getattr(datamodel.obj, local)
        try:
            bare = cell_words.clean(text)
            if not bare:
                column = datamodel.list_columns[local]
                default = literal_default(column)
                if not column.nullable and default is not None:
                    return attribute == default
                return attribute.is_(None) if column.nullable else None
            field = self._field(name)
            if isinstance(field, RelationField):
                key = self._related(field, bare)
                return false() if key is None else attribute == key
            value = parse_for(
                datamodel, local, cell_words.posted(field, bare, self._related)[0] if field else bare
            )
        except (ValueError, BadValue) as wrong:
            raise RowRefused({name: str(wrong)}) from wrong
        if self.imports.fold and isinstance(value, str):
            return func.lower(attribute) == value.lower()
        return attribute == value

    def _field(self, name: str) -> Any | None:
        """The field of this name of either form, empty."""
        if not hasattr(self, "_blank"):
            edit = self.view.edit_form(None, meta={"csrf": False}) if self.view.can_ever("edit") else ()
            self._blank = {f.name: f for f in edit}
            self._blank |= {f.name: f for f in self.view.new_form()} if self.view.can_ever("add") else {}
        return self._blank.get(name)

    def _related(self, field: Any, text: str) -> Any:
        """The key of a related row; in a check, nothing for one that the table itself brings."""
        place = (field.name, text)
        if place in self._known:
            return self._known[place]
        own = field.model is self.view.datamodel.obj
        if own and self.is_check and text in self._promised:
            return None
        key = cell_words.find_related(field, text)
        if not own and len(self._known) < MOST_REMEMBERED:
            self._known[place] = key
        return key

    # --- writing -----------------------------------------------------------------------------------

    def _add(self, cells: Mapping[str, str]) -> str:
        view = self.view
        if not view.can("add"):
            why = (
                _("You may not add entries here.")
                if view.can_ever("add")
                else _("There is no such entry, and none can be added.")
            )
            raise RowRefused({"": why})
        data = json_forms.current_data(view.new_form())
        form = self._filled(cells, data, self._field, view.new_form)
        if view.import_known(form):
            return SAME
        try:
            with self._refused(form):
                view.create(form)
        except AlreadySo:
            return SAME
        if self.is_check:
            self._promised |= {cell_words.plain(text).strip() for text in cells.values() if len(text) < 300}
        return CREATED

    def _change(self, item: Any, cells: Mapping[str, str]) -> str:
        view = self.view
        if not view.can_ever("edit"):
            return SAME
        before = view.form_of(item)
        fields = {f.name: f for f in before}
        data = json_forms.current_data(before)
        form = self._filled(cells, data, fields.get, lambda posted: view.form_of(item, posted))
        held = {f.name: cell_words.comparable(f) for f in before}
        names = [f.name for f in form if cell_words.comparable(f) != held.get(f.name)]
        if not names:
            return SAME
        if not view.can("edit"):
            raise RowRefused({"": _("You may not change entries here.")})
        if not view.may_edit(item):
            raise RowRefused({"": _("This entry cannot be changed any more.")})
        only = {name: text for name, text in cells.items() if name in names}
        form = self._filled(only, data.copy(), fields.get, lambda posted: view.form_of(item, posted))
        with self._refused(form):
            view.change(item, form)
            database().flush()
        database().expire_all()
        fresh = view.form_of(view.find_item(view.key_text(item)))
        after = {f.name: cell_words.comparable(f) for f in fresh}
        return SAME if after == held else UPDATED

    def _filled(self, cells: Mapping[str, str], data: MultiDict[str, str], field_of: Any, make: Any) -> Any:
        """A valid form with these cells in it. `data` is what it would post by itself."""
        errors: dict[str, str] = {}
        own = data.copy()
        for name, text in cells.items():
            field = field_of(name)
            if field is None or name in self.imports.leave_out:
                continue
            try:
                values = cell_words.posted(field, text, self._related)
            except (ValueError, BadValue) as wrong:
                errors[name] = str(wrong)
                continue
            if values == [""] and not cell_words.may_be_empty(field):
                continue
            own.setlist(name, values)
        form = make(own)
        if not form.validate():
            errors |= {
                f.name: " ".join(map(str, f.errors)) for f in form if f.errors and f.name not in errors
            }
            errors |= {"": " ".join(map(str, form.form_errors))} if form.form_errors else {}
        if errors:
            raise RowRefused(errors)
        return form

    @contextmanager
    def _refused(self, form: Any) -> Iterator[None]:
        """Turn what the operation or the database refuses into sentences beside the fields."""
        try:
            with refusals(self.view.datamodel.obj):
                yield
        except AlreadySo:
            raise
        except ShopError as refusal:
            show_refusal(refusal, form, self.view.argument_fields())
            errors = {f.name: " ".join(map(str, f.errors)) for f in form if f.errors}
            if form.form_errors:
                errors[""] = " ".join(map(str, form.form_errors))
            raise RowRefused(errors) from refusal
