"""The media folder: files appear whole or not at all, and are never changed afterwards."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.media.rules import rendition_name

NAME = re.compile(r"([0-9a-f]{24})-(\d{2,4})\.(webp|avif|jpg)")
_folder: list[Path] = []


def configure(folder: str | Path) -> None:
    """Set where files lie."""
    _folder[:] = [Path(folder)]


def root() -> Path:
    """The media folder."""
    return _folder[0]


def write(key: str, made: Mapping[str, Mapping[int, bytes]]) -> None:
    """Keep the renditions of a picture. Files that are there already stay."""
    for extension, files in made.items():
        for width, data in files.items():
            _write_one(root() / rendition_name(key, width, extension), data)


def _write_one(path: Path, data: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def has(key: str, renditions: Mapping[str, list[int]]) -> bool:
    """True when every file that the table speaks of is there."""
    return all(
        (root() / rendition_name(key, width, extension)).exists()
        for extension, widths in renditions.items()
        for width in widths
    )


def path_of(key: str, width: int, extension: str) -> Path:
    """Where a file lies."""
    return root() / rendition_name(key, width, extension)


def remove(key: str) -> int:
    """Delete all files of a picture. Returns how many there were."""
    found = 0
    for path in (root() / key[:2] / key[2:4]).glob(f"{key}-*"):
        path.unlink(missing_ok=True)
        found += 1
    return found


def keys_on_disk(older_than: float) -> Iterator[str]:
    """Keys of pictures whose files were written more than so many seconds ago; drafts are removed."""
    before = time.time() - older_than
    seen: set[str] = set()
    for path in root().glob("??/??/*"):
        if path.stat().st_mtime > before:
            continue
        match = NAME.fullmatch(path.name)
        if match is None:
            if path.name.startswith(".draft-"):
                path.unlink(missing_ok=True)
        elif match[1] not in seen:
            seen.add(match[1])
            yield match[1]
