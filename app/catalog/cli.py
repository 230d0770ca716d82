"""Commands of the catalogue: products in from other systems, products out."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from app.catalog.importing.errors import UnknownFormat, UnreadableFile
from app.catalog.importing.formats import READERS
from app.core.actor import SYSTEM
from app.core.commands import Commands
from app.core.db import db
from app.regions.queries import enabled_currencies

commands = Commands("catalog", help="Products in from other systems, products out.")
EXIT_NOTHING_TAKEN = 1


@commands.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "format_", type=click.Choice(sorted(READERS)), required=True)
@click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
@click.option("--currency", default="EUR", show_default=True, help="Currency of the prices in the file.")
@click.option(
    "--derive-prices/--no-derive-prices",
    default=None,
    help="Give articles without a price a likely one (default for icecat).",
)
@click.option(
    "--stock",
    default=0,
    type=click.IntRange(0, 100_000),
    help="Put up to so many pieces of each article on the shelf where the file names none.",
)
@click.option("--with-images", is_flag=True, help="Also fetch the pictures the file names.")
@click.option(
    "--bad",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where rows that are not taken are written.",
)
def import_command(
    file: Path, format_: str, dry_run: bool, currency: str, derive_prices: bool | None, stock: int,
    with_images: bool, bad: Path | None,
) -> None:  # fmt: skip
    """Take products from FILE. Prints progress, then one line of JSON."""
    from app.catalog.import_jobs import bad_rows_path, options_for
    from app.catalog.importing.running import Import

    currency = _known_currency(currency)
    if file.is_dir() and format_ != "icecat":
        raise click.ClickException(f"{file} is a folder; only icecat may be one.")
    options = options_for(
        format_, currency=currency, derive_prices=derive_prices, stock=stock, with_images=with_images
    )
    run = Import(
        db.session, file, format_, SYSTEM, options, dry_run,
        lambda done: click.echo(f"{done} rows …", err=True), bad or bad_rows_path(),
    )  # fmt: skip
    try:
        summary = run.run()
    except (UnreadableFile, UnknownFormat, PermissionError) as problem:
        click.echo(json.dumps({**run.summary.as_dict(), "error": str(problem)}, ensure_ascii=False))
        raise click.ClickException(str(problem)) from problem
    click.echo(json.dumps(summary.as_dict(), ensure_ascii=False))
    if summary.rows_read and summary.bad == summary.rows_read:
        sys.exit(EXIT_NOTHING_TAKEN)


@commands.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--currency", default="EUR", show_default=True, help="Currency of the price column.")
def export_command(file: Path | None, currency: str) -> None:
    """Write all products as a table (CSV, or XLSX by the name of FILE); without FILE to standard output."""
    from app.catalog.importing.exporting import export, write_xlsx

    currency = _known_currency(currency)
    if file is None:
        export(db.session, sys.stdout, currency)
        return
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        if file.suffix.lower() == ".xlsx":
            products, rows = write_xlsx(db.session, draft, currency)
        else:
            with draft.open("w", encoding="utf-8", newline="") as out:
                products, rows = export(db.session, out, currency)
        draft.replace(file)  # a file that was there before is replaced by a whole one, or stays
    finally:
        draft.unlink(missing_ok=True)
    click.echo(json.dumps({"products": products, "rows": rows, "file": str(file)}))


def _known_currency(code: str) -> str:
    """The currency as the shop writes it."""
    known = enabled_currencies(db.session())
    if code.upper() not in known:
        raise click.BadParameter(
            f"The shop does not know {code!r}; it sells in {', '.join(known)}.", param_hint="--currency"
        )
    return code.upper()
