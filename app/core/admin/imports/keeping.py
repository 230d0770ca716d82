"""How long uploaded tables are kept: the file of a finished import goes after some days, its report stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.admin.imports.models import TableImport
from app.core.unit_of_work import unit_of_work

AT_ONCE = 200


def clean(session: Session, *, place: Path, before: datetime) -> dict[str, int]:
    """Delete the files of imports that were taken before this moment, and files that belong to none.

    What somebody can still go on with (not checked, checked, stopped, at work) is left alone, however
    old it is. Running it again finds nothing.
    """
    done = 0
    while taken := _forget(session, place, before):
        done += taken
    return {"finished": done, "orphans": _orphans(session, place, before)}


def since(days: int, now: datetime) -> datetime:
    """The moment before which files are old."""
    return now - timedelta(days=days)


def _forget(session: Session, place: Path, before: datetime) -> int:
    """Delete the files of some finished imports; who takes one again at this moment keeps it."""
    query = select(TableImport).where(
        TableImport.state == "taken", TableImport.stored != "", TableImport.updated_at < before
    )
    with unit_of_work(session):
        rows = session.scalars(
            query.order_by(TableImport.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        )
        found = list(rows)
        for item in found:
            (place / Path(item.stored).name).unlink(missing_ok=True)
            item.stored = ""
    return len(found)


def _orphans(session: Session, place: Path, before: datetime) -> int:
    """Delete old files that no import names: their upload was never finished."""
    old = [
        path for path in place.glob("table-*") if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    ]
    done = 0
    for start in range(0, len(old), AT_ONCE):
        part = old[start : start + AT_ONCE]
        names = [path.name for path in part]
        with unit_of_work(session):
            known = set(session.scalars(select(TableImport.stored).where(TableImport.stored.in_(names))))
        for path in part:
            if path.name not in known:
                path.unlink(missing_ok=True)
                done += 1
    return done
