"""What may become of a single row beside being taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.errors import Conflict
from app.core.i18n import _l


class RowRefused(Exception):
    """A row cannot be taken; `errors` maps fields ("" for the whole row) to sentences."""

    def __init__(self, errors: Mapping[str, Any]):
        super().__init__("row refused")
        self.errors = {name: str(words) for name, words in errors.items()}


class AlreadySo(Conflict):
    """Nothing would change. On a form it is a refusal, in an import the row counts as the same."""

    code = "already_so"
    message = _l("This is known already; nothing was changed.")


class ImportIsRunning(Conflict):
    """The table is being checked or taken at this moment."""

    code = "import_is_running"
    message = _l("This import is at work. Wait for it, or cancel it first.")


class KeyMissing(Conflict):
    """Without the columns that tell rows apart nothing can be imported."""

    code = "key_missing"
    message = _l("Please choose a column for %(names)s: that tells the rows apart.")


class FileGone(Conflict):
    """The uploaded table is not kept any more."""

    code = "file_gone"
    message = _l("The uploaded table is not kept any more. Please upload it again.")


class NotChecked(Conflict):
    """A table is checked before it is taken."""

    code = "not_checked"
    message = _l("Please check the table first.")
