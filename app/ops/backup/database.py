"""PostgreSQL's own programs, and what a table holds in two figures."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from app.ops.backup.archive import BLOCK
from app.ops.backup.errors import AlreadyRunning, InUse, NotTheSame, ToolFailed
from app.ops.supervisor.errors import CannotStart
from app.ops.supervisor.places import postgres_programs

BACKUP_LOCK = 7_310_004
DUMP_ENDS = b"-- PostgreSQL database dump complete"
SAME_TEXT = (
    "SET statement_timeout = 0; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1"
)
"""Settings under which a row has the same text on every server."""
Figures = dict[str, list[str]]
"""Of each table: how many rows, and a sum over the digests of all of them, whatever their order."""
QUERY_TO_ENVIRONMENT = {
    "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE",
}  # fmt: skip


def conninfo(url: str) -> str:
    """The address of a database as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def environment_of(url: str) -> dict[str, str]:
    """The address in variables: a password on a command line could be read by everybody on the machine."""
    parts = make_url(url)
    found = {"PGHOST": parts.host, "PGPORT": parts.port, "PGUSER": parts.username, "PGPASSWORD": parts.password,
             "PGDATABASE": parts.database}  # fmt: skip
    values = {name: str(value) for name, value in found.items() if value}
    for name, variable in QUERY_TO_ENVIRONMENT.items():
        if value := parts.query.get(name):
            values[variable] = value if isinstance(value, str) else value[0]
    values["PGOPTIONS"] = "-c statement_timeout=0 -c lock_timeout=30000"
    values["PGAPPNAME"] = "backup"
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**plain, "LC_ALL": "C", **values}


@cache
def _version_of(program: Path) -> int:
    """The major version of one of PostgreSQL's programs; 0 when it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def programs(server: int) -> Path:
    """The folder of `pg_dump` and `psql`: the machine's own when new enough for the server, else the wheel's.

    Raises:
        ToolFailed: neither can read this server.
    """
    folders = []
    if found := shutil.which("pg_dump"):
        folders.append(Path(found).parent)
    with suppress(CannotStart):
        folders.append(postgres_programs() / "bin")
    for folder in folders:
        if (folder / "psql").exists() and _version_of(folder / "pg_dump") >= server:
            return folder
    raise ToolFailed(
        tool="pg_dump", words=f"PostgreSQL {server} needs its client programs (postgresql-client)"
    )


@contextmanager
def snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees the database as it is now, and the name under which others see the same.

    Raises:
        AlreadyRunning: somebody else holds the lock of backups.
    """
    with psycopg.connect(
        conninfo(url), autocommit=True, prepare_threshold=None, application_name="backup"
    ) as own:
        own.execute(SAME_TEXT)
        with own.transaction():
            own.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = own.execute("SELECT pg_try_advisory_xact_lock(%s)", (BACKUP_LOCK,)).fetchone()
            if row is None or not row[0]:
                raise AlreadyRunning()
            name = own.execute("SELECT pg_export_snapshot()").fetchone()
            assert name is not None
            yield own, str(name[0])


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """The names of all tables of the shop."""
    rows = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1"
    )
    return [row[0] for row in rows]


def figures_of(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """How many rows a table has, and the sum of the first 60 bits of each row's MD5."""
    row = connection.execute(
        sql.SQL(
            "SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 15))::bit(60)::bigint::numeric), 0) FROM {} t"
        ).format(sql.Identifier(table))
    ).fetchone()
    assert row is not None
    return [str(row[0]), str(row[1])]


def dump(url: str, server: int, snapshot_name: str) -> Iterator[bytes]:
    """The whole database as `pg_dump` writes it, block by block.

    Raises:
        ToolFailed: it gave up; then what came before is worth nothing.
    """
    tool = programs(server) / "pg_dump"
    command = [str(tool), "--no-owner", "--no-privileges", "--encoding=UTF8", f"--snapshot={snapshot_name}"]
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words, env=environment_of(url)
        )
        assert child.stdout is not None
        try:
            while block := child.stdout.read(BLOCK):
                yield block
            child.wait()
        finally:
            child.stdout.close()
            if child.poll() is None:
                child.kill()
                child.wait()
        if child.returncode:
            raise ToolFailed(tool="pg_dump", words=_last(words))


def load(url: str, server: int, blocks: Iterable[bytes]) -> None:
    """Put a dump in the place of everything that is in the database, in one transaction.

    Raises:
        ToolFailed: PostgreSQL refused; then the database is as it was.
    """
    tool = programs(server) / "psql"
    command = [str(tool), "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", "--single-transaction"]
    command += [
        "-c",
        "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public",
        "-f",
        "-",
    ]
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=words, env=environment_of(url)
        )
        assert child.stdin is not None
        try:
            for block in _fitting(blocks, server):
                child.stdin.write(block)
            child.stdin.close()
            child.wait()
        except BrokenPipeError:
            child.wait()  # its own words say why
        finally:
            if child.poll() is None:  # the dump could not be read to its end: nothing may be committed
                child.kill()
                child.wait()
            with suppress(BrokenPipeError):  # only now: at the end of its input it would commit
                child.stdin.close()
        if child.returncode:
            raise ToolFailed(tool="psql", words=_last(words))


def _fitting(blocks: Iterable[bytes], server: int) -> Iterator[bytes]:
    """What `pg_dump` 17 and later say at the top and older servers do not know is left out."""
    newest_word = b"SET transaction_timeout = 0;\n"
    for number, block in enumerate(blocks):
        yield block.replace(newest_word, b"", 1) if number == 0 and server < 17 else block


def _last(words: Any) -> str:
    words.seek(0)
    return words.read().decode(errors="replace").strip()[-600:] or "no reason was given"


def server_version(connection: psycopg.Connection[Any]) -> int:
    """The major version of the server."""
    return connection.info.server_version // 10_000


def require_nobody(connection: psycopg.Connection[Any]) -> None:
    """Refuse to replace a database that processes of the shop are using.

    Raises:
        InUse: naming them.
    """
    rows = connection.execute(
        "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND application_name LIKE 'comptoir-%' AND application_name <> 'comptoir-command'"
    ).fetchall()
    if rows:
        raise InUse(who=", ".join(sorted(row[0] for row in rows)))


def compare(url: str, expected: Mapping[str, list[str]]) -> Figures:
    """What every table holds now, when it is what it should be.

    Raises:
        NotTheSame: naming the tables that differ.
    """
    with psycopg.connect(conninfo(url), autocommit=True, application_name="backup") as own:
        own.execute(SAME_TEXT)
        found = {table: figures_of(own, table) for table in tables(own)}
    differ = sorted(
        name for name in {*found, *expected} if found.get(name, ["-"]) != list(expected.get(name, ["-"]))
    )
    if differ:
        raise NotTheSame(tables=", ".join(differ[:20]))
    return found
