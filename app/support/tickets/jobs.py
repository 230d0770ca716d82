"""What runs by itself: promises looked at, solved tickets closed, the mailbox emptied. Each can run twice in a row."""

from __future__ import annotations

from typing import Any

from app.core.db import db
from app.support.help import operations as help_pages
from app.support.tickets import inbox, operations

PROMISES = "support.promises"
MAIL = "support.mail"


def promises(progress: Any) -> dict[str, int]:
    """Mark broken promises and tell of them once, close what has long been solved, forget who voted and kept files."""
    return {
        "late": operations.mark_late(db.session),
        "closed": operations.close_solved(db.session),
        "votes": help_pages.forget_votes(db.session),
        "files": operations.forget_kept(db.session),
    }


def fetch_mail(progress: Any) -> dict[str, int]:
    """Take the mails of the mailbox, where one is named; a mail that was taken before is not taken again."""
    return operations.fetch(db.session) if inbox.is_read() else {}
