"""The second step of login: codes of an authenticator app, and recovery codes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.clock import utcnow
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import TwoFactorChanged
from app.identity import rules, throttle
from app.identity.errors import SecondFactorNeeded, WrongCode
from app.identity.models import User
from app.identity.operations.logins import end_all_logins
from app.identity.operations.passwords import confirm_password


def check_second_factor(session: Session, *, user: User, code: str | None, ip: str) -> None:
    """Let pass who needs no code, or has given a right one. Every code works once.

    Raises:
        SecondFactorNeeded: a code is needed and none was given.
        WrongCode: wrong, too old, or used before.
        TooMany: five wrong attempts within a minute.
    """
    if not user.has_two_factor:
        return
    code = code.strip()[:40] if isinstance(code, str) else ""
    if not code:
        raise SecondFactorNeeded()
    names = throttle.keys(email=f"otp:{user.id}", ip=ip)
    throttle.check(names)
    with unit_of_work(session):
        locked = _locked(session, user)
        passed = _use_code(locked, code) or _use_recovery_code(locked, code)
    if not passed:
        throttle.note_failure(names)
        raise WrongCode()


def _locked(session: Session, user: User) -> User:
    """The row, locked and fresh: of two equal codes at once only one passes."""
    query = select(User).where(User.id == user.id).with_for_update(of=User.__table__)
    return session.execute(query.execution_options(populate_existing=True)).scalar_one()


def _use_code(user: User, code: str) -> bool:
    step = rules.matching_step(
        user.totp_secret or "", code, now=utcnow().timestamp(), last_step=user.totp_last_step or 0
    )
    if step is None:
        return False
    user.totp_last_step = step
    return True


def _use_recovery_code(user: User, code: str) -> bool:
    mark = rules.recovery_fingerprint(code)
    held = list(user.recovery_hashes or [])
    if mark not in held:
        return False
    held.remove(mark)
    user.recovery_hashes = held
    return True


def begin_two_factor(session: Session, *, user: User) -> str:
    """Make a secret for an authenticator app; nothing is asked for until it is confirmed."""
    with unit_of_work(session):
        if not user.has_two_factor:
            user.totp_secret = user.totp_secret or rules.new_totp_secret()
            user.totp_last_step = 0
    return user.totp_secret or ""


def enable_two_factor(
    session: Session, *, user: User, code: str, password: str, ip: str, keep: str | None = None
) -> list[str]:
    """Switch the second step on with a first code. Returns the recovery codes, shown this once.

    Raises:
        WrongPassword, WrongCode: one of the two proofs is wrong.
    """
    confirm_password(session, user=user, password=password, ip=ip)
    codes = rules.new_recovery_codes()
    with unit_of_work(session):
        locked = _locked(session, user)
        if not locked.totp_secret or locked.has_two_factor or not _use_code(locked, code[:40]):
            raise WrongCode()
        locked.two_factor_at = utcnow()
        locked.recovery_hashes = [rules.recovery_fingerprint(c) for c in codes]
        end_all_logins(session, user=locked, keep=keep)
        publish(session, TwoFactorChanged(user_id=user.id, enabled=True, at=utcnow()))
    return codes


def renew_recovery_codes(session: Session, *, user: User, password: str, ip: str) -> list[str]:
    """Replace all recovery codes. Returns the new ones, shown this once.

    Raises:
        WrongPassword: the password does not fit.
    """
    confirm_password(session, user=user, password=password, ip=ip)
    codes = rules.new_recovery_codes()
    with unit_of_work(session):
        user.recovery_hashes = [rules.recovery_fingerprint(c) for c in codes]
    return codes


def disable_two_factor(session: Session, *, user: User, password: str, ip: str) -> None:
    """Switch one's own second step off.

    Raises:
        WrongPassword: the password does not fit.
    """
    confirm_password(session, user=user, password=password, ip=ip)
    remove_two_factor(session, user=user, actor=Actor("customer", user.id, user.email))


def remove_two_factor(session: Session, *, user: User, actor: Actor) -> None:
    """Take the second step off an account whose owner lost the device; noted in the audit log."""
    with unit_of_work(session):
        user.totp_secret, user.two_factor_at, user.recovery_hashes = None, None, None
        audit.record(session, actor=actor, action="user.two_factor_off", entity="ab_user", entity_id=user.id)
        publish(session, TwoFactorChanged(user_id=user.id, enabled=False, at=utcnow()))
