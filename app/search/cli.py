"""Commands of the search."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from app.core.commands import Commands
from app.core.db import db
from app.core.i18n import LANGUAGES

commands = Commands("search", help="The search index.")


@commands.command("reindex")
def reindex_command() -> None:
    """Build the whole index again; prints progress, then one line of JSON."""
    from app.search.operations import reindex

    started = time.monotonic()

    def report(done: int) -> None:
        if done % 5_000 == 0:
            click.echo(f"{done} products …", err=True)

    shown = reindex(db.session, report)
    click.echo(json.dumps({"products": shown, "seconds": round(time.monotonic() - started, 1)}))


@commands.command("evaluate")
@click.argument("judgements", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="Language the queries are in.",
)
@click.option("--details", is_flag=True, help="Also print the figure of every query.")
def evaluate_command(judgements: Path, lang: str, details: bool) -> None:
    """Compare the first ten products of judged queries with the judgements; prints JSON."""
    from app.search.operations import evaluate, read_judgements

    with judgements.open(encoding="utf-8-sig", newline="") as file:
        asked = read_judgements(file)
    found = evaluate(db.session, asked, lang)
    answer = asdict(found)
    by_query = answer.pop("by_query")
    if details:
        answer["by_query"] = by_query
    click.echo(json.dumps(answer, ensure_ascii=False))
