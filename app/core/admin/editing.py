"""Add, edit and delete: the routes shared by all screens, and the two ways to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict

from app.core import audit
from app.core.admin import conflicts, relation_search
from app.core.admin.context import current_actor, database
from app.core.admin.fields import RelationField, RelationsField
from app.core.admin.writing import Stale, attempt, changed, show_refusal, snapshot
from app.core.errors import ShopError
from app.core.unit_of_work import unit_of_work


class _Overlay:
    """A row whose values a view may replace or add to, for filling an edit form."""

    def __init__(self, row: Any, values: Mapping[str, Any]):
        self.__dict__["_row"], self.__dict__["_values"] = row, values

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__["_values"]
        return values[name] if name in values else getattr(self.__dict__["_row"], name)


class EditingMixin:
    """Routes and hooks of writing. `create`, `change` and `remove` say how; views may override them."""

    # --- hooks -----------------------------------------------------------------------------------

    def edit_values(self, item: Any) -> dict[str, Any]:
        """Values for fields of the edit form that are not columns of the row. Override."""
        return {}

    def initial_values(self) -> dict[str, Any]:
        """Values of a new form: whatever the address names (`/add?brand=3`)."""
        return {
            name: raw for name, raw in request.args.items() if name in self.add_columns and len(raw) < 200
        }

    def create(self, form: Any) -> Any:
        """Write a new row from a valid form, with its audit record, in one transaction."""
        session = database()
        with unit_of_work(session):
            item = self.datamodel.obj()
            self.process_form(form, True)
            self.assign(item, form)
            self.pre_add(item)
            session.add(item)
            session.flush()
            self.post_add(item)
            self._record("create", item, None, snapshot(item))
        return item

    def change(self, item: Any, form: Any) -> Any:
        """Write the changes of a valid form to a row, with their audit record."""
        session = database()
        before = snapshot(item)
        with unit_of_work(session):
            self.process_form(form, False)
            self.assign(item, form)
            self.pre_update(item)
            session.flush()
            self.post_update(item)
            old, new = changed(before, snapshot(item))
            if new:
                self._record("update", item, old, new)
        return item

    def remove(self, item: Any) -> None:
        """Delete a row, with its audit record."""
        session = database()
        with unit_of_work(session):
            self.pre_delete(item)
            before = snapshot(item)
            session.delete(item)
            session.flush()
            self.post_delete(item)
            self._record("delete", item, before, None)

    def assign(self, item: Any, form: Any) -> None:
        """Copy a form's values onto a row; relations by key."""
        is_new = not inspect(item).has_identity
        for field in form:
            if field.name == "csrf_token" or not self.datamodel.is_known(field.name):
                continue
            if is_new and field.data is None and self.has_default(field.name):
                continue
            if isinstance(field, RelationsField):
                setattr(
                    item,
                    field.name,
                    relation_search.rows_of(database(), field.model, field.spec, field.keys()),
                )
            elif isinstance(field, RelationField):
                setattr(item, self.datamodel.key_column(field.name), field.data)
            else:
                field.populate_obj(item, field.name)

    def has_default(self, name: str) -> bool:
        """True when the database fills this column of a new row itself."""
        column = self.datamodel.list_columns.get(name)
        return column is not None and (column.default is not None or column.server_default is not None)

    def _record(self, verb: str, item: Any, before: Any, after: Any) -> None:
        audit.record(
            database(), actor=current_actor(), action=f"{self.entity}.{verb}", entity=self.audit_entity,
            entity_id=self.key_text(item), before=before, after=after,
        )  # fmt: skip

    # --- forms -----------------------------------------------------------------------------------

    def new_form(self, data: Any = None) -> Any:
        """The add form, filled from posted data when there is any. The edge checks CSRF for every POST."""
        form = self.add_form(data, data=self.initial_values() if data is None else {}, meta={"csrf": False})
        form._key = None
        return form

    def form_of(self, item: Any, data: Any = None) -> Any:
        """The edit form of a row, filled from posted data when there is any."""
        form = self.edit_form(data, obj=_Overlay(item, self.edit_values(item)), meta={"csrf": False})
        form._key = tuple(inspect(item).identity or ())
        if data is None:
            self.prefill_form(form, self.key_text(item))
        return form

    def argument_fields(self) -> dict[str, str]:
        """Operation argument names to field names, where they differ."""
        return {argument: name for name, argument in self.arguments().items() if argument != name}

    def arguments(self) -> dict[str, str]:
        """Field names to operation argument names: a relation `brand` is handed over as `brand_id`."""
        found = {}
        for name in {*self.add_columns, *self.edit_columns}:
            single = self.datamodel.is_relation_many_to_one(name) or self.datamodel.is_relation_one_to_one(
                name
            )
            key = self.datamodel.key_column(name) if single else None
            found[name] = self.argument_names.get(name, key or name)
        return found

    def values_of(self, form: Any) -> dict[str, Any]:
        """What an operation receives from a valid form: primitives and keys, by argument name."""
        names = self.arguments()
        return {names.get(f.name, f.name): f.data for f in form if f.name != "csrf_token"}

    def posted(self) -> MultiDict[str, Any]:
        """Posted form data and files together."""
        return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])

    # --- routes ----------------------------------------------------------------------------------

    @expose("/add", methods=["GET", "POST"])
    @has_access
    def add(self) -> ResponseReturnValue:
        """A form for a new row."""
        if request.method != "POST":
            return self.form_page(self.add_template, form=self.new_form(), item=None)
        form = self.new_form(self.posted())
        if form.validate():
            try:
                made = attempt(database(), lambda: self.create(form), self.datamodel.obj)
            except ShopError as refusal:
                show_refusal(refusal, form, self.argument_fields())
            else:
                flash(self.add_row_message, "success")
                return redirect(self.after_add(made))
        return self.form_page(self.add_template, form=form, item=None)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> ResponseReturnValue:
        """A form for an existing row, guarded against overwriting somebody else's change."""
        item = self.item_or_404(pk)
        if request.method != "POST":
            return self.form_page(self.edit_template, form=self.form_of(item), item=item)
        form = self.form_of(item, self.posted())
        if theirs := conflicts.kept_theirs(request.form):
            conflicts.take_theirs(form, self.form_of(item), theirs)
        token = conflicts.token_of(item)
        if request.form.get(conflicts.TOKEN, token) != token:
            return self.conflict_page(item, form)
        if form.validate():
            try:
                attempt(database(), lambda: self.change(item, form), self.datamodel.obj)
            except Stale:
                fresh = self.item_or_404(pk)
                return self.conflict_page(fresh, self.form_of(fresh, self.posted()))
            except ShopError as refusal:
                item = self.item_or_404(pk)
                show_refusal(refusal, form, self.argument_fields())
            else:
                flash(self.edit_row_message, "success")
                return redirect(self.url("show" if self.can("show") else "edit", pk=pk))
        return self.form_page(
            self.edit_template, form=form, item=item, token=request.form.get(conflicts.TOKEN)
        )

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> ResponseReturnValue:
        """Delete a row; a refusal leads back to it with its reason."""
        item = self.item_or_404(pk)
        try:
            attempt(database(), lambda: self.remove(item), self.datamodel.obj)
        except ShopError as refusal:
            flash(refusal.text, "danger")
            return redirect(
                self.url("show" if self.can("show") else "list", pk=pk if self.can("show") else None)
            )
        flash(self.delete_row_message, "success")
        return redirect(self.url("list"))

    # --- pages -----------------------------------------------------------------------------------

    def after_add(self, made: Any) -> str:
        """Where to go after a row was made: to the row, or to an empty form when that was asked."""
        if request.form.get("_next") == "add":
            return self.url("add")
        key = made if isinstance(made, int | str) else None
        if made is not None and isinstance(made, self.datamodel.obj):
            key = self.key_text(made)
        return self.url("show", pk=key) if key is not None and self.can("show") else self.url("list")

    def form_page(self, template: str, form: Any, item: Any, token: str | None = None) -> ResponseReturnValue:
        """Render a form, with its sections and save bar."""
        showing = item is not None and self.can("show")
        return self.render_template(
            template, view=self, form=form, item=item, sections=self.sections(form, item is None),
            title=self.add_title if item is None else self.name_of(item),
            has_files=any("File" in field.type for field in form),
            back=self.url("show", pk=self.key_text(item)) if showing else self.url("list"),
            back_title=self.name_of(item) if showing else self.title,
            token=(token or conflicts.token_of(item)) if item is not None else "",
            errors=[(f, list(f.errors)) for f in form if f.errors],
        )  # fmt: skip

    def conflict_page(self, item: Any, form: Any) -> ResponseReturnValue:
        """Both texts side by side; nothing was written yet."""
        differences = conflicts.differences(self, form, self.form_of(item))
        page = self.render_template(
            "admin/conflict.html", view=self, item=item, form=form, differences=differences, title=self.name_of(item),
            token=conflicts.token_of(item), history=self.history(item, 1), posted=self._posted_pairs(),
        )  # fmt: skip
        return page, 409

    def _posted_pairs(self) -> list[tuple[str, str]]:
        skip = {"csrf_token", conflicts.TOKEN}
        return [
            (k, v) for k, v in request.form.items(multi=True) if k not in skip and not k.startswith("_keep.")
        ]

    def sections(self, form: Any, adding: bool) -> list[tuple[Any, list[Any]]]:
        """The fields of a form in their sections: (title, fields)."""
        fieldsets = self.add_fieldsets if adding else self.edit_fieldsets
        if not fieldsets:
            names = self.add_columns if adding else self.edit_columns
            return [("", [form[name] for name in names if name in form])]
        return [(title, [form[n] for n in options["fields"] if n in form]) for title, options in fieldsets]

    def item_or_404(self, pk: Any) -> Any:
        """The row, if this person may see it; 404 for any other address."""
        item = self.find_item(pk)
        if item is None:
            abort(404, description=_("There is no such entry, or it is somebody else's."))
        return item
