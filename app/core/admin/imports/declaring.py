"""What a screen says about imports, and what the base layer makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for

SCREEN = "TableImportView"
"""The screen of all imports, by its class name."""


@dataclass(frozen=True, slots=True)
class Imports:
    """How a table is taken into a screen.

    `keys` are natural keys, each a tuple of fields or columns, tried in turn: the first that finds a row
    makes it a change, none makes it a new row. `fold` compares text keys without capitals. `leave_out`
    names fields that no table can hold. A screen without any key only adds; its operation has to know
    what it has seen (`AlreadySo`).
    """

    keys: tuple[tuple[str, ...], ...]
    fold: bool = False
    leave_out: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that any of the keys names."""
        return tuple(dict.fromkeys(name for key in self.keys for name in key))


def by(*names: str, fold: bool = False, leave_out: tuple[str, ...] = ()) -> Imports:
    """Rows are told apart by these fields together: `imports = by("country", "tax_class")`."""
    return Imports((names,), fold, leave_out)


class ImportsMixin:
    """A screen's `imports`: an `Imports`, or a sentence that says why nothing can be imported."""

    imports: Any = None

    def import_cells(self, cells: Mapping[str, str]) -> dict[str, str]:
        """A row's cells by field before anything is looked up. Override to spell them the house's way."""
        return dict(cells)

    def import_known(self, form: Any) -> bool:
        """True when a filled form would only say what was taken before. Override where no key tells."""
        return False

    def imports_tables(self) -> bool:
        """True when tables can be taken into this screen at all."""
        return isinstance(self.imports, Imports) and (self.can_ever("add") or self.can_ever("edit"))  # type: ignore[attr-defined]

    def may_import(self) -> bool:
        """True when this person may take tables into this screen."""
        return self.imports_tables() and (self.can("add") or self.can("edit"))  # type: ignore[attr-defined]

    def import_url(self) -> str:
        """Where a table for this screen is uploaded; empty for those who may not."""
        if not self.may_import() or not screen_of_imports().can("new"):
            return ""
        return url_for(f"{SCREEN}.new", name=self.entity)  # type: ignore[attr-defined]


def all_screens() -> list[Any]:
    """Every screen of the back office."""
    application: Any = current_app
    return list(application.appbuilder.baseviews)


def screen_of_imports() -> Any:
    """The screen of imports itself."""
    return next(v for v in all_screens() if type(v).__name__ == SCREEN)


def screens() -> dict[str, Any]:
    """The screens that take tables, by entity."""
    return {v.entity: v for v in all_screens() if isinstance(v, ImportsMixin) and v.imports_tables()}  # type: ignore[attr-defined]
