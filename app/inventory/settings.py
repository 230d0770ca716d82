"""What shop people may set about stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting

MOST = {"demand_days": 366, "dead_days": 3_660, "lead_days": 366, "review_days": 366, "safety_percent": 300}


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

    demand_days: int = setting(
        30, _l("Days that show the pace of sales"), _l("Days of cover divide the stock by the mean sales of so many days."),
        least=1,
    )  # fmt: skip
    dead_days: int = setting(
        90, _l("Days without a sale until stock is dead"), _l("What sold nothing for so long is listed as dead stock."),
        least=1,
    )  # fmt: skip
    lead_days: int = setting(
        7, _l("Days until a delivery comes"), _l("From the order at a supplier to the shelf; the reorder list looks that far.")
    )  # fmt: skip
    review_days: int = setting(
        14, _l("Days an order should last"), _l("How often you order: a proposal covers the delivery time and so many days."),
        least=1,
    )  # fmt: skip
    safety_percent: int = setting(
        100, _l("Safety in percent"),
        _l("How much of the forecast's uncertainty is kept as safety stock: 0 orders for the mean, 100 for the upper bound."),
    )  # fmt: skip

    def problems(self) -> dict[str, Any]:
        """Addresses that cannot be written to, and numbers beyond all sense."""
        bad = [line for line in self.alert_emails if "@" not in line.strip("@") or len(line) > 254]
        found = (
            {"alert_emails": _l("This is not an e-mail address: %(text)s", text=bad[0][:80])} if bad else {}
        )
        for name, most in MOST.items():
            if getattr(self, name) > most:
                found[name] = _l("At most %(most)s.", most=most)
        return found
