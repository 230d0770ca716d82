"""The screens of the back office: `ModelView` for plain tables, `OperationView` for entities with
rules, `ReadOnlyView` for what nobody edits. Declared with Flask-AppBuilder's own names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_appbuilder.views import ModelView as StockModelView
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.exceptions import abort

from app.core.admin import formats, ownership, pages, relation_search
from app.core.admin.actions import ActionsMixin
from app.core.admin.context import current_actor, database
from app.core.admin.converters import FormMaker
from app.core.admin.editing import EditingMixin
from app.core.admin.export import ExportMixin
from app.core.admin.history import HistoryMixin
from app.core.admin.home import AdminIndex
from app.core.admin.imports.declaring import ImportsMixin
from app.core.admin.labels import LABELS
from app.core.admin.listing import read_state, words_match
from app.core.admin.panels import PanelsMixin
from app.core.admin.saved_views import SavedViewsMixin
from app.core.admin.values import parse_for

__all__ = ["AdminIndex", "ModelView", "OperationView", "ReadOnlyView"]
_FORM_ROUTES = {"add", "edit", "delete"}


class ModelView(
    ActionsMixin,
    EditingMixin,
    ExportMixin,
    ImportsMixin,
    SavedViewsMixin,
    HistoryMixin,
    PanelsMixin,
    StockModelView,
):
    """A screen over one table: list, show, add, edit, delete, actions, export, saved views.

    Beside Flask-AppBuilder's attributes: `entity` (address and API name), `title`, `choices`
    (column → [(value, label)]), `badges` (column → {value: tone}), `relations` (column → related(…)),
    `owner_filter`, `column_help`, `load_options`, `quick_search_columns`, `load_relations`, `money_columns`
    (shown, and answered by REST, with their currency), `rest_class` (an `AdminApi` that can more than its screen's).
    """

    entity: str = ""
    title: Any = ""
    singular: Any = ""
    icon: str = ""
    rest: bool = True
    rest_class: type[Any] | None = None
    choices: Mapping[str, Iterable[tuple[str, Any]]] = {}
    badges: Mapping[str, Mapping[str, str]] = {}
    money_columns: tuple[str, ...] = ()
    relations: Mapping[str, relation_search.Related] = {}
    column_help: Mapping[str, Any] = {}
    argument_names: Mapping[str, str] = {}
    quick_search_columns: Iterable[str] | None = None
    load_options: tuple[Any, ...] = ()
    owner_filter: Callable[[Any, int], ColumnElement[bool]] | None = None
    owner_exempt_roles = ownership.EXEMPT_ROLES
    global_search: bool = False
    audit_entity: str = ""
    empty_text: Any = _l("Nothing here yet.")
    empty_help: Any = ""
    list_help: Any = ""
    list_template = "admin/list.html"
    show_template = "admin/show.html"
    add_template = "admin/add.html"
    edit_template = "admin/edit.html"
    add_row_message = _l("Saved.")
    edit_row_message = _l("Saved.")
    delete_row_message = _l("Deleted.")

    def __init__(self, **kwargs: Any):
        cls = type(self)
        self.entity = self.entity or cls.__name__.removesuffix("View").lower()
        self.route_base = self.route_base or f"/admin/{self.entity}"
        self.audit_entity = self.audit_entity or self.datamodel.obj.__tablename__
        self.exclude_route_methods = set(self.exclude_route_methods) | {"download"} | self.closed_routes()
        self.description_columns = {**(self.description_columns or {}), **self.column_help}
        self.label_columns = dict(self.label_columns or {})
        self.relations, self.choices = dict(self.relations), {k: list(v) for k, v in self.choices.items()}
        rule = cls.__dict__.get("owner_filter") or getattr(cls, "owner_filter", None)
        self._owner_rule = getattr(rule, "__func__", rule)
        if self._owner_rule is not None:
            ownership.declare(self.datamodel.obj, self._owner_rule, frozenset(self.owner_exempt_roles))
        super().__init__(**kwargs)
        self.add_offered_actions()

    # --- set-up ----------------------------------------------------------------------------------

    def closed_routes(self) -> set[str]:
        """Routes this screen does not have."""
        return set()

    def _init_properties(self) -> None:
        mapper = self.datamodel.obj.__mapper__
        hidden = {c.key for c in mapper.primary_key} | {"version", "created_at", "updated_at"}
        writable = [n for n in self.datamodel.list_columns if n not in hidden]
        self.add_columns = self.add_columns or ([] if self.add_fieldsets else writable)
        self.edit_columns = self.edit_columns or ([] if self.edit_fieldsets else writable)
        self.list_columns = list(self.list_columns or writable[:5])
        if not self.show_columns and not self.show_fieldsets:
            self.show_columns = [
                n for n in self.datamodel.list_columns if n not in self.show_exclude_columns_or_none()
            ]
        super()._init_properties()
        self.order_columns = [n for n in self.order_columns if self.datamodel.sort_column(n) is not None]
        for name in {
            *self.list_columns,
            *self.show_columns,
            *self.add_columns,
            *self.edit_columns,
            *self.search_columns,
        }:
            held = self.label_columns.get(name)  # our texts are lazy, even where they read the same
            stale = isinstance(held, str) and held == StockModelView._prettify_column(self, name)
            if name not in self.label_columns or stale:
                self.label_columns[name] = self._prettify_column(name)

    def show_exclude_columns_or_none(self) -> set[str]:
        """Columns that the show page leaves out by default."""
        return set(self.show_exclude_columns or ()) | {"version"}

    def _prettify_column(self, name: str) -> Any:
        if name in LABELS:
            return LABELS[name]
        words = name.removesuffix("_id").removeprefix("is_").replace(".", " ").replace("_", " ").strip()
        return words[:1].upper() + words[1:]

    def _init_forms(self) -> None:
        maker = FormMaker(self)
        closed = self.exclude_route_methods
        self.search_form = None
        if not self.add_form:
            self.add_form = maker.make(
                () if "add" in closed else self.add_columns, self.add_form_extra_fields
            )
        if not self.edit_form:
            self.edit_form = maker.make(
                () if "edit" in closed else self.edit_columns, self.edit_form_extra_fields
            )

    def _init_titles(self) -> None:
        name = self._prettify_name(self.datamodel.model_name)
        self.title = self.title or self.list_title or f"{name}s"
        self.singular = self.singular or name
        self.list_title = self.list_title or self.title
        self.add_title = self.add_title or _l("New: %(name)s", name=LazyString(self._in_a_sentence))
        self.edit_title = self.edit_title or self.singular
        self.show_title = self.show_title or self.singular

    def _in_a_sentence(self) -> str:
        """One of these, as it stands within a sentence of the reader's language: German keeps the capital."""
        name = str(self.singular)
        return name if str(get_locale() or "en")[:2] == "de" else name.lower()

    def create_blueprint(
        self, appbuilder: Any, endpoint: str | None = None, static_folder: str | None = None
    ) -> Any:
        """Register the screen and, unless `rest` is off, its REST door with the same rights."""
        made = super().create_blueprint(appbuilder, endpoint, static_folder)
        if self.rest:
            from app.core.admin.api import api_for

            appbuilder.add_api(api_for(self))
        return made

    # --- what templates and mix-ins ask ------------------------------------------------------------

    def url(self, method: str, **values: Any) -> str:
        """The address of one of this screen's routes."""
        return url_for(f"{self.endpoint}.{method}", **{k: v for k, v in values.items() if v is not None})

    def can(self, method: str) -> bool:
        """True when this person may use the route (list, show, add, edit, delete)."""
        if not self.can_ever(method):
            return False
        permission = PERMISSION_PREFIX + self.get_method_permission(method)
        allowed = permission in self.base_permissions
        return allowed and self.appbuilder.sm.has_access(permission, self.class_permission_name)

    def can_ever(self, method: str) -> bool:
        """True when this screen has the route at all."""
        included = self.include_route_methods is None or method in self.include_route_methods
        return included and method not in self.exclude_route_methods

    def show_columns_of_api(self) -> list[str]:
        """The columns that REST gives for one row, beside those of the list."""
        sections = [name for _title, options in self.show_fieldsets or () for name in options["fields"]]
        return sections or list(self.show_columns)

    def visible(self) -> Select[Any]:
        """All rows this person may see here."""
        statement = self._base_filters.apply_all(select(self.datamodel.obj))
        return ownership.restrict(statement, self.datamodel.obj)

    def find_item(self, pk: Any) -> Any | None:
        """The row with this key, if this person may see it."""
        key = self.datamodel.parse_pk(self.split_key(pk))
        if key is None:
            return None
        columns = self.datamodel.obj.__mapper__.primary_key
        parts = key if isinstance(key, tuple) else (key,)
        statement = self.visible().where(*(c == part for c, part in zip(columns, parts, strict=True)))
        return database().scalars(statement).unique().one_or_none()

    def split_key(self, raw: Any) -> Any:
        """A key from an address; compound keys are JSON lists."""
        if not self.datamodel.is_pk_composite():
            return raw
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            return None

    def key_of(self, item: Any) -> Any:
        """The primary key of a row."""
        return relation_search.key_of(item)

    def key_text(self, item: Any) -> str:
        """The key of a row as addresses carry it."""
        mapper = self.datamodel.obj.__mapper__
        keys = [getattr(item, mapper.get_property_by_column(c).key) for c in mapper.primary_key]
        return str(keys[0]) if len(keys) == 1 else json.dumps([str(key) for key in keys])

    def name_of(self, item: Any) -> str:
        """What a person calls this row."""
        return relation_search.label_of(item, relation_search.Related())

    def loading(self, columns: Iterable[str]) -> list[Any]:
        """Loader options so that a list costs the same number of statements whatever its rows."""
        found: list[Any] = list(self.load_options)
        for root in dict.fromkeys(name.split(".", 1)[0] for name in columns):
            if self.datamodel.is_relation(root):
                many = self.datamodel.list_properties[root].uselist
                attribute = getattr(self.datamodel.obj, root)
                found.append(selectinload(attribute) if many else joinedload(attribute))
        return found

    def filters_offered(self) -> dict[str, list[Any]]:
        """The filters of the columns named in `search_columns`."""
        return self._filters.get_search_filters() if self.search_columns else {}

    def quick_columns(self) -> list[str]:
        """The text columns behind the search box."""
        if self.quick_search_columns is not None:
            return list(self.quick_search_columns)
        return [name for name in self.search_columns if self.is_words(name)]

    def is_words(self, name: str) -> bool:
        """True when the column (or dotted column) holds text."""
        relation, _dot, column = name.rpartition(".")
        datamodel = self.datamodel.get_related_interface(relation) if relation else self.datamodel
        return bool(datamodel.is_string(column) and not datamodel.is_fk(column) and name not in self.choices)

    def quick_search(self, q: str) -> ColumnElement[bool]:
        """The condition of the search box. Override to search elsewhere."""
        return words_match(self, q)

    def cursor_value(self, name: str | None, raw: Any) -> Any:
        """A value of a page cursor in its column's type."""
        if name is None:
            mapper = self.datamodel.obj.__mapper__
            name = mapper.get_property_by_column(mapper.primary_key[0]).key
        return parse_for(self.datamodel, name, raw)

    def currency_of(self, item: Any, name: str) -> str:
        """The currency of one of the `money_columns`."""
        return str(item.currency)

    def cell(self, item: Any, name: str, short: bool = False) -> Any:
        """One value of a row, as it is shown."""
        return formats.cell(self, item, name, short=short)

    def update_redirect(self) -> None:
        """Stock FAB writes the session on every page; a GET of ours changes nothing."""

    def get_redirect(self) -> str:
        """Where to go when there is no better place."""
        return self.url("list")

    # --- routes ----------------------------------------------------------------------------------

    @expose("/")
    @has_access
    @permission_name("list")
    def root(self) -> ResponseReturnValue:
        """The short address of the list."""
        query = request.query_string.decode("ascii", "replace")
        return redirect(self.url("list") + (f"?{query}" if query else ""))

    @expose("/list/")
    @has_access
    def list(self) -> ResponseReturnValue:
        """The list: search, filters, order, pages, saved views, actions."""
        saved, state = self.saved(), read_state(self, request.args)
        columns = self.chosen_columns(saved, state)
        page = pages.build(self, state, columns)
        return self.render_template(
            self.list_template, view=self, page=page, state=state, title=self.list_title, tabs=self.tabs(saved, state),
            actions=self.allowed_actions("list"), columns=columns, filters=pages.filter_menu(self),
        )  # fmt: skip

    @expose("/show/<pk>")
    @has_access
    def show(self, pk: str) -> ResponseReturnValue:
        """One row: its values, what belongs to it, and who changed what."""
        item = self.item_or_404(pk)
        return self.render_template(
            self.show_template, view=self, item=item, pk=pk, title=self.name_of(item), sections=self.show_sections(item),
            actions=self.shown_actions(item), related_lists=self.related_lists(item), history=self.history(item),
            panels=self.panels(item), **self.page_values(item),
        )  # fmt: skip

    @expose("/related/<column>")
    @has_access
    @permission_name("list")
    def related(self, column: str) -> ResponseReturnValue:
        """Rows of a related table for a search-as-you-type field, at most twenty."""
        offered = {*self.add_columns, *self.edit_columns, *self.search_columns}
        target = self.datamodel.target_of(column) if column in offered else None
        if target is None:
            abort(404)
        spec = self.relations.get(column) or relation_search.Related()
        rows = relation_search.find(database(), target, spec, request.args.get("q", ""))
        return jsonify(
            results=relation_search.as_choices(rows, spec), more=len(rows) == relation_search.PER_SEARCH
        )


class ReadOnlyView(ModelView):
    """A screen on which nothing is written: list, show, search, export."""

    rest = True

    def closed_routes(self) -> set[str]:
        """No forms."""
        return set(_FORM_ROUTES)


class OperationView(ModelView):
    """A screen whose writing goes through the feature's operations, and through nothing else.

    `add_operation(session, *, actor, **values)`, `edit_operation(session, *, <id_argument>, actor,
    **values)`, `delete_operation(session, *, <id_argument>, actor)`; a missing one closes its route.
    """

    add_operation: Callable[..., Any] | None = None
    edit_operation: Callable[..., Any] | None = None
    delete_operation: Callable[..., Any] | None = None
    id_argument: str = ""

    def closed_routes(self) -> set[str]:
        """The routes without an operation."""
        return {verb for verb in _FORM_ROUTES if getattr(type(self), f"{verb}_operation") is None}

    def _identity(self, item: Any) -> dict[str, Any]:
        name = self.id_argument or f"{self.datamodel.obj.__name__.lower()}_id"
        return {name: self.key_of(item)}

    def create(self, form: Any) -> Any:
        """Hand the values to the add operation."""
        return type(self).add_operation(database(), actor=current_actor(), **self.values_of(form))

    def change(self, item: Any, form: Any) -> Any:
        """Hand the values to the edit operation."""
        values = self._identity(item) | self.values_of(form)
        return type(self).edit_operation(database(), actor=current_actor(), **values)

    def remove(self, item: Any) -> None:
        """Hand the key to the delete operation."""
        type(self).delete_operation(database(), actor=current_actor(), **self._identity(item))
