"""`flask orders …`: orders of the past, in from other systems."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from app.core.actor import SYSTEM
from app.core.admin.imports.files import UnreadableFile
from app.core.commands import Commands
from app.core.db import db

orders = Commands("orders", help="Orders of the past, in from other systems.")
EXIT_NOTHING_TAKEN = 1


@orders.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice(["online-retail"]), required=True)
@click.option("--dry-run", is_flag=True, help="Check every line, write nothing.")
@click.option(
    "--bad",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where lines that are not taken are written.",
)
def import_command(file: Path, format_: str, dry_run: bool, bad: Path | None) -> None:
    """Take orders, refunds, stock, customers and articles from FILE. Prints progress, then one line of JSON."""
    from app.catalog.import_jobs import bad_rows_path
    from app.ops.history import figures
    from app.ops.history.online_retail import OnlineRetail
    from app.ops.history.patience import patiently

    def tell(done: int, total: int, what: str) -> None:
        click.echo(f"{what}: {done} of {total}", err=True)

    run = OnlineRetail(db.session(), file, SYSTEM, dry_run, tell, bad or bad_rows_path())
    try:
        with patiently(db.session()):
            report = figures.take(run, tell)
    except (UnreadableFile, PermissionError) as problem:
        click.echo(json.dumps({**run.report.as_dict(), "error": str(problem)}, ensure_ascii=False))
        raise click.ClickException(str(problem)) from problem
    click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    if report.rows_read and report.bad == report.rows_read:
        sys.exit(EXIT_NOTHING_TAKEN)
