"""The shop's settings in the back office: a page of groups, and a form for each.

A feature says in its `settings.py` what people may change: fields made with `core.settings.setting`
carry a label and a help text; fields without stay constants of the installation.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_type_hints

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_appbuilder.baseviews import expose
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms import validators as checks

from app.core import settings
from app.core.admin.context import current_actor, database
from app.core.admin.fields import ChoiceField, ListField, Storable, TextField, decimal_field, integer_field
from app.core.admin.interface import Interface
from app.core.admin.settings_api import SettingsApi
from app.core.admin.views import ReadOnlyView
from app.core.admin.widgets import AreaWidget, SwitchWidget, TextWidget
from app.core.admin.writing import show_refusal
from app.core.errors import InvalidFields, ShopError
from app.core.feature import collected
from app.core.settings import SettingRow
from app.core.unit_of_work import unit_of_work

LONGEST = 500
LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Group:
    """The settings of one feature that people may change. `key` stands in the address."""

    key: str
    kind: type[Any]
    title: Any
    help: Any
    icon: str

    @property
    def fields(self) -> list[Any]:
        """The fields that have a label."""
        return [f for f in dataclasses.fields(self.kind) if f.metadata.get("label")]


def groups() -> list[Group]:
    """Every feature's settings that say how people call them."""
    found = []
    for feature in collected():
        kind = feature.settings
        if kind is not None and hasattr(kind, "TITLE"):
            found.append(Group(feature.name, kind, kind.TITLE, kind.HELP, getattr(kind, "ICON", "settings")))
    return sorted(found, key=lambda group: (getattr(group.kind, "POSITION", 100), group.key))


def form_of(group: Group) -> type[DynamicForm]:
    """A form with a field for each setting, by its type."""
    hints = get_type_hints(group.kind)
    return type("SettingsForm", (DynamicForm,), {f.name: _field(f, hints[f.name]) for f in group.fields})


def _field(field: Any, hint: Any) -> Any:
    about = {"label": field.metadata["label"], "description": field.metadata.get("help", "")}
    if hint is bool:
        return BooleanField(widget=SwitchWidget(), **about)
    if choices := field.metadata.get("choices"):
        return ChoiceField(choices=choices, **about)
    if hint is int:
        least = field.metadata.get("least", 0)
        bounds = checks.NumberRange(
            min=least, max=LARGEST, message=_l("At least %(least)s.", least=str(least))
        )
        return integer_field(validators=[checks.InputRequired(), bounds], **about)
    if hint is Decimal:
        bounds = checks.NumberRange(min=0, max=LARGEST, message=_l("At least %(least)s.", least="0"))
        return decimal_field(validators=[checks.InputRequired(), bounds], **about)
    if hint == tuple[str, ...]:
        return ListField(validators=[checks.Optional()], **about)
    needed = checks.InputRequired() if field.metadata.get("needed") else checks.Optional()
    widget = AreaWidget(rows=3) if field.metadata.get("area") else TextWidget(maxlength=LONGEST)
    return TextField(widget=widget, validators=[needed, Storable(), checks.Length(max=LONGEST)], **about)


class SettingsView(ReadOnlyView):
    """What the shop is called, how it takes money, when it warns: each group with its own form."""

    datamodel = Interface(SettingRow)
    entity, title, singular, icon = "settings", _l("Shop settings"), _l("Settings"), "sliders-horizontal"
    rest_class = SettingsApi
    list_columns = ["name"]

    def closed_routes(self) -> set[str]:
        """Settings are neither rows to open nor rows to export."""
        return super().closed_routes() | {"show", "export", "related"}

    def groups(self) -> dict[str, Group]:
        """All groups, by their place in the address."""
        return {group.key: group for group in groups()}

    @expose("/list/")
    @has_access
    def list(self) -> ResponseReturnValue:
        """All groups."""
        return self.render_template("admin/settings.html", view=self, groups=groups(), title=self.title)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("edit")
    def change_group(self, pk: str) -> ResponseReturnValue:
        """The form of one group; what is refused stays typed."""
        group = self.groups().get(pk)
        if group is None:
            abort(404)
        now = settings.get(database(), group.kind)
        form = self.form_of_group(group, now, self.posted() if request.method == "POST" else None)
        if request.method == "POST" and form.validate():
            try:
                self.save(group, form)
            except ShopError as refusal:
                database().rollback()
                show_refusal(refusal, form, {})
            else:
                flash(_("Saved."), "success")
                return redirect(self.url("list"))
        status = 422 if form.errors or form.form_errors else 200
        page = self.render_template(
            "admin/form.html", view=self, form=form, item=None, title=str(group.title), token="",
            sections=[(group.help, [form[f.name] for f in group.fields])], back=self.url("list"),
            back_title=self.title, has_files=False, errors=[(f, list(f.errors)) for f in form if f.errors],
        )  # fmt: skip
        return page, status

    def form_of_group(self, group: Group, now: Any, data: Any = None) -> Any:
        """The form of a group, with what it holds now, or with what was sent."""
        return form_of(group)(data, obj=now, meta={"csrf": False})

    def save(self, group: Group, form: Any) -> None:
        """Take over a valid form.

        Raises:
            InvalidFields: values that do not fit together.
        """
        given: dict[str, Any] = {}
        for field in group.fields:
            value = form[field.name].data
            given[field.name] = tuple(value or ()) if isinstance(field.default, tuple) else value
            if value is None and isinstance(field.default, str):
                given[field.name] = ""
        session = database()
        with unit_of_work(session):
            after = dataclasses.replace(settings.held(session, group.kind), **given)
            problems = getattr(after, "problems", dict)()
            if problems:
                raise InvalidFields(problems)
            settings.change(session, group.kind, actor=current_actor(), **given)
