"""Commands of invoicing: a document out to a file."""

from __future__ import annotations

from pathlib import Path

import click

from app.core.commands import Commands
from app.core.db import db
from app.invoicing import papers, queries

commands = Commands("invoicing", help="Invoices and credit notes.")


@commands.command("export")
@click.argument("number")
@click.option("--format", "format_", type=click.Choice(["pdf", "ubl"]), default="pdf", show_default=True)
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="A file; by default NUMBER.pdf here."
)
def export(number: str, format_: str, to: Path | None) -> None:
    """Write the document of an invoice or credit note to a file. Prints where it is."""
    if format_ == "ubl":
        raise click.ClickException("This version writes no UBL yet. Take the PDF: --format pdf.")
    file = papers.of_invoice(db.session(), queries.any_by_number(db.session(), number))
    path = to or Path(file.filename)
    path.write_bytes(file.data)
    click.echo(str(path))
