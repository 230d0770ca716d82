"""What shop people may set about carts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class CartSettings:
    """`remind_after_hours` 0 sends no reminders; guests get one only with `remind_guests`.

    Both only when they agreed to reminders. Guests' carts are kept `keep_guest_days`.
    """

    TITLE: ClassVar[Any] = _l("Bags")
    HELP: ClassVar[Any] = _l("Reminders of bags that were left, and how long they are kept.")
    ICON: ClassVar[str] = "shopping-bag"
    POSITION: ClassVar[int] = 40

    remind_after_hours: int = setting(
        24, _l("Hours until a reminder"), _l("0 sends none. Only customers who agreed to reminders get one.")
    )
    remind_guests: bool = setting(
        False, _l("Remind guests too"), _l("Only those who agreed to it with their address.")
    )
    keep_guest_days: int = setting(
        90, _l("Days a guest's bag is kept"), _l("Counted from the last time it was touched."), least=30
    )
