"""Make, check, restore and thin out backups."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg

from app.core.clock import utcnow
from app.ops.backup import archive, database, rules
from app.ops.backup.errors import Damaged, NewerSchema, NoSpace, NotEmpty
from app.ops.backup.sealing import Opener, Sealer

Report = Callable[[int, str], None]
"""Told how many bytes are done, and with what."""
LEAST_SPACE = 64 * 1024 * 1024


def _silent(_done: int, _what: str) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What is backed up and restored: a database, a folder of media, and the revisions this version knows."""

    url: str
    media: Path
    heads: frozenset[str]
    revisions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds, proved by reading all of it. `figures` are those of `database.Figures`."""

    made_at: str
    heads: list[str]
    figures: database.Figures
    files: int
    media_bytes: int
    dump_bytes: int
    size: int

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(int(count) for count, _digest in self.figures.values())


def create(shop: Shop, target: Path, report: Report = _silent) -> Contents:
    """Back up everything into one encrypted file, and read it again before it gets its name.

    Tables are those of one moment; media files never change and are taken after it, so none that a table
    speaks of is missing. Memory does not grow with the shop.

    Raises:
        AlreadyRunning, ToolFailed, NoSpace: nothing is left behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear_drafts(target.parent)
    if shutil.disk_usage(target.parent).free < LEAST_SPACE:
        raise NoSpace(folder=str(target.parent))
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=".draft-", suffix=".backup")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(shop, file, report)
            file.flush()
            os.fsync(file.fileno())
        report(0, "checking")
        contents = check(Path(draft), report)
        os.replace(draft, target)
        _sync_folder(target.parent)
        return contents
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoSpace(folder=str(target.parent)) from problem
        raise
    finally:
        Path(draft).unlink(missing_ok=True)


def _write(shop: Shop, file: BinaryIO, report: Report) -> None:
    with database.snapshot(shop.url) as (connection, name):
        server = database.server_version(connection)
        sealer = Sealer(file, {"made_at": utcnow().isoformat(timespec="seconds"), "heads": sorted(shop.heads),
                               "postgres": server})  # fmt: skip
        dumped = 0

        def counted() -> Iterator[bytes]:
            nonlocal dumped
            for block in database.dump(shop.url, server, name):
                dumped += len(block)
                report(dumped, "database")
                yield block

        archive.put(sealer, "database", "shop.sql", archive.squeezed(counted()))
        figures = {}
        for table in database.tables(connection):
            report(dumped, table)
            figures[table] = database.figures_of(connection, table)
    files, size = _write_media(shop.media, sealer, lambda done: report(dumped + done, "media"))
    archive.put(sealer, "end", "", figures=figures, files=files, media_bytes=size, dump_bytes=dumped)
    sealer.close()


def _write_media(folder: Path, sealer: Sealer, report: Callable[[int], None]) -> tuple[int, int]:
    files = size = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.startswith("."):
                continue  # a draft of somebody who is writing now
            path = Path(place, name)
            with contextlib.suppress(FileNotFoundError), path.open("rb") as file:  # deleted meanwhile
                blocks = iter(lambda file=file: file.read(archive.BLOCK), b"")  # type: ignore[misc]
                size += archive.put(sealer, "media", path.relative_to(folder).as_posix(), blocks)
                files += 1
            report(size)
    return files, size


def check(path: Path, report: Report = _silent) -> Contents:
    """Read a backup from its first to its last byte, and say what is in it.

    Raises:
        NotABackup, WrongKey, Damaged.
    """
    with path.open("rb") as file:
        return _read(file, path.stat().st_size, _Nowhere(), report)


class _Nowhere:
    """Takes what a backup holds and keeps none of it."""

    def database(self, blocks: Iterator[bytes]) -> None:
        """Read to the end."""
        for _block in blocks:
            pass

    def media(self, name: str, blocks: Iterator[bytes]) -> None:
        """Read to the end."""
        self.database(blocks)


class _Into:
    """Puts what a backup holds where it belongs."""

    def __init__(self, url: str, server: int, media: Path | None):
        self.url, self.server, self.folder = url, server, media

    def database(self, blocks: Iterator[bytes]) -> None:
        """In the place of what is there."""
        database.load(self.url, self.server, blocks)

    def media(self, name: str, blocks: Iterator[bytes]) -> None:
        """Beside what is there; a file appears whole or not at all."""
        if self.folder is None:
            return _Nowhere().database(blocks)
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(blocks)
            os.chmod(draft, 0o644)
            os.replace(draft, path)
        finally:
            Path(draft).unlink(missing_ok=True)


