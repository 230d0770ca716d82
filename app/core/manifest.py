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
from app.core.clock import utcnow
from app.core.db import db
from app.core.feature import Every, Feature
from app.core.import_settings import ImportSettings

TABLES = (audit, idempotency, jobs, outbox, schedule, series, settings)
"""Modules of the machinery that bring tables of their own."""


def seal_audit(progress: Any) -> dict[str, int]:
    """Close the audit chain over what was written since the last time."""
    return {"sealed": audit.seal(db.session)}


def clean(progress: Any) -> dict[str, int]:
    """Forget delivered announcements and old idempotency keys."""
    idempotency.clean(db.session)
    return {"outbox": dispatch.clean(db.session)}


def clean_imports(progress: Any) -> dict[str, int]:
    """Delete the files of imports that were finished long ago. Running it again finds nothing."""
    from app.core.admin.imports import keeping  # the back office comes after the machinery
    from app.core.admin.imports.running import folder

    days = settings.get(db.session, ImportSettings).keep_days
    return keeping.clean(db.session, place=folder(), before=keeping.since(days, utcnow()))


def import_table(progress: Any, **given: Any) -> dict[str, Any]:
    """Check or take an uploaded table; see `app.core.admin.imports`."""
    from app.core.admin.imports.running import run_import  # the back office comes after the machinery

    return run_import(progress, **given)


FEATURE = Feature(
    name="core",
    jobs={
        "core.seal_audit": seal_audit,
        "core.clean": clean,
        "core.clean_imports": clean_imports,
        "core.import_table": import_table,
    },
    settings=ImportSettings,
    schedules=(
        Every(seconds=60, job="core.seal_audit"),
        Every(seconds=3600, job="core.clean"),
        Every(seconds=86_400, job="core.clean_imports"),
    ),
)
