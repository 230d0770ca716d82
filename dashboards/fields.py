"""Fields of the forms of boards: filters chosen from what there is, roles as boxes to tick."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from app.analytics.families.dimensions import LABELS
from app.core.admin.context import database
from app.core.admin.fields import JSONField, ListField
from app.core.admin.values import BadValue, storable
from app.core.i18n import _l
from dashboards import choosing
from dashboards.asked import FILTER
from dashboards.screen import ROOT, asked_here


class FiltersWidget:
    """One list of all values there are, by dimension, of which any may be chosen; the script makes a search of it."""

    def __call__(self, field: Any, **_kwargs: Any) -> Markup:
        session, filters = database(), field.chosen()
        offers = choosing.offered(session, asked_here(session, ROOT))
        chosen = {choice.value for choice in choosing.named(offers, filters)}
        groups = dict(offers)
        for choice in choosing.named(offers, filters):
            if choice not in groups.setdefault(choice.dimension, []):
                groups[choice.dimension] = [*groups[choice.dimension], choice]
        options = Markup("").join(
            Markup('<optgroup label="{}" data-dimension="{}">{}</optgroup>').format(
                LABELS.get(name, name), name, Markup("").join(_option(choice, chosen) for choice in choices)
            )
            for name, choices in sorted(groups.items(), key=lambda group: str(LABELS.get(group[0], group[0])))
            if choices
        )
        notes = [f"{field.id}-help"] if field.description else []
        notes += [f"{field.id}-error"] if field.errors else []
        return Markup(
            '<div class="filters" data-filters data-url="{}" data-empty="{}" data-remove="{}">'
            '<input type="hidden" name="{}" value=""><select class="input filters-all" multiple size="8" name="{}" id="{}"'
            ' aria-describedby="{}"{}>{}</select><script type="application/json" data-suiting>{}</script></div>'
        ).format(
            url_for("BoardTileView.choices_found"), _("Search, or look through the list"), _("Remove %(name)s", name="{}"), field.name,
            field.name, field.id, " ".join(notes), Markup(' aria-invalid="true"') if field.errors else "", options,
            htmlsafe_json_dumps(choosing.suiting()),
        )  # fmt: skip


def _option(choice: choosing.Choice, chosen: Collection[str]) -> Markup:
    held = Markup(" selected") if choice.value in chosen else ""
    return Markup('<option value="{}"{}>{}</option>').format(choice.value, held, choice.label)


class FiltersField(JSONField):
    """Filters, chosen from what there is: "f.country=BE", repeated. Lines such as "country: BE, NL" are read too, and
    programs may send an object of lists."""

    widget: Any = FiltersWidget()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parse, self.show = read_filters, show_filters

    def _value(self) -> str:
        return "\n".join(self.raw_data) if self.raw_data else show_filters(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """All chosen values at once."""
        super().process_formdata(["\n".join(raw for raw in valuelist if raw.strip())] if valuelist else [])
        if valuelist and self.data is None:
            self.data = {}

    def chosen(self) -> dict[str, list[str]]:
        """What is chosen now; of a text that cannot be read, nothing."""
        try:
            return read_filters(self.data) if isinstance(self.data, str) else dict(self.data or {})
        except BadValue:
            return {}


def read_filters(raw: str) -> dict[str, list[str]]:
    """Filters out of their lines.

    Raises:
        BadValue: naming the line that cannot be read.
    """
    if raw.lstrip().startswith("{"):
        found = JSONField.read(raw)
        if not all(
            isinstance(keys, list) and all(isinstance(k, str) for k in keys) for keys in found.values()
        ):
            raise BadValue(_l("Each dimension needs a list of texts."))
        return dict(found)
    if not storable(raw):
        raise BadValue(_l("This text contains characters that cannot be stored."))
    filters: dict[str, list[str]] = {}
    for line in filter(None, (line.strip() for line in raw.splitlines())):
        name, wanted = _line(line)
        filters.setdefault(name, []).extend(key for key in wanted if key not in filters.get(name, ()))
    return filters


def _line(line: str) -> tuple[str, list[str]]:
    """A dimension and its keys, out of "f.country=BE" or "country: BE, NL"."""
    if line.startswith(FILTER) and "=" in line:
        name, _equals, key = line.removeprefix(FILTER).partition("=")
        wanted = [key.strip()] if key.strip() else []
    else:
        name, _colon, keys = line.partition(":")
        wanted = [key.strip() for key in keys.split(",") if key.strip()]
    if not name.strip() or not wanted:
        raise BadValue(
            _l("This line cannot be read: %(line)s. Write it like “country: BE, NL”.", line=line[:60])
        )
    return name.strip().lower(), wanted


def show_filters(filters: Any) -> str:
    """Filters as lines; what is text already stays as it is."""
    if isinstance(filters, str):
        return filters
    return "\n".join(f"{name}: {', '.join(keys)}" for name, keys in (filters or {}).items())


class RoleBoxes:
    """A box to tick for each role; an empty value goes along, so that none ticked is an answer too."""

    def __call__(self, field: Any, **_kwargs: Any) -> Markup:
        parts = [Markup('<input type="hidden" name="{}" value="">').format(field.name)]
        for place, role in enumerate(field.offered):
            held = Markup(" checked") if role in (field.data or ()) else ""
            mark = Markup(
                '<label class="tick"><input type="checkbox" name="{}" value="{}" id="{}"{}> <span>{}</span></label>'
            )
            key = field.id if place == 0 else f"{field.id}-{place}"
            parts.append(mark.format(field.name, role, key, held, role))
        describe = Markup(' aria-describedby="{}-help"').format(field.id) if field.description else ""
        return Markup('<div class="ticks" role="group" aria-label="{}"{}>{}</div>').format(
            escape(field.label.text), describe, Markup("").join(parts)
        )


class RolesField(ListField):
    """Names of roles out of a few."""

    widget: Any = RoleBoxes()

    def __init__(self, *args: Any, offered: tuple[str, ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offered = offered

    def process_formdata(self, valuelist: list[str]) -> None:
        """All ticked boxes at once."""
        super().process_formdata(["\n".join(value for value in valuelist if value)] if valuelist else [])
