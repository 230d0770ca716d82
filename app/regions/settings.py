"""Where the shop is at home, and which rates it trusts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """`base_currency` is the one prices are kept in; rates older than `stale_days` are flagged.

    `fetch_rates` asks `rates_address` once a working day; off, rates are imported by hand.
    """

    TITLE: ClassVar[Any] = _l("Exchange rates")
    HELP: ClassVar[Any] = _l("Where rates come from, and when they count as old.")
    ICON: ClassVar[str] = "globe"
    POSITION: ClassVar[int] = 50

    home_country: str = "BE"
    base_currency: str = "EUR"
    stale_days: int = setting(
        3, _l("Days until a rate is old"), _l("From then on the first page warns; the rate still counts."), least=1
    )  # fmt: skip
    fetch_rates: bool = setting(
        False,
        _l("Fetch rates every working day"),
        _l("From the European Central Bank. Off: import them by hand."),
    )
    rates_address: str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
