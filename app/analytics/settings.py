"""How the shop counts its days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import available_timezones

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class AnalyticsSettings:
    """Where a day begins and ends for figures."""

    TITLE: ClassVar[Any] = _l("Figures")
    HELP: ClassVar[Any] = _l(
        "How figures are counted. After a change of the time zone all figures are made anew, which takes some minutes."
    )
    ICON: ClassVar[str] = "chart"
    POSITION: ClassVar[int] = 75

    timezone: str = setting(
        "Europe/Brussels",
        _l("Time zone"),
        _l("Days, weeks and months of figures begin and end here, for example Europe/Brussels."),
        needed=True,
    )
    keep_visit_days: int = setting(
        400, _l("Days that visits are kept"),
        _l("After that only what each day came to remains, with nobody in it."), least=1,
    )  # fmt: skip

    def problems(self) -> dict[str, Any]:
        """A time zone that nobody knows."""
        if self.timezone not in available_timezones():
            return {"timezone": _l("There is no such time zone. Please write it as in Europe/Brussels.")}
        return {}
