"""Log in and out: check a password, open a login, end one or all of them."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, cast

import structlog
from sqlalchemy import CursorResult, Delete, Engine, delete, func, select, update
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.unit_of_work import unit_of_work
from app.identity import passwords, queries, rules, throttle
from app.identity.errors import EmailNotVerified, WrongCredentials
from app.identity.models import ApiRefreshToken, Link, LoginSession, User

log = structlog.get_logger("identity.logins")
SHOP, STAFF = "shop", "staff"
IDLE = {SHOP: timedelta(days=31), STAFF: timedelta(hours=12)}
NOBODYS = "\x00"
"""What is compared instead of something that cannot be a password: it takes the same time."""
SEEN_EVERY = timedelta(minutes=5)


def authenticate(session: Session, *, email: str, password: str, ip: str, staff: bool = False) -> User:
    """Say whose e-mail address and password these are.

    An unknown address takes as long and gives the same answer as a wrong password: one hash is
    computed and nothing is written. The hash is renewed when its parameters are no longer today's. Two-factor is a second step of the caller
    (`check_second_factor`).

    Raises:
        WrongCredentials: unknown, wrong, suspended, or not staff where staff is asked for.
        EmailNotVerified: all is right, but the address was never confirmed; a new mail is sent.
        TooMany: five wrong attempts within a minute, for this account or from this address.
    """
    typed = rules.typed_email(email)
    names = throttle.keys(email=typed or str(email)[:300], ip=ip)
    throttle.check(names)
    if not isinstance(password, str) or not 0 < len(password) <= rules.LONGEST_PASSWORD:
        password = NOBODYS
    user = queries.user_by_email(session, typed)
    fits = passwords.fits(user.password if user else None, password)
    if user is None or not fits or not user.is_active or (staff and not user.is_staff):
        throttle.note_failure(names)
        log.info("login refused", user_id=user.id if user else None)
        raise WrongCredentials()
    throttle.check(names)  # a parallel burst of guesses may have filled it meanwhile
    if not user.is_verified:
        from app.identity.operations.registration import resend_verification

        resend_verification(session, email=typed)
        raise EmailNotVerified()
    if user.password and passwords.is_outdated(user.password):
        with unit_of_work(session):
            user.password = passwords.make_hash(password)
    return user


def open_login(session: Session, *, user: User, kind: str, ip: str, agent: str) -> str:
    """Open a login for somebody who has proved who they are. Returns its secret for the cookie."""
    token = secrets.token_urlsafe(32)
    with unit_of_work(session):
        session.add(
            LoginSession(
                token_hash=rules.fingerprint(token), user_id=user.id, kind=kind, ip=ip[:64],
                agent="".join(c for c in agent if c.isprintable() and c.isascii())[:300],
            )
        )  # fmt: skip
        user.last_login = utcnow().replace(tzinfo=None)
        user.login_count = (user.login_count or 0) + 1
        user.fail_login_count = 0
    return token


def touch_login(session: Session, login: LoginSession) -> bool:
    """Note that a login is in use, at most every five minutes. False when it slept for too long."""
    now = utcnow()
    age = now - login.last_seen_at
    if age > IDLE.get(login.kind, IDLE[STAFF]):
        return False
    if age > SEEN_EVERY:
        with cast(Engine, session.get_bind()).begin() as connection:
            connection.execute(
                update(LoginSession).where(LoginSession.id == login.id).values(last_seen_at=now)
            )
    return True


def end_login(
    session: Session,
    *,
    token: str | None = None,
    login_id: int | None = None,
    handle: str | None = None,
    user_id: int,
) -> None:
    """End one login of a user, by its secret, its number or its handle. Repeats are harmless."""
    query = update(LoginSession).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
    if token is not None:
        query = query.where(LoginSession.token_hash == rules.fingerprint(token))
    elif handle is not None:
        query = query.where(func.left(LoginSession.token_hash, rules.HANDLE_LENGTH) == handle)
    else:
        query = query.where(LoginSession.id == login_id)
    with unit_of_work(session):
        session.execute(query.values(ended_at=utcnow()))


def end_all_logins(session: Session, *, user: User, keep: str | None = None) -> None:
    """End every login and every API token of a user at once; `keep` is the secret of the one to spare."""
    now = utcnow()
    with unit_of_work(session):
        user.session_stamp = secrets.token_hex(16)
        query = update(LoginSession).where(LoginSession.user_id == user.id, LoginSession.ended_at.is_(None))
        if keep:
            query = query.where(LoginSession.token_hash != rules.fingerprint(keep))
        session.execute(query.values(ended_at=now))
        session.execute(
            update(ApiRefreshToken)
            .where(ApiRefreshToken.user_id == user.id, ApiRefreshToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )


def clean(session: Session, keep: timedelta = timedelta(days=90)) -> dict[str, int]:
    """Forget logins, links and tokens that ended long ago."""
    edge = utcnow() - keep
    with unit_of_work(session):
        old = select(LoginSession.id).where(
            (LoginSession.ended_at < edge) | (LoginSession.last_seen_at < edge)
        )
        done = {
            "logins": _count(session, delete(LoginSession).where(LoginSession.id.in_(old))),
            "links": _count(session, delete(Link).where(Link.expires_at < edge)),
            "tokens": _count(session, delete(ApiRefreshToken).where(ApiRefreshToken.expires_at < edge)),
        }
    return done


def _count(session: Session, removal: Delete) -> int:
    return cast(CursorResult[Any], session.execute(removal)).rowcount
