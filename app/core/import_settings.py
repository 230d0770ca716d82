"""How long the tables that people upload are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """`keep_days` counts from the end of an import; what was not taken to its end is kept without limit."""

    TITLE: ClassVar[Any] = _l("Imports of tables")
    HELP: ClassVar[Any] = _l("What becomes of the tables that people of the shop upload.")
    ICON: ClassVar[str] = "upload"
    POSITION: ClassVar[int] = 96

    keep_days: int = setting(
        30,
        _l("Keep uploaded tables for so many days"),
        _l(
            "Counted from the end of the import; then the file is deleted and its report stays."
            " Imports that were not finished keep theirs."
        ),
        least=1,
    )
