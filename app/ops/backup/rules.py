"""When a backup is due, and which old ones may go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

NAME = re.compile(r"comptoir-(\d{8}T\d{6}Z)\.backup")


def name_for(moment: datetime) -> str:
    """The file name of a backup made at this moment."""
    return f"comptoir-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"


def moment_of(name: str) -> datetime | None:
    """When a backup was made, from its name; None for the name of something else."""
    found = NAME.fullmatch(name)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def is_due(newest: datetime | None, now: datetime, hour: int) -> bool:
    """True when no backup was made since the last time the clock passed this hour (UTC)."""
    last = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if last > now:
        last -= timedelta(days=1)
    return newest is None or newest < last


def to_drop(moments: Sequence[datetime], now: datetime, days: int, months: int) -> list[datetime]:
    """Which backups may go: older than `days`, and not the last one of one of the last `months` months.

    The newest always stays, however old it is.
    """
    ordered = sorted(moments)
    kept = set(ordered[-1:])
    kept |= {moment for moment in ordered if moment > now - timedelta(days=days)}
    last_of_month = {(moment.year, moment.month): moment for moment in ordered}
    oldest = now.year * 12 + now.month - months
    kept |= {m for (year, month), m in last_of_month.items() if year * 12 + month > oldest}
    return [moment for moment in ordered if moment not in kept]
