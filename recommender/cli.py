"""`flask recommender …`: train and judge on the shop's data, and published benchmarks with the same models."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.core.actor import SYSTEM
from app.core.commands import Commands
from app.core.db import db
from recommender import rules

commands = Commands("recommender", help="Suggestions: train, evaluate, benchmark.")


@commands.command("train")
def train_command() -> None:
    """Train a version on this shop's data; it serves if it is better. Prints one line of JSON."""
    from recommender.train import train

    made = train(db.session(), actor=SYSTEM)
    click.echo(
        json.dumps(
            {
                "version": made.id,
                "kind": made.kind,
                "state": made.state,
                "reason": made.reason,
                **_figures(made.metrics),
                "data": made.data,
                "seconds": round(sum(v for k, v in made.timings.items() if k != "peak_mb"), 1),
                "peak_mb": made.timings.get("peak_mb"),
            }
        )  # fmt: skip
    )


@commands.command("evaluate")
def evaluate_command() -> None:
    """Judge the best recipe on the last month without storing anything. Prints one line of JSON."""
    import resource
    import time

    from app.core import settings
    from app.core.clock import utcnow
    from recommender import dataset
    from recommender.settings import RecommenderSettings
    from recommender.train import appraise

    begun, session = time.perf_counter(), db.session()
    choices = dataset.read(session, dataset.end_of_history(session, utcnow()))
    half_life = float(settings.get(session, RecommenderSettings).half_life_days)
    recipe, trial, metrics = appraise(choices, half_life, None)
    click.echo(
        json.dumps(
            {
                "recipe": recipe,
                "verdict": rules.verdict(trial),
                **_figures(metrics),
                "data": choices.described(),
                "seconds": round(time.perf_counter() - begun, 1),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )  # fmt: skip
    )


@commands.command("benchmark")
@click.argument("train", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("test", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format_", type=click.Choice(["lightgcn"]), required=True)
@click.option(
    "--model", type=click.Choice(["auto", "blend", "ease", "graph", "neighbours", "popularity"]), default="auto",
    show_default=True,
)  # fmt: skip
@click.option(
    "--seconds",
    type=click.FloatRange(1, 86_400),
    default=480.0,
    show_default=True,
    help="How long it may take: choosing stops when half of it is gone.",
)
@click.option("--quiet", is_flag=True, help="Say nothing but the result.")
def benchmark_command(train: Path, test: Path, format_: str, model: str, seconds: float, quiet: bool) -> None:
    """Learn from TRAIN, answer TEST. Figures are chosen on a split of TRAIN. Prints one line of JSON."""
    from recommender.benchmark import run

    def say(words: str) -> None:
        if not quiet:
            click.echo(words, err=True)

    found = run(train, test, model, say, seconds)
    click.echo(json.dumps(found.as_dict()))


def _figures(metrics: dict[str, dict[str, float]]) -> dict[str, float | None | dict[str, float]]:
    own, low = metrics.get("model", {}), metrics.get("popularity", {})
    return {
        "Recall@20": own.get("recall@20"), "NDCG@20": own.get("ndcg@20"), "coverage": own.get("coverage"),
        "novelty": own.get("novelty"), "popularity": low, "times_popularity": rules.times_popularity(metrics),
    }  # fmt: skip
