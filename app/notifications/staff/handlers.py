"""What features announce for people of the shop becomes a notice, or a mail. All repeatable."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events.notifications import MailAsked, StaffMattersOver, StaffToldOf
from app.notifications import operations as mails
from app.notifications.staff import operations, telling


def ring(session: Session, event: StaffToldOf) -> None:
    """Write the matter down and ring in open pages; a known one stays as it is. Repeatable."""
    made = operations.raise_notice(
        session,
        topic=event.topic,
        subject=event.subject,
        screen=event.screen,
        url=event.url,
        facts=event.facts,
    )
    if made is not None:
        telling.tell(session, made)


def hush(session: Session, event: StaffMattersOver) -> None:
    """Take matters off the bell. Repeatable."""
    operations.clear_notices(session, topic=event.topic, subjects=event.subjects)
    telling.tell_over(session, topic=event.topic, subjects=event.subjects)


def post(session: Session, event: MailAsked) -> None:
    """Write the mail that a feature beside this one asked for. Repeatable: its key is used once."""
    mails.send_mail(
        session, to=event.to, template=event.template, language=event.language, values=event.values,
        dedupe_key=event.dedupe_key,
    )  # fmt: skip
