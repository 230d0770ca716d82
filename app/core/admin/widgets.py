"""Form widgets in our own markup: no Bootstrap, no jQuery, usable with the keyboard."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import widgets
from wtforms.widgets import html_params


def _described(field: Any, kwargs: dict[str, Any], style: str = "input") -> dict[str, Any]:
    """Class, help text and error of a field, tied together for screen readers."""
    kwargs.setdefault("id", field.id)
    kwargs["class"] = f"{style} {kwargs.pop('class_', '') or ''}".strip()
    notes = ([f"{field.id}-help"] if field.description else []) + (
        [f"{field.id}-error"] if field.errors else []
    )
    if notes:
        kwargs.setdefault("aria-describedby", " ".join(notes))
    if field.errors:
        kwargs.setdefault("aria-invalid", "true")
    return kwargs


class TextWidget(widgets.TextInput):
    """One line."""

    def __init__(self, input_type: str = "text", **attributes: Any):
        super().__init__(input_type)
        self.attributes = attributes

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return super().__call__(field, **self.attributes, **_described(field, kwargs))


class AreaWidget(widgets.TextArea):
    """Several lines; `code` sets a fixed-width face for JSON."""

    def __init__(self, rows: int = 5, code: bool = False):
        self.rows, self.code = rows, code

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        kwargs.setdefault("rows", self.rows)
        if self.code:
            kwargs.setdefault("spellcheck", "false")
        return super().__call__(field, **_described(field, kwargs, "input code" if self.code else "input"))


class ChoiceWidget(widgets.Select):
    """A short list of choices."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return super().__call__(field, **_described(field, kwargs, "input select"))


class SwitchWidget(widgets.CheckboxInput):
    """Yes or no."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return super().__call__(field, **_described(field, kwargs, "switch"))


class RelationWidget:
    """A combobox over another table. The form carries keys; the person reads labels."""

    def __init__(self, multiple: bool = False):
        self.multiple = multiple

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        chosen = field.chosen()
        values = Markup("").join(self._chip(field, key, label) for key, label in chosen)
        described = _described(field, {"id": field.id})
        described.update(
            type="text", role="combobox", autocomplete="off", spellcheck="false",
            placeholder=_("Search…"), value="" if self.multiple or not chosen else chosen[0][1],
        )  # fmt: skip
        described.update(
            {"aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": f"{field.id}-list"}
        )
        outer = {
            "class": "relation", "data-relation": field.search_url(), "data-name": field.name,
            "data-multiple": self.multiple, "data-optional": not field.flags.required,
        }  # fmt: skip
        return Markup(  # noqa: S704  # html_params escapes, the rest is Markup
            f'<div {html_params(**outer)}><span class="relation-values">{values}</span>'
            f"<input {html_params(**described)}>"
            f'<ul class="relation-list" id="{escape(field.id)}-list" role="listbox" hidden></ul></div>'
        )

    def _chip(self, field: Any, key: Any, label: str) -> Markup:
        hidden = Markup('<input type="hidden" name="{}" value="{}">').format(field.name, key)
        if not self.multiple:
            return hidden
        remove = Markup('<button type="button" class="chip-remove" data-remove aria-label="{}">×</button>')
        return Markup('<span class="chip">{}<span>{}</span>{}</span>').format(
            hidden, label, remove.format(_("Remove %(name)s", name=label))
        )
