"""Personal data of conversations: what a person said and sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.support.chat import operations, queries


def export(session: Session, *, user_id: int) -> list[dict[str, Any]]:
    """The conversations of a person, with every message of both sides. Notes of staff are theirs, not the person's."""
    found = []
    for row in queries.of_user(session, user_id):
        said = queries.messages(session, row.id, limit=100_000)
        found.append(
            {
                "conversation": str(row.public_id), "began": row.created_at.isoformat(), "language": row.language,
                "page": row.page, "state": row.state, "rating": row.rating, "comment": row.comment,
                "messages": [
                    {
                        "number": one.seq, "by": one.author_kind, "name": one.author_name, "text": one.text,
                        "file": one.file.name if one.file is not None else None, "at": one.at.isoformat(),
                    }
                    for one in said
                ],
            }
        )  # fmt: skip
    return found


def erase(session: Session, *, user_id: int, actor: Actor) -> int:
    """Remove the conversations of a person. Returns how many."""
    return operations.forget_person(session, user_id=user_id, actor=actor)
