"""The shop of this process, and the backups that lie in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ops import preparing
from app.ops.backup import rules
from app.ops.backup.errors import NoSuchBackup
from app.ops.backup.operations import Shop


@dataclass(frozen=True, slots=True)
class Found:
    """A backup on disk. `checked_at` and `problem` are of the last time it was read to its end."""

    name: str
    path: Path
    size: int
    made_at: datetime
    checked_at: datetime | None = None
    problem: str = ""
    rows: int | None = None
    files: int | None = None


def shop_of(config: Mapping[str, Any]) -> Shop:
    """What the settings of an installation say about it."""
    return Shop(
        config["SQLALCHEMY_DATABASE_URI"],
        Path(config["MEDIA_FOLDER"]),
        preparing.heads(),
        preparing.revisions(),
    )


def folder_of(config: Mapping[str, Any]) -> Path:
    """Where backups lie."""
    return Path(config["BACKUP_FOLDER"])


def backups(folder: Path) -> list[Found]:
    """All backups in a folder, the newest first."""
    found = []
    for path in folder.glob("comptoir-*.backup"):
        moment = rules.moment_of(path.name)
        if moment is not None:
            found.append(Found(path.name, path, path.stat().st_size, moment, **_last_check(path)))
    return sorted(found, key=lambda one: one.made_at, reverse=True)


def backup(folder: Path, name: str) -> Found:
    """One of them.

    Raises:
        NoSuchBackup: also for a name that leads elsewhere.
    """
    for one in backups(folder):
        if one.name == name:
            return one
    raise NoSuchBackup()


def newest(folder: Path) -> datetime | None:
    """When the last backup was made."""
    return max((one.made_at for one in backups(folder)), default=None)


def _last_check(path: Path) -> dict[str, Any]:
    """The note that `note_check` left, as far as it speaks of this very file."""
    try:
        note = json.loads(path.with_name(f"{path.name}.checked").read_text())
        if note["size"] != path.stat().st_size:
            return {}
        return {
            "checked_at": datetime.fromtimestamp(note["at"], UTC), "problem": str(note["problem"]),
            "rows": note["rows"], "files": note["files"],
        }  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def note_check(
    path: Path, at: datetime, *, problem: str = "", rows: int | None = None, files: int | None = None
) -> None:
    """Write beside a backup how reading it went."""
    note = {
        "at": at.timestamp(),
        "size": path.stat().st_size,
        "problem": problem,
        "rows": rows,
        "files": files,
    }
    part = path.with_name(f".{path.name}.checked")
    part.write_text(json.dumps(note))
    part.replace(path.with_name(f"{path.name}.checked"))
