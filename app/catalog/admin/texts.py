"""Form fields for texts in the shop's other languages: `name_fr`, `description_nl`, …"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup
from wtforms import validators as checks

from app.core.admin import OperationView
from app.core.admin.fields import Storable, TextField
from app.core.admin.widgets import AreaWidget, TextWidget
from app.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, _l
from app.media.models import Image

OTHERS = tuple(code for code in LANGUAGES if code != DEFAULT_LANGUAGE)
Columns = Mapping[str, tuple[Any, int]]
"""Column to its label and its longest length; more than 500 letters get an area."""


def fields(columns: Columns) -> dict[str, Any]:
    """A field for each column in each other language."""
    made: dict[str, Any] = {}
    for code in OTHERS:
        for column, (label, longest) in columns.items():
            widget = AreaWidget(rows=6) if longest > 500 else TextWidget(maxlength=longest)
            made[f"{column}_{code}"] = TextField(
                label, widget=widget, validators=[checks.Optional(), Storable(), checks.Length(max=longest)],
                description=_help(column),
            )  # fmt: skip
    return made


def _help(column: str) -> Any:
    """What becomes of a text that is left empty in its language."""
    if column == "slug":
        return _l("Part of the address in this language. Empty: made from the name.")
    return _l("What is read in this language. Empty: the English text.")


def fieldsets(columns: Iterable[str]) -> list[tuple[str, dict[str, Any]]]:
    """A section of the form for each language."""
    names = list(columns)
    return [(LANGUAGES[code], {"fields": [f"{name}_{code}" for name in names]}) for code in OTHERS]


def values(item: Any, columns: Iterable[str]) -> dict[str, Any]:
    """What the fields show of a row."""
    held = item.translations or {}
    return {f"{name}_{code}": (held.get(code) or {}).get(name, "") for code in OTHERS for name in columns}


def taken(form: Any, columns: Iterable[str], keep: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The translations as operations want them; texts the form does not hold come from `keep`."""
    names = list(columns)
    found: dict[str, dict[str, str]] = {}
    for code in OTHERS:
        texts = {k: v for k, v in ((keep or {}).get(code) or {}).items() if k not in names}
        texts |= {name: form[f"{name}_{code}"].data or "" for name in names}
        if any(texts[name] for name in names):
            found[code] = texts
    return found


def plain_values(form: Any, columns: Iterable[str], skip: Iterable[str] = ()) -> dict[str, Any]:
    """All other values of the form."""
    own = {f"{name}_{code}" for code in OTHERS for name in columns} | {"csrf_token", *skip}
    return {field.name: field.data for field in form if field.name not in own}


def argument_fields(columns: Iterable[str]) -> dict[str, str]:
    """Where a refusal of a translation belongs: translations.fr.name to name_fr."""
    return {f"translations.{code}.{name}": f"{name}_{code}" for code in OTHERS for name in columns}


_FRAME = Markup(
    '<span style="width:{0}px;height:{0}px;border-radius:8px;display:block;background:rgba(127,127,127,.15)"></span>'
)
_PICTURE = Markup(
    '<img src="{0}" width="{1}" height="{1}" alt="" loading="lazy"'
    ' style="width:{1}px;height:{1}px;border-radius:8px;object-fit:cover;display:block;background:{2}">'
)


def thumbnail(image: Image | None, side: int = 44) -> Markup:
    """A small picture for tables; an empty frame where there is none."""
    if image is None:
        return _FRAME.format(side)
    shown = image.image_set()
    return _PICTURE.format(shown.webp.partition(" ")[0] or shown.src, side, image.colour or "transparent")


class WrittenView(OperationView):
    """Texts in every language of the shop, each in its own section of the form."""

    own_texts: Columns = {}

    def edit_values(self, item: Any) -> dict[str, Any]:
        """Fill in the texts of the other languages."""
        return values(item, self.own_texts)

    def values_of(self, form: Any) -> dict[str, Any]:
        """What the operation receives."""
        values = plain_values(form, self.own_texts)
        return values | {"translations": taken(form, self.own_texts)}

    def argument_fields(self) -> dict[str, str]:
        """Where refusals belong."""
        return argument_fields(self.own_texts)
