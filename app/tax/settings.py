"""How taxes are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.i18n import _l
from app.core.settings import setting


@dataclass(frozen=True, slots=True)
class TaxSettings:
    """`show_net` shows prices without VAT beside the ones with it. What is charged stays the same."""

    TITLE: ClassVar[Any] = _l("VAT")
    HELP: ClassVar[Any] = _l("How prices are shown. What is charged stays the same.")
    ICON: ClassVar[str] = "percent"
    POSITION: ClassVar[int] = 55

    show_net: bool = setting(
        False, _l("Show prices without VAT too"), _l("On product pages, beside the price with VAT.")
    )
