"""Bands of age, for customers who like to give one. Nobody is asked for a day of birth."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from app.core.i18n import _l


class AgeBand(StrEnum):
    """How old a customer says to be, in steps of ten years."""

    UNDER_18 = "under_18"
    FROM_18 = "18_24"
    FROM_25 = "25_34"
    FROM_35 = "35_44"
    FROM_45 = "45_54"
    FROM_55 = "55_64"
    FROM_65 = "65_up"

    @property
    def label(self) -> Any:
        """What people read."""
        return LABELS[self]

    @classmethod
    def check_sql(cls) -> str:
        """The condition that keeps the column to these."""
        return f"age_band IN ({', '.join(repr(band.value) for band in cls)})"


LABELS: dict[AgeBand, Any] = {
    AgeBand.UNDER_18: _l("Under 18"),
    AgeBand.FROM_18: _l("18 to 24"),
    AgeBand.FROM_25: _l("25 to 34"),
    AgeBand.FROM_35: _l("35 to 44"),
    AgeBand.FROM_45: _l("45 to 54"),
    AgeBand.FROM_55: _l("55 to 64"),
    AgeBand.FROM_65: _l("65 and over"),
}
NOT_GIVEN = _l("Not given")
"""What stands for those who say nothing."""
