"""Commands of support: the bot's learning, its judgement of a file, the mailbox."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from app.core.commands import Commands
from app.core.db import db
from app.core.errors import ShopError
from app.support.bot.rules import Weights, shares

commands = Commands("support", help="Bot and mailbox.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@commands.command("classify")
@click.argument("file", type=FILE)
@click.option(
    "--train",
    "train_file",
    type=FILE,
    help="Learn from this file (text, label) instead of the shop's sentences.",
)
@click.option("--brief", is_flag=True, help="Without the predictions.")
def classify_command(file: Path, train_file: Path | None, brief: bool) -> None:
    """Say what each text of a CSV file (text[, label]) is about; prints JSON with the accuracy where labels are given.

    Labels that the shop's bot does not know need --train: the same way of learning, on that file.
    """
    from app.support.bot import training

    try:
        texts, labels = training.read_csv(file)
        weights = _weights(train_file)
    except ShopError as wrong:
        raise click.ClickException(
            "A CSV file with a column text is needed, and labels where it is learned from."
        ) from wrong
    found = [weights.verdict(text) for text in texts]
    answer: dict[str, Any] = {"texts": len(texts)}
    if labels:
        answer["accuracy"] = round(shares([v.intent for v in found], labels), 4)
    if not brief:
        answer["predictions"] = [
            {"text": text, "intent": v.intent, "confidence": round(v.confidence, 4)}
            for text, v in zip(texts, found, strict=True)
        ]
    click.echo(json.dumps(answer, ensure_ascii=False))


def _weights(train_file: Path | None) -> Weights:
    """The model in force, made first where there is none; or one that learns from a file."""
    from app.support.bot import operations, training

    if train_file is None:
        return Weights.unpack(operations.learn(db.session).weights)
    texts, labels = training.read_csv(train_file)
    return training.train(list(zip(texts, labels, strict=False)), measure=False).weights


@commands.command("learn")
@click.option("--anew", is_flag=True, help="Also where nothing has changed.")
def learn_command(anew: bool) -> None:
    """Let the bot learn its sentences and put the result in force; prints JSON."""
    from app.support.bot import operations

    made = operations.learn(db.session, anew=anew)
    click.echo(json.dumps({"model": made.id, "sentences": made.sentences, "accuracy": float(made.accuracy)}))


@commands.command("mail")
def mail_command() -> None:
    """Take the mails of the mailbox (MAIL_INBOX_URL) now; prints JSON: how many of each outcome."""
    from app.support.tickets import inbox, operations

    if not inbox.is_read():
        raise click.ClickException("MAIL_INBOX_URL is not set.")
    try:
        click.echo(json.dumps(operations.fetch(db.session)))
    except ShopError as refusal:
        raise click.ClickException("The mailbox does not answer.") from refusal
