"""Register, and confirm the address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.i18n import DEFAULT_LANGUAGE, is_language
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import EmailVerified, RegistrationRepeated, UserRegistered
from app.identity import passwords, queries, rules
from app.identity.models import Role, User
from app.identity.operations import links


def register(
    session: Session,
    *,
    email: str,
    password: str,
    first_name: str = "",
    last_name: str = "",
    language: str = DEFAULT_LANGUAGE,
    actor: Actor,
) -> None:
    """Open an account that becomes usable once its address is confirmed.

    Whoever asks learns nothing about the address: a known one gives the same answer in the same
    time, and its owner gets a mail instead. What was typed takes effect when the link of that very
    mail is followed, so nobody can prepare an account with a password of theirs.

    Raises:
        BadEmail, WeakPassword: what was typed cannot be used.
    """
    email = rules.normal_email(email)
    rules.check_password(password, email=email)
    language = language if is_language(language) else DEFAULT_LANGUAGE
    values = {
        "password": passwords.make_hash(password),
        "first_name": rules.clean_name(first_name),
        "last_name": rules.clean_name(last_name),
    }
    with unit_of_work(session):
        _insert(session, email=email, language=language, values=values)
        user = session.scalar(select(User).where(User.username == email).with_for_update())
        assert user is not None
        if user.is_verified:
            publish(session, RegistrationRepeated(user_id=user.id, language=user.language, at=utcnow()))
            return
        link = links.make(session, user_id=user.id, purpose=links.VERIFY, value=values, keep_others=True)
        publish(session, UserRegistered(user_id=user.id, token_id=link.id, language=language))


def _insert(session: Session, *, email: str, language: str, values: dict[str, Any]) -> None:
    """Add the row unless the address has one already; two at once wait for each other."""
    now = utcnow().replace(tzinfo=None)
    made = session.execute(
        insert(User.__table__)
        .values(
            username=email,
            email=email,
            language=language,
            active=True,
            created_on=now,
            changed_on=now,
            **values,
        )
        .on_conflict_do_nothing()
        .returning(User.__table__.c.id)
    ).scalar()
    if made is None:
        return
    user = session.get(User, made)
    role = session.scalar(select(Role).where(Role.name == rules.CUSTOMER))
    if user is not None and role is not None:
        user.roles.append(role)
    session.flush()


def resend_verification(session: Session, *, email: str) -> None:
    """Send the confirmation again to an address that waits for it; nothing for any other."""
    with unit_of_work(session):
        user = queries.user_by_email(session, rules.typed_email(email))
        if user is None or user.is_verified or not user.is_active:
            return
        values = {"password": user.password, "first_name": user.first_name, "last_name": user.last_name}
        link = links.make(session, user_id=user.id, purpose=links.VERIFY, value=values, keep_others=True)
        publish(session, UserRegistered(user_id=user.id, token_id=link.id, language=user.language))


def check_verification(session: Session, *, token: str) -> None:
    """Say whether a link that confirms an address is still good, without using it.

    Raises:
        LinkExpired: it is not.
    """
    with unit_of_work(session):
        links.take(session, token=token, purpose=links.VERIFY, use=False)


def verify_email(session: Session, *, token: str) -> User:
    """Confirm an address; the account takes the password and the name typed with this registration.

    Raises:
        LinkExpired: not ours, used before, or older than two days.
    """
    with unit_of_work(session):
        link = links.take(session, token=token, purpose=links.VERIFY)
        user = session.get_one(User, link.user_id)
        links.void(session, user_id=user.id, purposes=(links.VERIFY,))
        if not user.is_verified:
            user.email_verified_at = utcnow()
            user.password = link.value["password"]
            user.first_name, user.last_name = link.value["first_name"], link.value["last_name"]
            publish(session, EmailVerified(user_id=user.id))
        link.value = {}
    return user
