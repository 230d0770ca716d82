"""Commands of the metric layer."""

from __future__ import annotations

import click

from app.analytics import checks, operations
from app.analytics.stock import closing
from app.core.commands import Commands
from app.core.db import db

commands = Commands("analytics", help="Figures of the shop: make them anew, check them.")


@commands.command("rebuild")
def rebuild() -> None:
    """Make all facts and sums anew from orders and payments. The shop may go on meanwhile."""

    def report(done: int, total: int, words: str) -> None:
        click.echo(f"{done}/{total} {words}")

    click.echo(f"{operations.rebuild(db.session(), report=report)} orders")


@commands.command("check")
def check() -> None:
    """Compare the sums with their facts, and the facts with orders and payments. Fails when they differ."""
    session = db.session()
    wrong = [*checks.wrong_facts(session), *checks.wrong_sums(session), *closing.wrong_days(session)]
    for sentence in wrong:
        click.echo(sentence)
    if wrong:
        raise click.ClickException(
            f"{len(wrong)} figures are wrong. `flask analytics rebuild` makes them anew."
        )
    click.echo("All figures are what the orders say.")
