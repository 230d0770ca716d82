"""What staff do with accounts: create, change, suspend, restore; and what people set for themselves."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import SYSTEM, Actor
from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.i18n import DEFAULT_LANGUAGE, is_language
from app.core.outbox import publish
from app.core.unit_of_work import unit_of_work
from app.events.identity import StaffInvited, UserRestored, UserSuspended
from app.identity import passwords, queries, rules
from app.identity.errors import EmailTaken, LastAdmin, NotYourself, UnknownRole
from app.identity.models import Role, User
from app.identity.operations import links
from app.identity.operations.logins import end_all_logins
from app.identity.operations.passwords import request_password_reset
from app.identity.operations.two_factor import remove_two_factor

ADMINS_LOCK = 7_310_021


def create_user(
    session: Session,
    *,
    email: str,
    password: str | None = None,
    first_name: str = "",
    last_name: str = "",
    roles: Iterable[str] = (rules.CUSTOMER,),
    language: str = DEFAULT_LANGUAGE,
    verified: bool = True,
    actor: Actor,
) -> User:
    """Create an account from inside the shop: staff, demo people, imported customers.

    Without a password the person chooses one by the recovery mail.

    Raises:
        BadEmail, WeakPassword, UnknownRole: what was given cannot be used.
        EmailTaken: the address has an account.
    """
    email = rules.normal_email(email)
    if password is not None:
        rules.check_password(password, email=email)
    with unit_of_work(session):
        found = _roles(session, roles)
        if queries.user_by_email(session, email) is not None:
            raise EmailTaken()
        user = User(
            username=email, email=email, first_name=rules.clean_name(first_name),
            last_name=rules.clean_name(last_name), active=True,
            password=passwords.make_hash(password if password is not None else secrets.token_urlsafe(32)),
            language=language if is_language(language) else DEFAULT_LANGUAGE,
            email_verified_at=utcnow() if verified else None,
            is_staff=_is_staff(found),
        )  # fmt: skip
        user.roles = found
        session.add(user)
        session.flush()
        audit.record(
            session,
            actor=actor,
            action="user.create",
            entity="ab_user",
            entity_id=user.id,
            after=_shown(user),
        )
    return user


def create_staff(
    session: Session, *, email: str, password: str, roles: Iterable[str], first_name: str = "", last_name: str = "",
    actor: Actor = SYSTEM,
) -> User:  # fmt: skip
    """Create an account for somebody of the house, ready to log in at the back office.

    Raises:
        BadEmail, WeakPassword, UnknownRole, EmailTaken: as `create_user`.
    """
    return create_user(
        session,
        email=email,
        password=password,
        roles=roles,
        first_name=first_name,
        last_name=last_name,
        actor=actor,
    )


def invite_staff(
    session: Session, *, email: str, roles: Iterable[str], first_name: str = "", last_name: str = "",
    language: str = DEFAULT_LANGUAGE, actor: Actor,
) -> User:  # fmt: skip
    """Create an account for somebody of the house, who chooses a password by a mail good for three days.

    Raises:
        BadEmail, UnknownRole, EmailTaken: as `create_user`.
    """
    with unit_of_work(session):
        user = create_user(
            session, email=email, roles=roles, first_name=first_name, last_name=last_name, language=language,
            verified=False, actor=actor,
        )  # fmt: skip
        link = links.make(session, user_id=user.id, purpose=links.INVITE)
        publish(session, StaffInvited(user_id=user.id, token_id=link.id))
    return user


def save_profile(
    session: Session, *, user_id: int, first_name: str, last_name: str, language: str, actor: Actor
) -> None:
    """Change name and language of an account.

    Raises:
        NotFound: there is no such account.
    """
    with unit_of_work(session):
        user = _user(session, user_id)
        before = _shown(user)
        user.first_name, user.last_name = rules.clean_name(first_name), rules.clean_name(last_name)
        if is_language(language):
            user.language = language
        if actor.kind != "customer":
            audit.record(
                session, actor=actor, action="user.update", entity="ab_user", entity_id=user.id,
                before=before, after=_shown(user),
            )  # fmt: skip


def change_account(
    session: Session, *, user_id: int, email: str, first_name: str, last_name: str, language: str,
    roles: Iterable[str], actor: Actor,
) -> None:  # fmt: skip
    """Change an account from the back office, all of it or nothing; another address ends all logins.

    Raises:
        BadEmail, EmailTaken, UnknownRole, LastAdmin: what was given cannot be used.
    """
    email = rules.normal_email(email)
    with unit_of_work(session):
        user = _user(session, user_id)
        save_profile(
            session, user_id=user_id, first_name=first_name, last_name=last_name, language=language, actor=actor
        )  # fmt: skip
        if set(roles) != {role.name for role in user.roles}:
            set_roles(session, user_id=user_id, roles=roles, actor=actor)
        if email != user.email:
            _move(session, user, email, actor)


def _move(session: Session, user: User, email: str, actor: Actor) -> None:
    if queries.user_by_email(session, email) is not None:
        raise EmailTaken()
    before, user.email, user.username = user.email, email, email
    links.void(session, user_id=user.id, purposes=(links.VERIFY, links.RESET, links.MOVE_OLD, links.MOVE_NEW))
    end_all_logins(session, user=user)
    audit.record(
        session, actor=actor, action="user.email_change", entity="ab_user", entity_id=user.id,
        before={"email": before}, after={"email": email},
    )  # fmt: skip


def end_sessions(session: Session, *, user_id: int, actor: Actor) -> None:
    """Sign a person out everywhere, programs included."""
    with unit_of_work(session):
        end_all_logins(session, user=_user(session, user_id))
        audit.record(session, actor=actor, action="user.end_sessions", entity="ab_user", entity_id=user_id)


def reset_two_factor(session: Session, *, user_id: int, actor: Actor) -> None:
    """Take the second step off for somebody who lost the device; all their logins end."""
    with unit_of_work(session):
        user = _user(session, user_id)
        remove_two_factor(session, user=user, actor=actor)
        end_all_logins(session, user=user)


def set_preferences(
    session: Session, *, user_id: int, language: str | None = None, currency: str | None = None
) -> None:
    """Keep the chosen language and currency with the account; unknown values are ignored."""
    with unit_of_work(session):
        user = _user(session, user_id)
        if language and is_language(language):
            user.language = language
        if currency and len(currency) == 3 and currency.isascii() and currency.isupper():
            user.currency = currency


def set_roles(session: Session, *, user_id: int, roles: Iterable[str], actor: Actor) -> None:
    """Give a user exactly these roles. Rights change with the next request.

    Raises:
        UnknownRole: one of them does not exist.
        LastAdmin: nobody would be left who can let others in.
    """
    with unit_of_work(session):
        _lock_admins(session)
        user = _user(session, user_id)
        before = _shown(user)
        found = _roles(session, roles)
        loses = rules.ADMIN in {r.name for r in user.roles} and rules.ADMIN not in {r.name for r in found}
        if loses and user.is_active and not queries.working_admins(session, besides=user.id):
            raise LastAdmin()
        was_staff = user.is_staff
        user.roles = found
        user.is_staff = _is_staff(found)
        if was_staff and not user.is_staff:
            end_all_logins(session, user=user)
        audit.record(
            session, actor=actor, action="user.set_roles", entity="ab_user", entity_id=user.id,
            before=before, after=_shown(user),
        )  # fmt: skip


def suspend_user(session: Session, *, user_id: int, actor: Actor) -> None:
    """Close an account: its sessions and tokens end at once. A repeat is ignored.

    Raises:
        LastAdmin: nobody would be left who can let others in.
        NotYourself: it is the account of whoever asks.
    """
    with unit_of_work(session):
        _lock_admins(session)
        user = _user(session, user_id)
        if user.suspended_at is not None:
            return
        if actor.user_id == user.id:
            raise LastAdmin() if not queries.working_admins(session, besides=user.id) else NotYourself()
        if rules.ADMIN in {r.name for r in user.roles} and not queries.working_admins(
            session, besides=user.id
        ):
            raise LastAdmin()
        user.suspended_at = utcnow()
        end_all_logins(session, user=user)
        audit.record(session, actor=actor, action="user.suspend", entity="ab_user", entity_id=user.id)
        publish(session, UserSuspended(user_id=user.id, at=user.suspended_at))


def restore_user(session: Session, *, user_id: int, actor: Actor) -> None:
    """Open a suspended account again. A repeat is ignored."""
    with unit_of_work(session):
        user = _user(session, user_id)
        if user.suspended_at is None:
            return
        user.suspended_at = None
        audit.record(session, actor=actor, action="user.restore", entity="ab_user", entity_id=user.id)
        publish(session, UserRestored(user_id=user.id))


def send_reset_link(session: Session, *, user_id: int, actor: Actor) -> None:
    """Send a person the mail with which they choose a new password. Staff never learn or set it."""
    with unit_of_work(session):
        user = _user(session, user_id)
        request_password_reset(session, email=user.email, language=user.language)
        audit.record(session, actor=actor, action="user.send_reset_link", entity="ab_user", entity_id=user.id)


def _user(session: Session, user_id: int) -> User:
    user = queries.user_by_id(session, user_id)
    if user is None:
        raise NotFound()
    return user


def _roles(session: Session, names: Iterable[str]) -> list[Role]:
    wanted = set(names)
    found = list(session.scalars(select(Role).where(Role.name.in_(wanted)).order_by(Role.id)))
    if len(found) != len(wanted):
        raise UnknownRole()
    return found


def _is_staff(roles: Iterable[Role]) -> bool:
    """Any role beyond customer and stranger is one of the house, also those made by admins."""
    return bool({role.name for role in roles} - {rules.CUSTOMER, rules.PUBLIC})


def _lock_admins(session: Session) -> None:
    """Two admins who suspend each other at the same moment take turns; one of them is refused."""
    session.execute(select(func.pg_advisory_xact_lock(ADMINS_LOCK)))


def _shown(user: User) -> dict[str, object]:
    return {
        "email": user.email, "first_name": user.first_name, "last_name": user.last_name,
        "language": user.language, "roles": sorted(role.name for role in user.roles),
    }  # fmt: skip
