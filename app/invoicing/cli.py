"""Commands of invoicing: a document out to a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.db import db
from app.invoicing import papers, queries
from app.invoicing.errors import InvoiceNotFound

commands = AppGroup("invoicing", help="Invoices and credit notes.")


@commands.command("export")
@click.argument("number")
@click.option("--format", "format_", type=click.Choice(["pdf"]), default="pdf", show_default=True)
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="A file; by default NUMBER.pdf here."
)
def export(number: str, format_: str, to: Path | None) -> None:
    """Write the document of an invoice or credit note to a file. Prints where it is."""
    try:
        file = papers.of_invoice(db.session(), queries.any_by_number(db.session(), number))
    except InvoiceNotFound as refused:
        click.echo(refused.text, err=True)
        sys.exit(1)
    path = to or Path(file.filename)
    path.write_bytes(file.data)
    click.echo(str(path))
