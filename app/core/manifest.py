"""The machinery's own manifest: audit sealing, cleaning, and the screens of jobs and audit."""

from __future__ import annotations

from typing import Any

from app.core import (
    audit,
    dispatch,
    idempotency,
    jobs,
    outbox,
    schedule,
    series,
    settings,
)
from app.core.db import db
from app.core.feature import Every, Feature

TABLES = (audit, idempotency, jobs, outbox, schedule, series, settings)
"""Modules of the machinery that bring tables of their own."""


def seal_audit(progress: Any) -> dict[str, int]:
    """Close the audit chain over what was written since the last time."""
    return {"sealed": audit.seal(db.session)}


def clean(progress: Any) -> dict[str, int]:
    """Forget delivered announcements and old idempotency keys."""
    idempotency.clean(db.session)
    return {"outbox": dispatch.clean(db.session)}


FEATURE = Feature(
    name="core",
    jobs={"core.seal_audit": seal_audit, "core.clean": clean},
    schedules=(
        Every(seconds=60, job="core.seal_audit"),
        Every(seconds=3600, job="core.clean"),
    ),
)
