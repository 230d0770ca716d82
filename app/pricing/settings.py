"""How converted prices are rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting

RULE = re.compile(r"[A-Z]{3} (none|(step|ending):\d{1,4}(\.\d{1,3})?)")


@dataclass(frozen=True, slots=True)
class PricingSettings:
    """`rounding` holds one rule a currency ("USD ending:0.99"); others round to the smallest unit.

    Rules are those of `pricing.rules.round_price`: none, step:0.05, ending:0.99.
    """

    TITLE: ClassVar[Any] = _l("Converted prices")
    HELP: ClassVar[Any] = _l("How prices look in currencies that have no price list.")
    ICON: ClassVar[str] = "tag"
    POSITION: ClassVar[int] = 60

    rounding: tuple[str, ...] = setting(
        ("USD step:0.05", "GBP step:0.05"),
        _l("Rounding"),
        _l("One a line: USD step:0.05, GBP ending:0.99, CHF none."),
    )

    def problems(self) -> dict[str, Any]:
        """Lines that are no rule."""
        bad = [
            line
            for line in self.rounding
            if not RULE.fullmatch(line) or line.endswith((" step:0", " step:0.0", " step:0.00"))
        ]
        return {"rounding": _l("This is not a rounding rule: %(text)s", text=bad[0][:60])} if bad else {}
