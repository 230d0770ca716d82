"""Tokens for programs: short access, rotating refresh, reuse ends the family."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.core.clock import utcnow
from app.core.errors import TooMany, Unauthenticated
from app.identity import operations, rules, sessions, signing
from app.identity.errors import (
    EmailNotVerified,
    InvalidToken,
    SecondFactorNeeded,
    WrongCode,
    WrongCredentials,
)
from app.identity.models import ApiRefreshToken, User
from app.identity.operations import Tokens
from tests.identity.people import OTHER, PASSWORD, mails, now_step, person, two_factor


def log_in(session: Session, otp: str | None = None, password: str = PASSWORD) -> Tokens:
    return operations.token_for(session, email="anna@example.com", password=password, otp=otp, ip="")


def owner(token: str) -> str:
    return sessions.authenticate_bearer(f"Bearer {token}").email


def test_a_program_gets_in_and_stays_in(session: Session) -> None:
    person(session)
    tokens = log_in(session)
    assert owner(tokens.access_token) == "anna@example.com"
    assert tokens.expires_in == 900
    fresh = operations.rotate_refresh(session, refresh_token=tokens.refresh_token)
    assert owner(fresh.access_token) == "anna@example.com"
    assert fresh.refresh_token != tokens.refresh_token


def test_a_refresh_token_shown_twice_ends_its_family(session: Session, deliver: Callable[[], int]) -> None:
    person(session)
    first = log_in(session)
    second = operations.rotate_refresh(session, refresh_token=first.refresh_token)
    other_family = log_in(session)
    for _ in range(2):
        with pytest.raises(InvalidToken):
            operations.rotate_refresh(session, refresh_token=first.refresh_token)
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=second.refresh_token)
    operations.rotate_refresh(session, refresh_token=other_family.refresh_token)
    deliver()
    assert len(mails(session, "account-token-copied")) == 1


def test_two_programs_with_one_token_do_not_both_get_in(
    session: Session, session_maker: Callable[[], Session]
) -> None:
    person(session)
    tokens = log_in(session)
    outcomes: list[str] = []

    def exchange() -> None:
        with session_maker() as own:
            try:
                operations.rotate_refresh(own, refresh_token=tokens.refresh_token)
                outcomes.append("in")
            except InvalidToken:
                outcomes.append("out")

    threads = [threading.Thread(target=exchange) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out", "out", "out"]


def test_a_program_may_sign_out(session: Session) -> None:
    person(session)
    tokens = log_in(session)
    operations.revoke_refresh(session, refresh_token=tokens.refresh_token)
    operations.revoke_refresh(session, refresh_token="unknown")
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=tokens.refresh_token)


def test_old_refresh_tokens_end(session: Session) -> None:
    person(session)
    tokens = log_in(session)
    row = session.scalars(select(ApiRefreshToken)).one()
    assert row.expires_at - row.created_at == timedelta(days=30)
    session.execute(update(ApiRefreshToken).values(expires_at=utcnow() - timedelta(seconds=1)))
    session.commit()
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=tokens.refresh_token)


@pytest.mark.parametrize("ending", ["suspended", "password", "everywhere"])
def test_tokens_end_with_the_sessions(session: Session, ending: str) -> None:
    user = person(session)
    tokens = log_in(session)
    if ending == "suspended":
        operations.suspend_user(session, user_id=user.id, actor=SYSTEM)
    elif ending == "password":
        operations.set_password(session, user_id=user.id, password=OTHER, actor=SYSTEM)
    else:
        operations.end_sessions(session, user_id=user.id, actor=SYSTEM)
    with pytest.raises(InvalidToken):
        owner(tokens.access_token)
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=tokens.refresh_token)


def test_the_second_step_holds_for_programs(session: Session) -> None:
    secret, _codes = two_factor(session, person(session))
    with pytest.raises(SecondFactorNeeded):
        log_in(session)
    with pytest.raises(WrongCode):
        log_in(session, "000000")
    code = rules.totp_code(secret, now_step())
    assert log_in(session, code).access_token
    with pytest.raises(WrongCode):
        log_in(session, code)


def test_the_limit_holds_for_programs(session: Session) -> None:
    person(session)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            log_in(session, password="mistaken password")
    with pytest.raises(TooMany):
        log_in(session)


def test_unconfirmed_and_suspended_people_get_none(session: Session) -> None:
    user = person(session, verified=False)
    with pytest.raises(EmailNotVerified):
        log_in(session)
    operations.suspend_user(session, user_id=user.id, actor=SYSTEM)
    with pytest.raises(WrongCredentials):
        log_in(session)


def forged(user: User, **changes: Any) -> str:
    key = changes.pop("key", signing._keys.access)
    now = utcnow()
    claims = {
        "iss": signing._keys.issuer, "aud": signing.AUDIENCE, "sub": str(user.id), "iat": now,
        "exp": now + timedelta(minutes=1), "jti": "1", "stamp": user.session_stamp,
    }  # fmt: skip
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    algorithm = changes.pop("alg", "HS256")
    claims.pop("alg", None)
    return jwt.encode(claims, key if algorithm != "none" else None, algorithm=algorithm)


@pytest.mark.parametrize(
    "changes",
    [
        {"key": b"another key of the right length!"},
        {"alg": "none"},
        {"alg": "HS512", "key": b"x" * 64},
        {"aud": "another"},
        {"iss": "another"},
        {"exp": utcnow() - timedelta(seconds=5)},
        {"stamp": "older"},
        {"stamp": None},
        {"sub": "0"},
        {"sub": "1 OR 1=1"},
        {"sub": "99999999999999999999"},
        {"exp": None},
        {"jti": None},
    ],
    ids=lambda changes: " ".join(changes),
)
def test_forged_tokens_are_refused(session: Session, changes: dict[str, Any]) -> None:
    user = person(session)
    assert owner(forged(user)) == user.email
    with pytest.raises(InvalidToken):
        owner(forged(user, **changes))


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "bearer"])
def test_without_a_token_one_is_asked_for(session: Session, header: str | None) -> None:
    with pytest.raises(Unauthenticated) as caught:
        sessions.authenticate_bearer(header)
    assert caught.value.code == "unauthenticated"


@pytest.mark.parametrize("garbage", ["x", "a.b.c", "\x00", "é", "x" * 100_000, "\ud800"])
def test_garbage_is_an_invalid_token(session: Session, garbage: str) -> None:
    with pytest.raises(InvalidToken):
        sessions.authenticate_bearer(f"Bearer {garbage}")
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=garbage)


@pytest.mark.parametrize("wrong", [None, 5, ["x"], {"a": 1}, "", "x" * 300])
def test_anything_may_be_shown_as_a_refresh_token(session: Session, wrong: Any) -> None:
    with pytest.raises(InvalidToken):
        operations.rotate_refresh(session, refresh_token=wrong)


def test_nothing_stored_opens_anything(session: Session) -> None:
    person(session)
    tokens = log_in(session)
    row = session.scalars(select(ApiRefreshToken)).one()
    assert tokens.refresh_token not in (row.token_hash, row.family)
    assert len(row.token_hash) == 64
