"""The one message of this feature's own: the question whether an address was given by its owner."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.events.identity import EmailChanged
from app.events.notifications import ConsentAsked
from app.identity import queries as identity
from app.notifications import consents, operations, topics
from app.notifications.consent_models import Subscriber


def ask_owner(session: Session, event: ConsentAsked) -> None:
    """Send the link that confirms; nothing when a newer question was asked. Repeatable: one mail a question."""
    who = session.get(Subscriber, event.subscriber_id)
    if who is None or who.nonce != event.nonce:
        return
    operations.send_mail(
        session, to=who.email, template="newsletter-confirm", language=who.language,
        values={"path": f"/newsletter/confirm/{topics.link(who.id, topics.CONFIRM, event.nonce)}"},
        dedupe_key=f"newsletter:{who.id}:{event.nonce}",
    )  # fmt: skip


def follow_address(session: Session, event: EmailChanged) -> None:
    """Choices move along with an account's address. A repeat changes nothing."""
    user = identity.user_by_id(session, event.user_id)
    if user is not None:
        consents.follow(session, user_id=user.id, email=user.email)
