"""An import as a job of the back office: progress, cancel, and a result one can come back to."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from flask import current_app

from app.catalog.importing.building import Options
from app.catalog.importing.running import Import
from app.catalog.operations.parts import product_parts
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.db import db

LONGEST_NAME = 80


def folder() -> Path:
    """Where uploads and reports of imports are kept."""
    place = Path(current_app.config["COMPTOIR_HOME"]) / "imports"
    place.mkdir(parents=True, exist_ok=True)
    return place


def bad_rows_path() -> Path:
    """A new place for a report of rows that were not taken."""
    return folder() / f"{utcnow():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}-bad-rows.csv"


def options_for(format_: str, **given: Any) -> Options:
    """How a format is taken unless somebody says otherwise: Icecat names no price for some articles."""
    derive = given.pop("derive_prices", None)
    derive = format_ == "icecat" if derive is None else derive
    return Options(derive_prices=derive, parts=frozenset(product_parts), **given)


def run_import(
    progress: Any, file: str, format: str, dry_run: bool = False, currency: str = "EUR", stock: int = 0,
    with_images: bool = False, user_id: int | None = None, label: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Take an uploaded file; `file` is its name in the folder of imports. Running it again is harmless."""
    path = folder() / Path(file).name
    options = options_for(format, currency=currency, stock=stock, with_images=with_images)
    actor = Actor("staff", user_id, label)
    run = Import(
        db.session, path, format, actor, options, dry_run, lambda done: progress.step(done), bad_rows_path()
    )
    progress.step(0)
    summary = run.run().as_dict()
    report = summary.pop("bad_rows_file")
    return summary | {"bad_rows_file": Path(report).name if report else None}
