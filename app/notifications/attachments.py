"""Files that go with a message: written down with it, or made when it leaves by whoever knows how.

A feature says once under which name it makes a paper (`register`); a message names the paper and a few
plain arguments (`Paper`). The queue's row stays small, and a paper that cannot be made yet is tried
again with its message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from app.core.unit_of_work import unit_of_work
from app.notifications.errors import Temporary

log = structlog.get_logger("notifications")


@dataclass(frozen=True, slots=True)
class File:
    """A file to send along."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that is made when the message leaves: by whom, and of what (ids and plain values)."""

    producer: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


Producer = Callable[[Session, Mapping[str, Any]], File | None]
"""Makes a paper, in a unit of work of its own; None when the message goes without it."""

_producers: dict[str, Producer] = {}


def register(name: str, producer: Producer) -> None:
    """Say who makes papers of this name. The last one counts."""
    _producers[name] = producer


def rows(message_id: int, files: Iterable[File], papers: Iterable[Paper]) -> list[dict[str, Any]]:
    """Attachments as rows of their table, in the order they were given."""
    empty = {"message_id": message_id, "filename": "", "content_type": "", "data": None, "producer": None,
             "arguments": {}}  # fmt: skip
    found = [
        {**empty, "filename": file.filename, "content_type": file.content_type, "data": file.data}
        for file in files
    ]
    return found + [
        {**empty, "producer": paper.producer, "arguments": dict(paper.arguments)} for paper in papers
    ]


def files_of(session: Session, attachments: Iterable[Any]) -> list[File]:
    """The files of a message's attachments, made now where they are papers.

    Raises:
        Temporary: a paper cannot be made now; the message is tried again later.
    """
    found = []
    for row in attachments:
        file = File(row.filename, row.content_type, row.data) if row.producer is None else _made(session, row)
        found += [] if file is None else [file]
    return found


def _made(session: Session, row: Any) -> File | None:
    producer = _producers.get(row.producer)
    if producer is None:
        raise Temporary(f"nobody makes {row.producer!r} here")
    try:
        with unit_of_work(session):
            return producer(session, row.arguments)
    except Exception as problem:  # one paper must not hold up the mails behind it; noted and retried
        log.warning("paper not made", producer=row.producer, exc_info=True)
        raise Temporary(f"{row.producer}: {type(problem).__name__}: {problem}") from problem
