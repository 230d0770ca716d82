"""Commands of the search."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path

import click

from app.core.actor import SYSTEM
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


@commands.command("learn")
def learn_command() -> None:
    """Learn from what was opened and bought after searches; into shadow if it wins. Prints one line of JSON."""
    from app.search.learning.training import learn

    made = learn(db.session(), actor=SYSTEM)
    figures = {"offline": made.offline, "recipe": made.recipe}
    data = {name: value for name, value in made.data.items() if name != "looks"}
    click.echo(
        json.dumps({"version": made.id, "state": made.state, "reason": made.reason, **figures, "data": data})
    )


@commands.command("evaluate")
@click.argument("judgements", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lang",
    type=click.Choice(list(LANGUAGES)),
    default="en",
    show_default=True,
    help="Language the queries are in.",
)
@click.option("--details", is_flag=True, help="Also print the figure of every query.")
@click.option(
    "--days",
    type=click.IntRange(1, 180),
    default=14,
    show_default=True,
    help="Without JUDGEMENTS: so many days of searches.",
)
def evaluate_command(judgements: Path | None, lang: str, details: bool, days: int) -> None:
    """Compare the first ten products of judged queries with the judgements; prints JSON.

    Without JUDGEMENTS: the version in use against the order by words, on what customers chose in the last days.
    """
    from app.search.operations import evaluate, read_judgements

    if judgements is None:
        from app.search.learning.switching import appraise

        click.echo(json.dumps(appraise(db.session(), days=days)))
        return
    with judgements.open(encoding="utf-8-sig", newline="") as file:
        asked = read_judgements(file)
    found = evaluate(db.session, asked, lang)
    answer = asdict(found)
    by_query = answer.pop("by_query")
    if details:
        answer["by_query"] = by_query
    click.echo(json.dumps(answer, ensure_ascii=False))
