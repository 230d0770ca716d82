"""What a show page holds beside its values: panels that a screen adds, and sections of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Panel:
    """A box on a show page. `where` is "top", "main" (below the values) or "side"."""

    title: Any
    html: Markup
    where: str = "main"
    id: str = ""


def panel(title: Any, template: str, where: str = "main", id: str = "", **values: Any) -> Panel:
    """A panel from a template of the feature: `panel(_l("Parcels"), "fulfilment/admin/parcels.html", parcels=…)`."""
    html = Markup(render_template(template, **values))  # noqa: S704  # a template escapes
    return Panel(title, html, where, id)


class PanelsMixin:
    """Hooks of the show page. A screen overrides `panels`, `page_values` or sets `show_template`."""

    def panels(self, item: Any) -> list[Panel]:
        """More boxes for this row. Override."""
        return []

    def page_values(self, item: Any) -> dict[str, Any]:
        """More values for this screen's own `show_template`; `asks_again` looks at work that goes on. Override."""
        return {}

    def may_edit(self, item: Any) -> bool:
        """True when this row may still be changed by form (an order that was shipped may not). Override."""
        return True

    def show_sections(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """The show page's sections: (title, [(label, value)])."""
        fieldsets = self.show_fieldsets or [("", {"fields": self.show_columns})]
        return [
            (title, [(self.label_columns.get(n, n), self.cell(item, n)) for n in options["fields"]])
            for title, options in fieldsets
        ]
