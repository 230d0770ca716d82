"""Personal data of consents: what an address was asked, what it answered, and the proof."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.notifications import consents, queries


def export(session: Session, *, email: str, user_id: int | None = None) -> list[dict[str, Any]]:
    """Every record of consent for an address."""
    return [
        {
            "topic": row.topic, "state": row.state, "at": row.at.isoformat(), "source": row.source, "ip": row.ip,
            "wording": row.wording, "language": row.language,
        }
        for row in queries.records(session, email)
    ]  # fmt: skip


def erase(session: Session, *, email: str) -> int:
    """Delete the choices of an address and their proof; returns how many addresses."""
    return consents.forget(session, email=email)
