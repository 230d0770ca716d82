"""Commands of forecasting: prove the models on a file of sales, or train now."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.core import jobs
from app.core.commands import Commands
from app.core.db import db
from app.core.errors import Invalid
from recommender.forecasting.jobs import TRAIN

commands = Commands("forecast", help="Forecasts of demand.")


@commands.command("backtest")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def backtest_command(file: Path) -> None:
    """Prove the models on FILE, a CSV table with the columns sku, date and quantity. Prints JSON."""
    from recommender.forecasting import files

    sales = files.read(file)

    from recommender.forecasting import backtest, demand

    laid = demand.table(
        ((sku, day, pieces) for (sku, day), pieces in sales.pieces.items()),
        start=sales.start,
        end=sales.end,
        keys=sales.keys,
    )
    try:
        proof = backtest.backtest(laid)
    except backtest.TooShort as why:
        raise Invalid(str(why)) from why
    click.echo(json.dumps(proof.as_json() | {"notes": list(sales.notes)}, indent=2))


@commands.command("train")
def train_command() -> None:
    """Queue a training; a worker does it, and the screen of forecasts shows what came out."""
    click.echo(f"job {jobs.start(db.session, TRAIN)}")