def _read(file: BinaryIO, size: int, into: _Nowhere | _Into, report: Report) -> Contents:
    opener = Opener(file)
    dumped = files = media_bytes = 0
    for entry in archive.entries(opener):
        report(min(file.tell(), size), entry.kind)
        if entry.kind == "database":
            tail = bytearray()

            def counted(entry: archive.Entry = entry, tail: bytearray = tail) -> Iterator[bytes]:
                nonlocal dumped
                for block in archive.unsqueezed(entry.blocks):
                    dumped += len(block)
                    tail[:] = (tail + block)[-200:]
                    report(min(file.tell(), size), "database")
                    yield block
                if database.DUMP_ENDS not in tail:
                    raise Damaged()

            into.database(counted())
        elif entry.kind == "media":
            if not archive.is_safe_name(entry.name):
                raise Damaged()
            held = 0

            def measured(entry: archive.Entry = entry) -> Iterator[bytes]:
                nonlocal held
                for block in entry.blocks:
                    held += len(block)
                    yield block

            into.media(entry.name, measured())
            files, media_bytes = files + 1, media_bytes + held
    opener.finish()
    about = entry.about
    if (files, media_bytes, dumped) != (about["files"], about["media_bytes"], about["dump_bytes"]):
        raise Damaged()
    header = opener.header
    return Contents(header["made_at"], header["heads"], about["figures"], files, media_bytes, dumped, size)


def restore(shop: Shop, path: Path, *, replace: bool = False, report: Report = _silent) -> Contents:
    """Put a backup in the place of a shop, and compare every table with what was backed up.

    The whole file is proved before anything is touched; tables change in one transaction. Files of media
    are added. Does not migrate: the caller does, when `heads` are older than this version's.

    Raises:
        NotABackup, WrongKey, Damaged, NewerSchema, NotEmpty, InUse, ToolFailed, NotTheSame.
    """
    contents = check(path, report)
    if not set(contents.heads) <= shop.revisions:
        raise NewerSchema()
    with psycopg.connect(database.conninfo(shop.url), autocommit=True, application_name="backup") as own:
        server = database.server_version(own)
        if not replace and database.tables(own):
            raise NotEmpty()
        database.require_nobody(own)
    with path.open("rb") as file:
        _read(file, contents.size, _Into(shop.url, server, shop.media), report)
    database.compare(shop.url, contents.figures)
    return contents


def drill(shop: Shop, path: Path) -> dict[str, Any]:
    """Restore a backup into a scratch database on the same server and throw it away again.

    Returns row counts, digests and seconds. Pictures are read and proved, not written.

    Raises:
        whatever `restore` raises.
    """
    began = time.monotonic()
    scratch = f"comptoir_drill_{os.getpid()}_{int(time.time())}"
    with psycopg.connect(database.conninfo(shop.url), autocommit=True, application_name="backup") as own:
        server = database.server_version(own)
        own.execute(f'CREATE DATABASE "{scratch}"'.encode())
        try:
            url = scratch_url(shop.url, scratch)
            with path.open("rb") as file:
                contents = _read(file, path.stat().st_size, _Into(url, server, None), _silent)
            figures = database.compare(url, contents.figures)
        finally:
            own.execute(f'DROP DATABASE IF EXISTS "{scratch}" WITH (FORCE)'.encode())
    return {
        "file": path.name, "made_at": contents.made_at, "tables": len(figures), "rows": contents.rows,
        "row_counts": {name: int(count) for name, (count, _digest) in figures.items()},
        "sums": {name: digest for name, (_count, digest) in figures.items()},
        "files": contents.files, "media_bytes": contents.media_bytes, "seconds": round(time.monotonic() - began, 2),
    }  # fmt: skip


def scratch_url(url: str, name: str) -> str:
    """The address of another database on the same server."""
    from sqlalchemy.engine import make_url

    return make_url(url).set(database=name).render_as_string(hide_password=False)


def thin_out(folder: Path, now: datetime, *, days: int, months: int) -> list[str]:
    """Delete backups that need not be kept any longer. Returns their names."""
    moments = [moment for path in folder.glob("*.backup") if (moment := rules.moment_of(path.name))]
    gone = [rules.name_for(moment) for moment in rules.to_drop(moments, now, days, months)]
    for name in gone:
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.checked").unlink(missing_ok=True)
    return gone


def _clear_drafts(folder: Path) -> None:
    """What a killed process left. Younger ones may belong to somebody who is writing."""
    for path in folder.glob(".draft-*.backup"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - 3600:
                path.unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
