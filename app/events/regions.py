"""What regions announce: new exchange rates, changed countries or currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class RatesChanged(Event):
    """Exchange rates were imported or set by hand; converted prices are different from now on."""

    currencies: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class RegionsChanged(Event):
    """A country or currency is offered, or is not any more."""

    codes: tuple[str, ...]
