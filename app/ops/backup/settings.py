"""When backups are made, and how long they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """`hour` is in UTC. Of the backups older than `keep_days` the last one of each month stays for `keep_months`."""

    TITLE: ClassVar[Any] = _l("Backups")
    HELP: ClassVar[Any] = _l("When the shop saves itself, and how long backups are kept.")
    ICON: ClassVar[str] = "archive"
    POSITION: ClassVar[int] = 95

    daily: bool = setting(True, _l("Make a backup every day"), _l("Database and pictures, encrypted."))
    hour: int = setting(3, _l("Hour of the day"), _l("From 0 to 23, in universal time (UTC)."))
    keep_days: int = setting(
        14, _l("Keep every backup for so many days"), _l("Older ones are deleted."), least=1
    )
    keep_months: int = setting(
        6, _l("Keep the last backup of a month for so many months"), _l("0 keeps none of them longer.")
    )

    def problems(self) -> dict[str, Any]:
        """An hour that no clock shows."""
        return {} if self.hour < 24 else {"hour": _l("Please enter an hour from 0 to 23.")}
