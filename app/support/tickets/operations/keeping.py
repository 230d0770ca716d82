"""Files of a form that came back: kept, taken when it is sent at last, forgotten when it never is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, undefer

from app.core import locks
from app.core.clock import utcnow
from app.core.errors import ShopError, Unavailable
from app.core.unit_of_work import unit_of_work
from app.support.tickets import files as attachments
from app.support.tickets.errors import FilesNotKept, TooManyFiles
from app.support.tickets.files import Checked, Sent
from app.support.tickets.models import KeptFile
from app.support.tickets.rules import MOST_FILES

KEPT_FOR = timedelta(hours=2)
MOST_BYTES = 300_000_000
"""Of all forms together; beyond it nothing more is kept, and people choose their files again."""


def keep_files(session: Session, *, draft: str, sent: Sequence[Sent]) -> ShopError | None:
    """Keep what may be sent of these files, checked and scanned. The answer is the first refusal, if there was one.

    Raises:
        Unavailable: a scanner is named and does not answer; nothing was kept.
    """
    good: list[Checked] = []
    refusal: ShopError | None = None
    for one in sent[:MOST_FILES]:
        try:
            good += attachments.check([one])
        except Unavailable:
            raise
        except ShopError as refused:
            refusal = refusal or refused
    with unit_of_work(session):
        locks.advisory(session, "support.kept")
        held, size = session.execute(
            select(func.count().filter(KeptFile.draft == draft), func.coalesce(func.sum(KeptFile.size), 0))
        ).one()
        if held + len(good) > MOST_FILES or len(sent) > MOST_FILES:
            refusal = refusal or TooManyFiles(most=MOST_FILES)
        for file in good[: max(0, MOST_FILES - held)]:
            size += len(file.data)
            if size > MOST_BYTES:
                refusal = refusal or FilesNotKept()
                break
            session.add(
                KeptFile(
                    draft=draft, filename=file.filename, content_type=file.content_type, size=len(file.data),
                    data=file.data, state=file.state, finding=file.finding,
                )
            )  # fmt: skip
    return refusal


def drop_kept(session: Session, *, draft: str, public_ids: Sequence[UUID]) -> None:
    """Remove files of a form that its writer does not want to send. Again: nothing."""
    if public_ids:
        with unit_of_work(session):
            session.execute(
                delete(KeptFile).where(KeptFile.draft == draft, KeptFile.public_id.in_(public_ids))
            )


def take_kept(session: Session, *, draft: str) -> list[Checked]:
    """The files of a form that is sent now, in the unit that takes them into a ticket; they are kept no longer."""
    with unit_of_work(session):
        query = select(KeptFile).where(KeptFile.draft == draft, KeptFile.draft != "").order_by(KeptFile.id)
        rows = session.scalars(query.options(undefer(KeptFile.data)).with_for_update()).all()
        taken = [Checked(row.filename, row.content_type, row.data, row.state, row.finding) for row in rows]
        for row in rows:
            session.delete(row)
        session.flush()
    return taken


def forget_kept(session: Session) -> int:
    """Delete what was kept for two hours. Returns how many files; again: none."""
    with unit_of_work(session):
        old = delete(KeptFile).where(KeptFile.created_at < utcnow() - KEPT_FOR).returning(KeptFile.id)
        return len(session.scalars(old).all())
