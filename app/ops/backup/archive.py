"""What is inside the seal: entries one after the other, none of which has to be held in memory.

Each entry is a head (JSON: kind and name) and blocks, each with its length (4 bytes); an empty block ends it.
The last entry is of the kind "end" and carries the figures that a restore is compared with.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Protocol

from app.ops.backup.errors import Damaged

BLOCK = 256 * 1024
LONGEST_HEAD = 16 * 1024 * 1024


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes) -> Any:
        """Take some more."""


class Source(Protocol):
    """Gives bytes."""

    def read(self, size: int) -> bytes:
        """So many, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the archive. `blocks` must be read to its end before the next entry is asked for."""

    kind: str
    name: str
    about: dict[str, Any]
    blocks: Iterator[bytes]


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def put(sink: Sink, kind: str, name: str, blocks: Iterable[bytes] = (), **about: Any) -> int:
    """Write one entry; returns how many bytes its blocks had."""
    sink.write(_sized(json.dumps({"kind": kind, "name": name, "about": about}).encode()))
    total = 0
    for block in blocks:
        for start in range(0, len(block), BLOCK):
            sink.write(_sized(block[start : start + BLOCK]))
        total += len(block)
    sink.write(_sized(b""))
    return total


def _exactly(source: Source, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise Damaged()
    return data


def _blocks(source: Source) -> Iterator[bytes]:
    while size := int.from_bytes(_exactly(source, 4), "big"):
        if size > BLOCK:
            raise Damaged()
        yield _exactly(source, size)


def entries(source: Source) -> Iterator[Entry]:
    """All entries, the one of the kind "end" last.

    Raises:
        Damaged: what is there does not have this form.
    """
    while True:
        size = int.from_bytes(_exactly(source, 4), "big")
        if size > LONGEST_HEAD:
            raise Damaged()
        try:
            head = json.loads(_exactly(source, size))
            entry = Entry(str(head["kind"]), str(head["name"]), dict(head["about"]), _blocks(source))
        except (ValueError, KeyError, TypeError) as wrong:
            raise Damaged() from wrong
        yield entry
        for _rest in entry.blocks:
            pass
        if entry.kind == "end":
            return


def squeezed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, compressed."""
    machine = zlib.compressobj(6)
    for block in blocks:
        if data := machine.compress(block):
            yield data
    yield machine.flush()


def unsqueezed(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The inverse of `squeezed`, in pieces of bounded size whatever they were squeezed from.

    Raises:
        Damaged: it is cut short, or nothing that was compressed.
    """
    machine = zlib.decompressobj()
    try:
        for block in blocks:
            while block:
                yield machine.decompress(block, 4 * BLOCK)
                block = machine.unconsumed_tail
        yield machine.flush()
    except zlib.error as wrong:
        raise Damaged() from wrong
    if not machine.eof:
        raise Damaged()


def is_safe_name(name: str) -> bool:
    """True for a path that stays below the folder it is put into."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\0" not in name
