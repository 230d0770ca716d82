"""Commands of regions."""

from __future__ import annotations

from pathlib import Path

import click

from app.core.actor import SYSTEM
from app.core.commands import Commands
from app.core.db import db
from app.regions import operations, queries

commands = Commands("regions", help="Countries, currencies and exchange rates.")


@commands.command("import-rates")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_rates(file: Path) -> None:
    """Take in a file of the European Central Bank (XML or CSV, a day or the whole history)."""
    count = operations.import_rates(db.session, data=file.read_bytes(), actor=SYSTEM)
    click.echo(f"{count} rates")
    for info in queries.stale_currencies(db.session):
        click.echo(f"{info.currency}: the newest rate is of {info.on}", err=True)
