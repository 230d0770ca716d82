"""The verbs of messages: write one, deliver one, deliver what is due, send one again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, sessionmaker

from app.core import audit, locks
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.notifications import MessageFailed, MessageQueued
from app.notifications import attachments as files
from app.notifications import consents, queries, rendering, rules
from app.notifications.attachments import File, Paper
from app.notifications.channels import smtp
from app.notifications.errors import NotResendable, Permanent, Temporary
from app.notifications.models import Attachment, Message
from app.notifications.rules import Thread
from app.notifications.states import MESSAGE
from app.notifications.topics import ORDERS

log = structlog.get_logger("notifications")
LEASE = timedelta(minutes=2)
"""How long a delivery may take before another process takes the message over."""


def send_mail(
    session: Session,
    *,
    to: str,
    template: str,
    language: str,
    values: Mapping[str, Any],
    dedupe_key: str,
    attachments: Sequence[File] = (),
    papers: Sequence[Paper] = (),
    topic: str = ORDERS,
    thread: Thread | None = None,
) -> int | None:
    """Write a mail with the current unit of work; it leaves after the commit.

    `template` names a folder `mail/<template>/` with `subject.txt`, `body.txt` and `body.html` in the
    calling feature's templates; `papers` are attachments that are made when it leaves. Returns the
    message's id, or None when a message with this `dedupe_key` exists already: then nothing is written
    and nothing will be sent. A mail of a topic that people are asked about carries the way out of it. `thread`
    names the conversation that a mail belongs to, and where answers to it go.

    Raises:
        BadRecipient: when `to` is not an e-mail address.
        NoConsent: when nobody agreed to mails of this `topic` for this address.
    """
    address = rules.recipient(to)
    with unit_of_work(session):
        if session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key)) is not None:
            return None
        out = consents.way_out(session, email=address, topic=topic, language=language)
        shop = rendering.shop_name(session)
        rendered = rendering.mail(template, language, {**values, "way_out": out}, shop)
        statement = upsert(Message).values(
            recipient=address,
            template=template,
            language=language,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"<{thread.message_key if thread else uuid4().hex}@{smtp.message_domain()}>",
            dedupe_key=dedupe_key,
            topic=topic,
            unsubscribe_url=out.url if out else "",
            reply_to=thread.reply_to if thread else "",
            thread=f"<{thread.key}@{smtp.message_domain()}>" if thread else "",
        )
        found = session.scalar(
            statement.on_conflict_do_nothing(index_elements=["dedupe_key"]).returning(Message.id)
        )
        if found is None:
            return None
        if attachments or papers:
            session.execute(insert(Attachment), files.rows(found, attachments, papers))
        publish(session, MessageQueued(message_id=found))
    return int(found)


def deliver(session: Session, *, message_id: int) -> str:
    """Try to deliver one message and return its state afterwards.

    Uses transactions of its own, and none is open while the mail server is talked to: the message
    is taken on a lease first, so that two deliverers never send it at the same time. A process that
    dies in between leaves it `sending`; when the lease is over it is sent again, with the same
    Message-ID (at least once).
    """
    make_session = sessionmaker(session.get_bind(), expire_on_commit=False)
    with make_session() as own:
        message = _take(own, message_id)
        if message is None:
            return str(own.scalar(select(Message.state).where(Message.id == message_id)) or "gone")
        if not _is_still_wanted(own, message):
            return _fail(own, message, "the consent was taken back")
        if not smtp.is_configured():
            return _finish(own, message, "keep")
        try:
            smtp.send(message, files.files_of(own, message.attachments))
        except Temporary as refusal:
            return _postpone(own, message, str(refusal))
        except Permanent as refusal:
            return _fail(own, message, str(refusal))
        return _finish(own, message, "send")


def _take(session: Session, message_id: int) -> Message | None:
    with unit_of_work(session):
        taken = session.scalar(
            update(Message)
            .where(
                Message.id == message_id,
                Message.state.in_(("queued", "sending")),
                Message.due_at <= func.now(),
            )
            .values(state="sending", attempts=Message.attempts + 1, due_at=func.now() + LEASE)
            .returning(Message)
        )
        if taken is not None:
            _ = taken.attachments  # read them now: no transaction is open while sending
    return taken


def _is_still_wanted(session: Session, message: Message) -> bool:
    """Whether the consent of a mail that has waited is still there."""
    with unit_of_work(session):
        return queries.may_tell(session, message.recipient, message.topic)


def _finish(session: Session, message: Message, event: str) -> str:
    with unit_of_work(session):
        row = locks.row(session, Message, message.id)
        MESSAGE.transition(row, event)
        row.sent_at, row.error = utcnow(), None
    return row.state


def _postpone(session: Session, message: Message, why: str) -> str:
    if message.attempts >= rules.MAX_ATTEMPTS:
        return _fail(session, message, why)
    with unit_of_work(session):
        row = locks.row(session, Message, message.id)
        MESSAGE.transition(row, "postpone")
        row.error, row.due_at = why[:2000], utcnow() + rules.wait_after(row.attempts)
    log.info("mail postponed", message=message.id, attempts=message.attempts, why=why[:200])
    return row.state


def _fail(session: Session, message: Message, why: str) -> str:
    with unit_of_work(session):
        row = locks.row(session, Message, message.id)
        MESSAGE.transition(row, "fail")
        row.error = why[:2000]
        publish(session, MessageFailed(message_id=row.id))
    log.warning("mail failed", message=message.id, why=why[:200])
    return row.state


def deliver_due(session: Session, limit: int = 200) -> int:
    """Deliver what waits longer than it should (index ix_notifications_message_due). Returns how many."""
    with unit_of_work(session):
        due = session.scalars(
            select(Message.id)
            .where(Message.state.in_(("queued", "sending")), Message.due_at <= func.now())
            .order_by(Message.due_at, Message.id)
            .limit(limit)
        ).all()
    for message_id in due:
        deliver(session, message_id=message_id)
    return len(due)


def resend(session: Session, *, message_id: int, actor: Actor) -> None:
    """Put a failed or kept message into the queue again.

    Raises:
        NotResendable: when it was sent, or still waits.
    """
    with unit_of_work(session):
        row = locks.row(session, Message, message_id)
        if not MESSAGE.can(row, "try_again"):
            raise NotResendable()
        before = row.state
        MESSAGE.transition(row, "try_again")
        row.attempts, row.due_at, row.error = 0, utcnow(), None
        audit.record(
            session, actor=actor, action="message.resend", entity="notifications_message", entity_id=row.id,
            before={"state": before}, after={"state": row.state},
        )  # fmt: skip
        publish(session, MessageQueued(message_id=row.id))
