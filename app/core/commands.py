"""Groups of commands whose refusals are plain sentences; a traceback means a fault of ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.core.errors import InvalidFields, ShopError

AWAY = ("08", "28", "3D", "53", "57P")
"""Classes of PostgreSQL's answers that say: nobody can work here now. Without any, there was no answer."""
NO_TABLE = "42P01"


class Commands(AppGroup):
    """What `flask <name> …` offers. Refusals of the shop, of files and of the database become sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        with plainly():
            return super().invoke(ctx)


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what a person can mend into one sentence and exit code 1."""
    try:
        yield
    except ShopError as refusal:
        raise click.ClickException(_sentence(refusal)) from refusal
    except DBAPIError as problem:
        sentence = _database(problem)
        if sentence is None:
            raise
        raise click.ClickException(sentence) from problem
    except click.BadParameter as wrong:
        if not isinstance(getattr(wrong.param, "type", None), click.Path):
            raise
        raise click.ClickException(wrong.message) from wrong  # typed well, but nothing to read is there
    except UnicodeEncodeError as problem:  # a word of the command line that is no text
        raise click.ClickException("What was typed is not UTF-8 text.") from problem
    except OSError as problem:
        if problem.filename is None and problem.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f"{problem.filename}: " if problem.filename else ""
        raise click.ClickException(f"{where}{problem.strerror}.") from problem


def _sentence(refusal: ShopError) -> str:
    """All that was wrong: a command has no fields beside which it could stand."""
    if isinstance(refusal, InvalidFields):
        return " ".join(f"{name}: {said}" for name, said in refusal.errors.items())
    return refusal.text


def _database(problem: DBAPIError) -> str | None:
    """What to do about a database that is away or empty; none for a fault of ours."""
    code = str(getattr(problem.orig, "sqlstate", None) or "")
    words = str(problem.orig).strip().partition("\n")[0]
    if isinstance(problem, ProgrammingError):
        return (
            "The database has no tables of this version yet: start the shop once, or run `flask shop prepare`."
            if code == NO_TABLE
            else None
        )
    if code and not code.startswith(AWAY):
        return None
    if os.environ.get("DATABASE_URL"):
        return f"The database cannot be used: {words}. Start it, or correct DATABASE_URL."
    return (
        "The shop's database does not run. Start the shop (`make run`) and try again;"
        " the command needs the same COMPTOIR_HOME as the shop."
    )
