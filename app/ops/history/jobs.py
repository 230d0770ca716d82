"""An import of orders as a job of the back office: progress, cancel, and a result one can come back to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.core.actor import Actor
from app.core.db import db

NAME = "orders.import"


def import_orders(
    progress: Any, *, file: str, dry_run: bool = False, user_id: int | None = None, label: str = ""
) -> dict[str, Any]:
    """Take an uploaded file; `file` is its name in the folder of imports. Running it again goes on.

    Figures follow, also those of what is in when it is cancelled (`figures.take`).
    """
    from app.catalog.import_jobs import bad_rows_path, folder
    from app.ops.history import figures
    from app.ops.history.online_retail import OnlineRetail

    def tell(done: int, total: int, what: str) -> None:
        progress.step(done, total)

    path = folder() / Path(file).name
    run = OnlineRetail(db.session(), path, Actor("staff", user_id, label), dry_run, tell, bad_rows_path())
    progress.step(0)
    said = figures.take(run).as_dict()
    name = said["bad_rows_file"]
    return said | {"bad_rows_file": Path(name).name if name else None}
