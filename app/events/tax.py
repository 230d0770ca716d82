"""What tax announces."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.event import Event


@dataclass(frozen=True, slots=True)
class TaxRatesChanged(Event):
    """VAT rates of some countries were added or ended."""

    countries: tuple[str, ...]
