"""Tokens for programs: a short access token, and a refresh token that changes with each use."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import TokenReused
from app.identity import rules, signing
from app.identity.errors import InvalidToken
from app.identity.models import ApiRefreshToken, User
from app.identity.operations.logins import authenticate
from app.identity.operations.two_factor import check_second_factor

log = structlog.get_logger("identity.api_tokens")
REFRESH_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a program gets at login. `expires_in` is in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


def token_for(session: Session, *, email: str, password: str, otp: str | None = None, ip: str) -> Tokens:
    """Log a program in as `POST /auth/token` does: password, then a code where the account asks for one.

    Raises:
        WrongCredentials, EmailNotVerified, TooMany: as `authenticate`.
        SecondFactorNeeded, WrongCode: as `check_second_factor`.
    """
    user = authenticate(session, email=email, password=password, ip=ip)
    check_second_factor(session, user=user, code=otp, ip=ip)
    return issue_tokens(session, user=user)


def issue_tokens(session: Session, *, user: User) -> Tokens:
    """Start a family of tokens for somebody who has proved who they are."""
    with unit_of_work(session):
        return _issue(session, user=user, family=secrets.token_hex(16))


def _issue(session: Session, *, user: User, family: str) -> Tokens:
    refresh = secrets.token_urlsafe(32)
    now = utcnow()
    session.add(
        ApiRefreshToken(
            family=family, user_id=user.id, token_hash=rules.fingerprint(refresh), created_at=now,
            expires_at=now + REFRESH_LIFETIME,
        )
    )  # fmt: skip
    access = signing.access_token(user_id=user.id, stamp=user.session_stamp)
    return Tokens(access, refresh, int(signing.ACCESS_LIFETIME.total_seconds()))


def rotate_refresh(session: Session, *, refresh_token: Any) -> Tokens:
    """Exchange a refresh token for new tokens. The old one is spent.

    A spent token that is shown again has been copied: its whole family is revoked, and the thief
    and the owner both have to log in.

    Raises:
        InvalidToken: unknown, expired, revoked, spent, or of a suspended user.
    """
    if not isinstance(refresh_token, str) or not 0 < len(refresh_token) <= 200:
        raise InvalidToken()
    with unit_of_work(session):
        row = session.scalar(
            select(ApiRefreshToken)
            .where(ApiRefreshToken.token_hash == rules.fingerprint(refresh_token))
            .with_for_update()
        )
        fresh = _exchange(session, row) if row is not None else None
    if fresh is None:
        raise InvalidToken()
    return fresh


def _exchange(session: Session, row: ApiRefreshToken) -> Tokens | None:
    now = utcnow()
    if row.rotated_at is not None:
        revoke_tokens(session, family=row.family)
        publish(session, TokenReused(user_id=row.user_id, at=now))
        log.warning("refresh token reused", user_id=row.user_id)
        return None
    user = session.get(User, row.user_id)
    if row.revoked_at is not None or row.expires_at <= now or user is None or not user.is_active:
        return None
    row.rotated_at = now
    return _issue(session, user=user, family=row.family)


def revoke_refresh(session: Session, *, refresh_token: Any) -> None:
    """End the family of a refresh token at its holder's wish. Silent for unknown ones."""
    if not isinstance(refresh_token, str) or not 0 < len(refresh_token) <= 200:
        return
    with unit_of_work(session):
        family = session.scalar(
            select(ApiRefreshToken.family).where(
                ApiRefreshToken.token_hash == rules.fingerprint(refresh_token)
            )
        )
        if family is not None:
            revoke_tokens(session, family=family)


def revoke_tokens(session: Session, *, family: str) -> None:
    """End a family of refresh tokens."""
    with unit_of_work(session):
        session.execute(
            update(ApiRefreshToken)
            .where(ApiRefreshToken.family == family, ApiRefreshToken.revoked_at.is_(None))
            .values(revoked_at=utcnow())
        )
