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


def import_table(progress: Any, **given: Any) -> dict[str, Any]:
    """Check or take an uploaded table; see `app.core.admin.imports`."""
    from app.core.admin.imports.running import run_import  # the back office comes after the machinery

    return run_import(progress, **given)


FEATURE = Feature(
    name="core",
    jobs={"core.seal_audit": seal_audit, "core.clean": clean, "core.import_table": import_table},
    schedules=(
        Every(seconds=60, job="core.seal_audit"),
        Every(seconds=3600, job="core.clean"),
    ),
)
