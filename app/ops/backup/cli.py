"""`flask backup …`: make, check, list, restore, and prove that a restore works."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app

from app.core import redis_client
from app.core.clock import utcnow
from app.core.commands import Commands
from app.core.db import db
from app.ops import invariants, preparing
from app.ops.backup import operations, queries, rules
from app.ops.backup.operations import Contents
from app.ops.supervisor import home as home_files
from app.ops.supervisor.embedded import EmbeddedPostgres
from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.preflight import HomeLock

backup = Commands("backup", help="Encrypted backups of database and media.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """A refusal of the embedded server as one sentence; the group of commands has all others."""
    try:
        yield
    except CannotStart as refusal:
        raise click.ClickException(f"{refusal.problem} {refusal.way_out}") from refusal


def _say(contents: Contents) -> None:
    click.echo(
        f"made {contents.made_at}, schema {','.join(contents.heads)}: {len(contents.figures)} tables,"
        f" {contents.rows} rows, {contents.files} media files, {contents.size} bytes"
    )


@backup.command("create")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="File to write; default: BACKUP_FOLDER."
)
def create(target: Path | None) -> None:
    """Back up database and media into one encrypted file, while the shop runs."""
    path = target or queries.folder_of(current_app.config) / rules.name_for(utcnow())
    with _plainly():
        contents = operations.create(queries.shop_of(current_app.config), path)
    if target is None:
        queries.note_check(path, utcnow(), rows=contents.rows, files=contents.files)
    click.echo(path)
    _say(contents)


@backup.command("verify")
@click.argument("file", type=FILE)
def verify(file: Path) -> None:
    """Read a backup from its first to its last byte."""
    with _plainly():
        _say(operations.check(file))
    click.echo("whole and unchanged")


@backup.command("list")
def show() -> None:
    """The backups in BACKUP_FOLDER, the newest first."""
    for one in queries.backups(queries.folder_of(current_app.config)):
        state = one.problem or ("checked" if one.checked_at else "not checked")
        click.echo(f"{one.name}  {one.size:>14}  {state}")


@backup.command("drill")
@click.option("--file", "file", type=FILE, help="Backup to restore; default: the newest, or a new one.")
def drill(file: Path | None) -> None:
    """Restore into a scratch database on the same server, compare every table, throw it away."""
    folder, shop = queries.folder_of(current_app.config), queries.shop_of(current_app.config)
    with _plainly():
        if file is None and not (known := queries.backups(folder)):
            file = folder / rules.name_for(utcnow())
            operations.create(shop, file)
        result = operations.drill(shop, file or known[0].path)
    click.echo(json.dumps(result))


@backup.command("restore")
@click.argument("file", type=FILE)
@click.option("--replace", "replace_", is_flag=True, help="Lose what is in the database now.")
def restore(file: Path, replace_: bool) -> None:
    """Put a backup in the place of this shop; the shop must be stopped.

    Where PostgreSQL is embedded it is started for the time of it. Older backups are migrated.
    """
    with _plainly(), _server() as url:
        db.session.remove()
        shop = replace(queries.shop_of(current_app.config), url=url)
        contents = operations.restore(shop, file, replace=replace_)
        _say(contents)
        click.echo("every table is as it was backed up")
        if set(contents.heads) != shop.heads:
            preparing.migrate()
        _forget_caches()
        broken = [sentence for _name, found in invariants.check_all(db.session) for sentence in found]
        db.session.remove()
    for sentence in broken[:20]:
        click.echo(f"FAIL {sentence}")
    if broken:
        raise click.ClickException("The data is back, but not all promises hold: see above.")
    click.echo("all invariants hold; the shop can be started")


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """The address of the database. An embedded server that is not running runs meanwhile."""
    home = Path(current_app.config["COMPTOIR_HOME"])
    url = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    lock = HomeLock(home)
    if not _is_embedded(url, home) or lock.is_held():
        yield url
        return
    lock.take(int(current_app.config["PORT"]))
    try:
        server = EmbeddedPostgres(home)
        server.start()
        try:
            server.create_database()
            _point_to(server.dsn())
            yield server.dsn()
        finally:
            db.engine.dispose()
            server.stop()
    finally:
        lock.release()


def _is_embedded(url: str, home: Path) -> bool:
    """The addresses in `services.json` outlive a shop that was killed; they do not say that it runs."""
    known = home_files.services(home).get("DATABASE_URL")
    return f"host={home}" in url or url == known


def _point_to(url: str) -> None:
    """The embedded server's socket may lie elsewhere than the settings guess (a long path)."""
    if str(db.engine.url.render_as_string(hide_password=False)) != url:
        from sqlalchemy import create_engine

        db.engines[None] = create_engine(url, **current_app.config["SQLALCHEMY_ENGINE_OPTIONS"])


def _forget_caches() -> None:
    """Pages, sessions and queues of the shop that was there before."""
    if not redis_client.attempt(lambda r: bool(r.flushdb())):
        shutil.rmtree(Path(current_app.config["COMPTOIR_HOME"]) / "redis", ignore_errors=True)
