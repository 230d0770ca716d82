"""Recover, change and set passwords. Each of them ends all other sessions of the user."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import EmailVerified, PasswordChanged, PasswordResetRequested
from app.identity import passwords, queries, rules, throttle
from app.identity.errors import LinkExpired, WrongPassword
from app.identity.models import Link, User
from app.identity.operations import links
from app.identity.operations.logins import end_all_logins


def request_password_reset(session: Session, *, email: str, language: str) -> None:
    """Take note that somebody forgot a password; `prepare_reset` looks later whether the address is known.

    The work and the answer are the same for every address.
    """
    typed = rules.typed_email(email)
    with unit_of_work(session):
        publish(
            session, PasswordResetRequested(email=typed, language=language, request=secrets.token_hex(12))
        )


def prepare_reset(session: Session, *, email: str, request: str) -> Link | None:
    """Make the link for a new password, good for 30 minutes and once; the same link for the same request.

    None for an address without an account, and for a suspended one.
    """
    with unit_of_work(session):
        user = queries.user_by_email(session, rules.typed_email(email))
        if user is None or not user.is_active:
            return None
        made = select(Link).where(
            Link.user_id == user.id, Link.purpose == links.RESET, Link.value["request"].astext == request
        )
        found = session.scalar(made)
        return found or links.make(session, user_id=user.id, purpose=links.RESET, value={"request": request})


def reset_password(session: Session, *, token: str, password: str) -> None:
    """Set a new password with a link from a mail; all sessions end, two-factor stays (ASVS 6.4.3).

    Following the link proves the address, so it counts as confirmed.

    Raises:
        LinkExpired: not ours, used before, replaced, older than 30 minutes, or a suspended account.
        WeakPassword: what was typed cannot be used; the link stays good.
    """
    with unit_of_work(session):
        link = _take(session, token)
        user = session.get_one(User, link.user_id)
        if not user.is_active:
            raise LinkExpired()
        rules.check_password(password, email=user.email)
        if not user.is_verified:
            user.email_verified_at = utcnow()
            links.void(session, user_id=user.id, purposes=(links.VERIFY,))
            publish(session, EmailVerified(user_id=user.id))
        _set(session, user=user, password=password)
    throttle.forget(throttle.keys(email=user.email, ip="")[:1])


def check_reset_link(session: Session, *, token: str) -> bool:
    """Check that a link for a new password is still good, without using it. True for staff's.

    Raises:
        LinkExpired: it is not.
    """
    with unit_of_work(session):
        link = _take(session, token, use=False)
        return bool(session.get_one(User, link.user_id).is_staff)


def _take(session: Session, token: str, use: bool = True) -> Link:
    """A link of recovery, or of an invitation."""
    try:
        return links.take(session, token=token, purpose=links.RESET, use=use)
    except LinkExpired:
        return links.take(session, token=token, purpose=links.INVITE, use=use)


def confirm_password(session: Session, *, user: User, password: str, ip: str) -> None:
    """Ask for the current password again before something that matters.

    Raises:
        WrongPassword: it is another one.
        TooMany: five wrong attempts within a minute.
    """
    names = throttle.keys(email=user.email, ip=ip)
    throttle.check(names)
    if not passwords.fits(user.password, password):
        throttle.note_failure(names)
        raise WrongPassword()


def change_password(
    session: Session, *, user: User, current_password: str, password: str, ip: str, keep: str | None = None
) -> None:
    """Change one's own password; every login but this one (`keep`, its secret) ends.

    Raises:
        WrongPassword: the current one does not fit.
        WeakPassword: the new one cannot be used.
    """
    confirm_password(session, user=user, password=current_password, ip=ip)
    rules.check_password(password, email=user.email)
    with unit_of_work(session):
        _set(session, user=user, password=password, keep=keep)


def set_password(session: Session, *, user_id: int, password: str, actor: Actor) -> None:
    """Give a user a password from the command line or in a set-up; all sessions end.

    Raises:
        WeakPassword: it cannot be used.
    """
    with unit_of_work(session):
        user = session.get_one(User, user_id)
        rules.check_password(password, email=user.email)
        _set(session, user=user, password=password)
        audit.record(session, actor=actor, action="user.set_password", entity="ab_user", entity_id=user.id)


def _set(session: Session, *, user: User, password: str, keep: str | None = None) -> None:
    user.password = passwords.make_hash(password)
    user.password_changed_at = utcnow()
    links.void(session, user_id=user.id, purposes=(links.RESET, links.INVITE))
    end_all_logins(session, user=user, keep=keep)
    publish(session, PasswordChanged(user_id=user.id, at=user.password_changed_at))
