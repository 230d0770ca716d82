"""Scheduled work of regions: the day's exchange rates."""

from __future__ import annotations

from typing import Any

import structlog

from app.core import settings
from app.core.actor import SYSTEM
from app.core.db import db
from app.core.errors import ShopError
from app.regions import ecb, operations, queries
from app.regions.settings import RegionSettings

log = structlog.get_logger("regions")


def fetch_rates(progress: Any) -> dict[str, Any]:
    """Fetch and import the day's rates, unless today's are there or nobody wants to be asked.

    Without a connection the rates of before stay, and are flagged once they are too old.
    """
    wanted = settings.get(db.session, RegionSettings)
    if not wanted.fetch_rates or not queries.is_fetch_due(db.session):
        return {"rates": 0}
    try:
        data = ecb.fetch(wanted.rates_address)
        count = operations.import_rates(db.session, data=data, actor=SYSTEM)
    except ShopError as refused:
        log.warning("rates could not be fetched", problem=refused.code)
        return {"rates": 0, "problem": refused.text}
    progress.step(count, count)
    return {"rates": count}
