"""What shop people may set about stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class InventorySettings:
    """`low_at` is the alert threshold of rows without one; `hold_minutes` how long checkout holds.

    `alert_emails` are told when stock runs low; without any, everybody with the role Manager is.
    """

    TITLE: ClassVar[Any] = _l("Stock")
    HELP: ClassVar[Any] = _l("When the shop warns, and how long it holds goods for somebody who pays.")
    ICON: ClassVar[str] = "boxes"
    POSITION: ClassVar[int] = 30

    low_at: int = setting(3, _l("Warn at this many pieces"), _l("For articles without a level of their own."))
    hold_minutes: int = setting(
        30, _l("Minutes goods are held"), _l("While somebody pays; then others can buy them again."), least=5
    )
    default_warehouse: str = "MAIN"
    alert_emails: tuple[str, ...] = setting(
        (), _l("Who is told by mail"), _l("One address a line. Empty: every manager.")
    )

    def problems(self) -> dict[str, Any]:
        """Addresses that cannot be written to."""
        bad = [line for line in self.alert_emails if "@" not in line.strip("@") or len(line) > 254]
        return (
            {"alert_emails": _l("This is not an e-mail address: %(text)s", text=bad[0][:80])} if bad else {}
        )
