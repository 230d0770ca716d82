"""One transaction per verb: the outermost operation commits, inner ones join it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from app.core.db import reads_alone

_DEPTH = "unit_of_work.open"
_AFTER = "unit_of_work.after_commit"


@contextmanager
def unit_of_work(session: Session) -> Iterator[None]:
    """Commit everything done inside, or nothing.

    Opened inside another one it joins: the outer one decides. Callbacks registered with
    `after_commit` run once the outermost commit has succeeded, and are forgotten on rollback.
    """
    if session.info.get(_DEPTH):
        yield
        return
    if reads_alone(session):
        raise RuntimeError("this session reads only: each of its statements stands alone")
    session.info[_DEPTH] = True
    session.info[_AFTER] = []
    try:
        yield
        session.commit()
    except BaseException:
        session.info.pop(_AFTER, None)
        session.rollback()
        raise
    finally:
        session.info.pop(_DEPTH, None)
    for call in session.info.pop(_AFTER, []):
        call()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Run `call` after the current unit has committed. Refuses to be used outside a unit."""
    if not session.info.get(_DEPTH):
        raise RuntimeError("after_commit needs an open unit of work")
    session.info[_AFTER].append(call)


def in_unit(session: Session) -> bool:
    """True while a unit of work is open on this session."""
    return bool(session.info.get(_DEPTH))
