"""Fields of the forms of boards: filters as lines of words, roles as boxes to tick."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from app.core.admin.fields import JSONField, ListField
from app.core.admin.values import BadValue, storable
from app.core.admin.widgets import AreaWidget
from app.core.i18n import _l


class FiltersField(JSONField):
    """Filters, one dimension a line: "country: BE, NL". Programs may send an object of lists instead."""

    widget = AreaWidget(rows=3)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parse, self.show = read_filters, show_filters


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
        name, colon, keys = line.partition(":")
        wanted = [key.strip() for key in keys.split(",") if key.strip()]
        if not colon or not wanted:
            raise BadValue(
                _l("This line cannot be read: %(line)s. Write it like “country: BE, NL”.", line=line[:60])
            )
        filters[name.strip().lower()] = wanted
    return filters


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

    widget = RoleBoxes()

    def __init__(self, *args: Any, offered: tuple[str, ...] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.offered = offered

    def process_formdata(self, valuelist: list[str]) -> None:
        """All ticked boxes at once."""
        super().process_formdata(["\n".join(value for value in valuelist if value)] if valuelist else [])
