"""Reads of consents: who may be told what, and the proof of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.notifications.consent_models import Consent, ConsentRecord, Subscriber
from app.notifications.topics import ASKED, TOPICS

MOST_RECORDS = 50


def agreed(address: Any, topic: str) -> ColumnElement[bool]:
    """SQL: whether somebody agreed to a topic for this address (uq_notifications_subscriber_email)."""
    return (
        select(Consent.topic)
        .join(Subscriber, Subscriber.id == Consent.subscriber_id)
        .where(Subscriber.email == func.lower(address), Consent.topic == topic, Consent.state == "given")
        .exists()
    )


def may_tell(session: Session, email: str, topic: str) -> bool:
    """Whether a mail of this topic may go to this address: always about orders, else with a consent."""
    known = TOPICS.get(topic)
    if known is not None and not known.is_asked:
        return True
    return known is not None and bool(session.scalar(select(agreed(email.strip(), topic))))


def subscriber_of(session: Session, email: str) -> Subscriber | None:
    """The row of an address."""
    return session.scalar(select(Subscriber).where(Subscriber.email == email.strip().lower()))


def choices(session: Session, email: str) -> dict[str, bool]:
    """Each topic that is asked for, and whether this address has agreed to it."""
    given = set(
        session.scalars(
            select(Consent.topic)
            .join(Subscriber, Subscriber.id == Consent.subscriber_id)
            .where(Subscriber.email == email.strip().lower(), Consent.state == "given")
        )
    )
    return {code: code in given for code in ASKED}


def records(session: Session, email: str) -> list[ConsentRecord]:
    """The proof for an address, newest first (ix_notifications_consent_record_subscriber_id)."""
    return list(
        session.scalars(
            select(ConsentRecord)
            .join(Subscriber, Subscriber.id == ConsentRecord.subscriber_id)
            .where(Subscriber.email == email.strip().lower())
            .order_by(ConsentRecord.id.desc())
            .limit(MOST_RECORDS)
        )
    )
